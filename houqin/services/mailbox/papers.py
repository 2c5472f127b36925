"""Papers of the mailbox: a letter's receipt or answer, and the monthly digest."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from houqin.affairs import queries as affairs
from houqin.affairs.models import Case
from houqin.exchange.papers.declare import PAPERS, Code, Facts, Kind, Paper, Prose, Table, address, at
from houqin.foundation.errors import NotFound, NotPermitted
from houqin.foundation.people import scope
from houqin.foundation.people.installation import is_demo
from houqin.foundation.sealed.scrub import scrubbed
from houqin.foundation.trail.actors import Actor
from houqin.services.mailbox import queries
from houqin.services.mailbox.actions import receipts
from houqin.services.mailbox.models import Letter
from houqin.services.mailbox.queries.digest import Line, digest_of
from houqin.services.mailbox.queries.letters import Panel


def of_case(actor: Actor, number: str) -> Paper:
    """信件回执, and once it is sent 信件答复, for the writer and those who work on it."""
    case = affairs.find_case(actor, number)
    panel = queries.panel(actor, case)
    if panel is None:
        raise NotFound
    return _letter(case, panel)


def by_receipt(letter: Letter, code: str) -> Paper:
    """The same for whoever has shown the letter's receipt code, which the paper says."""
    panel = queries.panel(receipts.bearer_of(letter), letter.case)
    assert panel is not None
    return _letter(letter.case, panel, code)


def _letter(case: Case, panel: Panel, code: str = "") -> Paper:
    sent = panel.letter.answered_at
    parts: list[Facts | Prose] = [
        Facts(
            [
                (_("办件编号"), case.spoken_number),
                (_("地点"), str(case.place or "")),
                (_("承办"), str(case.section)),
                (_("申请人"), "" if code else case.applicant_name),
                (_("收信时间"), at(panel.letter.received_at)),
                (_("类别"), str(panel.letter.category or "")),
                (_("答复时间"), at(sent)),
                (_("应办结时间"), "" if sent else at(case.due_at)),
                (_("回执码"), code),
            ]
        ),
        Prose(scrubbed(panel.letter.words), title=_("来信")),
    ]
    if sent:
        parts.append(Prose(scrubbed(panel.letter.answer), title=_("答复")))
    parts += [
        Prose(scrubbed(each.words), title=_("%(at)s 的前次答复") % {"at": at(each.sent_at)})
        for each in panel.former
    ]
    page = reverse("mailbox:receipt") if code else case.get_absolute_url()
    return Paper(
        title=_("信件答复") if sent else _("信件回执"),
        number=case.spoken_number,
        name=f"letter-{case.number}",
        parts=parts,
        code=Code(address(page), _("扫码输入回执码查看") if code else _("扫码看进度、确认和评价")),
        note=_("回执码丢了无法找回，请妥善保管，不要给他人看。") if code else "",
        record=case,
    )


def digest(actor: Actor, key: str) -> Paper:
    """信箱月报 of a period: the key names its first and last day (``2026-03-01_2026-03-31``)."""
    if not scope.holds(actor, "mailbox.digest"):
        raise NotPermitted
    since, _bar, until = key.partition("_")
    filters = queries.Filters.of({"since": since, "until": until})
    found = digest_of(actor, filters.since, filters.until)
    total, heads = found.total, [pgettext("letter", "来信"), _("已答复"), _("按时答复"), _("满意度（星）")]
    widths = [5, 2, 2, 2, 3]
    return Paper(
        title=_("信箱月报"),
        number=_("%(since)s 至 %(until)s") % {"since": filters.since, "until": filters.until},
        name=f"digest-{filters.since}",
        parts=[
            Facts(
                [
                    (_("来信"), _("%(n)d 封") % {"n": total.letters}),
                    (_("按时答复"), "" if total.share is None else f"{total.share}%"),
                    (_("来信人满意度"), "" if total.stars is None else _("%(n).1f 星") % {"n": total.stars}),
                    (_("公开"), _("%(n)d 封") % {"n": found.published}),
                    (_("匿名"), _("%(n)d 封") % {"n": found.anonymous}),
                    (
                        _("现场评价"),
                        "" if found.spot_stars is None else _("%(n).1f 星") % {"n": found.spot_stars},
                    ),
                ]
            ),
            Table(
                [_("类别"), *heads], [_row(each) for each in found.categories], widths, title=_("大家写什么")
            ),
            Table(
                [_("科室"), *heads],
                [_row(each) for each in found.sections],
                widths,
                title=_("各科室答复得怎样"),
            ),
            Table(
                [_("事情"), pgettext("letter", "来信")],
                [[each.title, str(each.letters)] for each in found.topics],
                [11, 2],
                title=_("多人反映的事"),
            ),
        ],
        note=_("演示数据：来信均为虚构，数字不代表真实情况。") if is_demo() else "",
    )


def _row(line: Line) -> list[str]:
    share = "" if line.share is None else f"{line.share}%"
    stars = "" if line.stars is None else f"{line.stars:.1f}"
    return [str(line.name), str(line.letters), str(line.answered), share, stars]


PAPERS.add("mailbox.letter", Kind(of_case))
PAPERS.add("mailbox.digest", Kind(digest))
