"""The repair order (维修工单): for whoever mends, to be filled in on the spot and signed by who reported."""

from __future__ import annotations

from django.utils.translation import gettext as _

from houqin.affairs import queries as affairs
from houqin.exchange.papers.declare import PAPERS, Code, Facts, Kind, Paper, Table, address, at
from houqin.foundation.errors import NotFound
from houqin.foundation.trail.actors import Actor
from houqin.portal import case_page
from houqin.portal.papers import facts_of
from houqin.services.repairs import queries

#: Lines left to write parts on while a job is open.
_BLANK = 4


def order(actor: Actor, number: str) -> Paper:
    """维修工单. Raises NotFound for the applicant's side: it has the receipt."""
    case = affairs.find_case(actor, number)
    panel = queries.panel(actor, case)
    if panel is None or not panel.inside:
        raise NotFound
    repair = panel.order
    device = f"{repair.device} {repair.device.code}" if repair.device else ""
    used = [[each.name, each.quantity, each.unit, each.cost] for each in panel.materials]
    blank = [] if repair.finished_at else [["", "", "", ""]] * _BLANK
    done = repair.finished_at is not None
    return Paper(
        title=_("维修工单"),
        number=case.spoken_number,
        name=f"order-{case.number}",
        parts=[
            Facts(
                [
                    *facts_of(case, phone=True),
                    (_("故障"), f"{repair.fault.get_group_display()} · {repair.fault}"),
                    (_("设备"), device),
                    (_("师傅"), str(repair.worker or "")),
                    (_("应办结时间"), at(case.due_at)),
                    *[(str(name), at(when)) for name, when, _passed in panel.stamps],
                    (_("工时"), _("%(n)d 分钟") % {"n": repair.labour_minutes} if done else ""),
                ]
            ),
            Facts(case_page.answers(case, clear=False), title=_("申请内容")),
            Table(
                [_("用料"), _("数量"), _("单位"), _("金额（元）")],
                [*used, *blank] or [[_("没有用料"), "", "", ""]],
                [6, 2, 2, 3],
                title=_("用料"),
            ),
        ],
        signatures=[_("维修人签名"), _("报修人确认"), _("日期")],
        code=Code(address(case.get_absolute_url()), _("扫码打开办件，接单、到场、办结")),
        record=case,
    )


PAPERS.add("repairs.order", Kind(order))
