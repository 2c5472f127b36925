"""The parking permit as a certificate (停车许可)."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _

from houqin.exchange.papers.declare import PAPERS, Code, Facts, Kind, Paper, address, number_of
from houqin.foundation.errors import NotFound
from houqin.foundation.people.models import Person
from houqin.foundation.trail.actors import Actor
from houqin.services.parking import queries
from houqin.services.parking.models import PermitState


def permit(actor: Actor, key: str) -> Paper:
    """停车许可, for its owner and who keeps the lot. Raises NotFound for others, and for one that is not in force."""
    assert isinstance(actor, Person)  # passers-by are not let in
    wanted = Q(pk=number_of(key), state=PermitState.OPEN)
    mine, kept = queries.permits_of(actor).filter(wanted), queries.permits_kept(actor).filter(wanted)
    found = mine.select_related("lot__place", "person", "unit", "case").first() or kept.first()
    if found is None:
        raise NotFound(_("没有这张有效的通行证。"))
    code = Code(address(found.case.get_absolute_url()), _("扫码看办件")) if found.case else None
    return Paper(
        title=_("停车许可"),
        number=_("许可编号 %(number)s") % {"number": found.pk},
        name=f"parking-permit-{found.pk}",
        parts=[
            Facts(
                [
                    (_("车牌号"), found.plate),
                    (_("持有人"), found.person.name),
                    (_("单位"), str(found.unit)),
                    (_("停车场"), str(found.lot)),
                    (_("有效期"), f"{found.from_on} – {found.until_on}"),
                    (_("车位要求"), _("需要无障碍车位") if found.accessible else ""),
                ]
            )
        ],
        signatures=[_("发证单位（章）"), _("日期")],
        code=code,
        note=_("进出由车牌自动识别，以系统中的通行证状态为准；转让、涂改无效。"),
        record=found,
    )


PAPERS.add("parking.permit", Kind(permit))
