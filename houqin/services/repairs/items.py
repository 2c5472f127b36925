"""What repairs offers: report a fault, on one line from the report to the rating."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from houqin.affairs.conditions import condition
from houqin.affairs.declare import (
    Audience,
    Category,
    Item,
    Moments,
    Step,
    StepKind,
    announce,
    working_hours,
)
from houqin.affairs.forms import CaseForm
from houqin.affairs.models import Case
from houqin.foundation.trail.actors import Actor
from houqin.portal.questions import place_named
from houqin.services.repairs import queries
from houqin.services.repairs.actions import incidents, orders
from houqin.services.repairs.forms import FinishForm, ReachForm, RepairForm
from houqin.services.repairs.models import FaultGroup


@condition("repairs.unclear")
def trade_unclear(case: Case) -> bool:
    """Nobody can tell from the report whose trade it is, so a dispatcher looks first."""
    return case.category == FaultGroup.OTHER


class RepairMoments(Moments):
    """A repair order beside every repair case."""

    case_template = "repairs/case_panel.html"
    item_template = "repairs/at_place.html"

    def case_context(self, case: Case, viewer: Actor) -> dict[str, Any]:
        """For the case's page: the order, its costs and hints."""
        return {"repair": queries.panel(viewer, case)}

    def item_context(self, request: HttpRequest, form: CaseForm) -> dict[str, Any]:
        """For the report's page: what is known to be broken where the code was scanned."""
        place = place_named(form["place"].value())
        return {
            "known": queries.known_faults(place) if place else [],
            "place": place,
            "may_follow": request.user.is_authenticated,
        }

    def existing(self, form: CaseForm) -> Case | None:
        return orders.running_case(_ours(form))

    def submitted(self, case: Case, form: CaseForm) -> None:
        orders.make_order(case, _ours(form))

    def acted(self, case: Case, verb: str, data: Mapping[str, Any]) -> None:
        orders.stamp(case, verb, data)

    def completed(self, case: Case) -> None:
        self._end(case)

    def refused(self, case: Case) -> None:
        self._end(case)

    def withdrawn(self, case: Case) -> None:
        self._end(case)

    def _end(self, case: Case) -> None:
        orders.end(case)
        incidents.close_with(case)


def _ours(form: CaseForm) -> RepairForm:
    assert isinstance(form, RepairForm)
    return form


announce(
    Item(
        code=orders.ITEM,
        name=_("报修"),
        summary=_("水电、空调、门窗、电梯、网络、家具、保洁，扫码或选地点，一分钟报完"),
        keywords="维修 修理 漏水 停电 空调 电梯 灯 门锁 网络 保洁 baoxiu weixiu",
        icon="wrench",
        category=Category.OFFICE,
        audience=Audience.PUBLIC,
        form=RepairForm,
        flow=(
            Step(
                "dispatch",
                StepKind.DISPATCH,
                _("派单"),
                who="queue",
                when="repairs.unclear",
                limit=working_hours(1),
            ),
            Step("handle", StepKind.HANDLE, _("维修"), who="duty", limit=working_hours(4)),
            Step("confirm", StepKind.CONFIRM, _("确认")),
        ),
        limit=working_hours(8),
        moments=RepairMoments(),
        verb_forms={"arrive": ReachForm, "complete": FinishForm},
        categories=lambda: dict(FaultGroup.choices),
        rating_tags=(_("来得快"), _("修得好"), _("态度好"), _("现场干净"), _("没修好"), _("来得慢")),
        popular=True,
    )
)
