"""A visitor's slip to bring along, and the list of who is inside, to tick off in an emergency."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.exchange.papers.declare import (
    MOST_ROWS,
    PAPERS,
    Code,
    Facts,
    For,
    Kind,
    Paper,
    Table,
    address,
    at,
    left_out,
    span,
)
from houqin.foundation.errors import NotFound, NotPermitted
from houqin.foundation.people import scope
from houqin.foundation.trail.actors import Actor
from houqin.services.visitors import queries

EVERYWHERE = "all"


def slip(actor: Actor, key: str) -> Paper:
    """访客通行凭证, for whoever has the secret address of the pass. Raises NotFound until it is approved, and once it is over."""
    visit = queries.visit_of_key(key)
    if not visit.has_pass:
        raise NotFound(_("这次来访还没有通过审批，或者已经结束。"))
    return Paper(
        title=_("访客通行凭证"),
        name=f"pass-{visit.pk}",
        parts=[
            Facts(
                [
                    (_("来访人"), visit.name),
                    (_("来访单位"), visit.organisation),
                    (_("手机号"), str(visit.phone or "")),
                    (_("随行人数"), str(visit.companions or "")),
                    (_("时间"), span(visit.from_at, visit.until_at)),
                    (_("去哪里"), str(visit.place)),
                    (_("接待人"), f"{visit.host.name} · {visit.host.organisation}"),
                    (
                        _("事由"),
                        " · ".join(each for each in (visit.get_kind_display(), visit.purpose) if each),
                    ),
                    (_("车牌号"), visit.masked_plate if visit.plate else ""),
                    (_("预留停车场"), visit.space),
                    (_("携带物品"), visit.items),
                ]
            )
        ],
        code=Code(address(reverse("visitors:pass", args=[visit.key])), _("扫码打开通行码，进门和离开都出示")),
        note=_("请随身带有效证件。通行码每 30 秒更新，进门以手机上的通行码或门岗核对为准，请勿转给他人。"),
        record=visit,
    )


def muster(actor: Actor, key: str) -> Paper:
    """在内访客清点表 of a building (its code), or of all."""
    if not (scope.holds(actor, "visitors.gate") or scope.holds(actor, "visitors.view")):
        raise NotPermitted
    buildings = [place for place, _n in queries.inside_counts(actor)]
    chosen = next((place for place in buildings if place.code == key), None)
    if chosen is None and key != EVERYWHERE:
        raise NotFound
    found = queries.inside(actor, chosen)
    people, count = list(found[:MOST_ROWS]), found.count()
    rows = [
        [
            str(number),
            f"{visit.name} {visit.organisation}".strip(),
            str(visit.people),
            str(visit.place),
            f"{visit.host.name} {visit.host.organisation}",
            at(visit.entered_at)[-5:],
            at(visit.until_at)[5:],
            "",
        ]
        for number, visit in enumerate(people, 1)
    ]
    heads = [
        _("序号"),
        _("姓名"),
        _("人数"),
        _("到访地点"),
        _("接待人"),
        _("进入时间"),
        _("应离开"),
        _("已清点"),
    ]
    return Paper(
        title=_("在内访客清点表"),
        number=at(timezone.now()),
        name="muster",
        parts=[
            Facts(
                [
                    (_("范围"), chosen.name if chosen else _("全院")),
                    (_("人数"), str(sum(visit.people for visit in people))),
                ]
            ),
            Table(heads, rows, [2, 6, 2, 6, 6, 3, 4, 3]),
        ],
        signatures=[_("清点人"), _("清点时间")],
        note=left_out(count),
        wide=True,
    )


PAPERS.add("visitors.pass", Kind(slip, For.ANYBODY))
PAPERS.add("visitors.muster", Kind(muster))
