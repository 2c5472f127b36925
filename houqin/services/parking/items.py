"""What the parking service offers: a permit for a plate."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from houqin.affairs.declare import Category, Item, Moments, Step, StepKind, announce, working_hours
from houqin.affairs.forms import CaseForm
from houqin.affairs.models import Case
from houqin.foundation.people.models import Person
from houqin.foundation.trail.actors import Actor
from houqin.services.parking import actions, queries
from houqin.services.parking.forms import PermitForm
from houqin.services.parking.models import PermitState


class PermitMoments(Moments):
    """A permit beside every case."""

    case_template = "parking/case_panel.html"

    def case_context(self, case: Case, viewer: Actor) -> dict[str, Any]:
        """For the case's page: the permit; its whole plate for its owner and who keeps the lot."""
        permit = case.plate_permit
        whole = permit.person_id == viewer.pk or queries.lots_kept(viewer).filter(pk=permit.lot_id).exists()
        return {"permit": permit, "plate": permit.plate if whole else permit.masked, "whole": whole}

    def submitted(self, case: Case, form: CaseForm) -> None:
        assert isinstance(form.actor, Person)
        given = {
            name: form.cleaned_data[name] for name in ("plate", "lot", "from_on", "until_on", "accessible")
        }
        actions.ask(case, person=case.applicant or form.actor, **given)

    def completed(self, case: Case) -> None:
        actions.approve(case)

    def refused(self, case: Case) -> None:
        actions.drop(case, PermitState.REFUSED, _("审批未通过"))

    def withdrawn(self, case: Case) -> None:
        actions.drop(case, PermitState.ENDED, _("申请已撤回"))


announce(
    Item(
        code="parking.permit",
        name=gettext_lazy("车辆通行证"),
        summary=gettext_lazy("为常用车辆申请停车场通行证，处室和停车管理审批后自动识别放行"),
        keywords="停车 车位 车牌 通行证 tingche chewei chepai",
        icon="car",
        category=Category.OFFICE,
        form=PermitForm,
        flow=(
            Step("agree", StepKind.APPROVE, gettext_lazy("处室审批"), who="head", limit=working_hours(8)),
            Step(
                "grant",
                StepKind.APPROVE,
                gettext_lazy("停车管理审批"),
                who="parking.keeper",
                limit=working_hours(8),
            ),
        ),
        limit=working_hours(16),
        moments=PermitMoments(),
        rating_tags=(
            gettext_lazy("审批快"),
            gettext_lazy("车位好找"),
            gettext_lazy("识别不准"),
            gettext_lazy("排队太久"),
        ),
    )
)
