"""Papers that belong to no service: the receipt of a case, and the proof that an entry stands in the trail."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from houqin.affairs import queries as affairs
from houqin.affairs.models import Case, State
from houqin.affairs.naming import said
from houqin.affairs.rights import is_applicant
from houqin.exchange.papers.declare import (
    PAPERS,
    Code,
    Facts,
    For,
    Kind,
    Paper,
    Prose,
    Table,
    address,
    at,
    number_of,
)
from houqin.foundation.people.scope import authorise_everywhere
from houqin.foundation.sealed.scrub import scrubbed
from houqin.foundation.trail import proofs
from houqin.foundation.trail.actors import SYSTEM, Actor
from houqin.foundation.trail.models import Entry
from houqin.portal import case_page, trail_words
from houqin.portal.words import event_words


def receipt(actor: Actor, number: str) -> Paper:
    """申报回执: what was handed in, when, who has it, by when; and what has been done so far."""
    view = affairs.case_view(actor, number)
    case = view.case
    stands = case_page.standing(case, [each.task for each in view.tasks], own=not view.inside)
    return Paper(
        title=_("申报回执"),
        number=case.spoken_number,
        name=f"receipt-{case.number}",
        parts=[
            Facts(
                [
                    *facts_of(case, phone=view.inside or is_applicant(actor, case)),
                    (_("现状"), stands["what"]),
                    (_("在谁手上"), stands["who"]),
                    *_times(case),
                ]
            ),
            Facts(case_page.answers(case, clear=False), title=_("申请内容")),
            Table(
                [_("时间"), _("事项"), _("办理人"), _("说明")],
                [_line(each) for each in view.timeline if each.event],
                [4, 4, 3, 6],
                title=_("办理经过"),
            ),
        ],
        code=Code(address(case.get_absolute_url()), _("扫码看进度、确认和评价")),
        record=case,
    )


def facts_of(case: Case, *, phone: bool) -> list[tuple[str, str]]:
    """What every paper of a case says of it; ``phone``, masked, not to who only follows the case: its page keeps it from them too."""
    whose = " · ".join(str(each) for each in (case.applicant_name, case.organisation) if each)
    return [
        (_("办件编号"), case.spoken_number),
        (_("事项"), said(case.item_name)),
        (_("标题"), case.title),
        (_("地点"), str(case.place or "")),
        (_("申请人"), whose),
        (_("手机号"), str(case.applicant_phone or "") if phone else ""),
        (_("登记人"), str(case.registered_by or "")),
        (pgettext("moment", "提交"), at(case.submitted_at)),
        (_("承办"), str(case.section)),
    ]


def _times(case: Case) -> list[tuple[str, str]]:
    if case.ended_at:
        return [(_("办结时间"), at(case.ended_at))]
    return [(_("应办结时间"), at(case.due_at))] if case.state == State.OPEN else []


def _line(moment: affairs.Moment) -> list[str]:
    event = moment.event
    assert event is not None
    who = _("系统") if event.actor_name == SYSTEM.name else event.actor_name
    return [at(event.at), event_words(event), who, scrubbed(event.text)]


def proof(actor: Actor, key: str) -> Paper:
    """审计存证: one entry of the trail, and all that is needed to check without this system that it stands there unchanged."""
    authorise_everywhere(actor, "trail.verify")
    found = proofs.inclusion(number_of(key))
    entry = Entry.objects.get(pk=number_of(key))
    (act,) = trail_words.acts([entry])
    changes = [[str(each) for each in line] for line in act.lines]
    return Paper(
        title=_("审计存证"),
        number=_("留痕编号 %(number)s") % {"number": entry.pk},
        name=f"proof-{entry.pk}",
        parts=[
            Facts(
                [
                    (_("操作"), str(act.what)),
                    (_("操作人"), entry.actor_name),
                    (_("所用任职"), entry.appointment_name),
                    (_("时间"), f"{at(entry.at)} ({entry.at.isoformat()})"),
                    (_("来源地址"), entry.address or _("系统内部")),
                    (_("记录"), f"{trail_words.type_words(entry.record_type)} {act.of} {entry.record_id}"),
                    (_("操作代码"), entry.action),
                ]
            ),
            *(
                [Table([_("内容"), _("变更前"), _("变更后")], changes, [3, 5, 5], title=_("变更"))]
                if changes
                else []
            ),
            Facts(
                [
                    (_("格式"), found["format"]),
                    (_("序号"), str(found["index"])),
                    (_("签名公钥"), found["key"]),
                    (_("以往公钥"), "\n".join(found["former_keys"])),
                    (_("包含证明"), "\n".join(found["proof"])),
                ],
                title=_("封存"),
            ),
            Prose(found["checkpoint"].strip(), title=_("签名检查点")),
            Prose(found["entry"], title=_("记录原文")),
        ],
        signatures=[_("出具人"), _("出具日期")],
        note=_(
            "本单供阅读和归档。核对以同一条留痕的证明文件（JSON）为准，用文档中的 verify_proof.py 可脱离本系统核对。"
        ),
        record=entry,
    )


PAPERS.add("cases.receipt", Kind(receipt, For.TRACKERS))
PAPERS.add("trail.proof", Kind(proof))
