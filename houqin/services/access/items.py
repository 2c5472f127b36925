"""What doors offer: a permit, asked for online."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from houqin.affairs.declare import Category, Item, Moments, Step, StepKind, announce, working_hours
from houqin.affairs.forms import CaseForm
from houqin.affairs.models import Case
from houqin.foundation.trail.actors import Actor
from houqin.services.access import actions, hours, queries
from houqin.services.access.forms import PermitForm


class PermitMoments(Moments):
    """A permit beside every case. It opens doors once all have agreed."""

    case_template = "access/case_panel.html"

    def case_context(self, case: Case, viewer: Actor) -> dict[str, Any]:
        """For the case's page: the permit and its areas."""
        permit = case.permit
        return {
            "permit": permit,
            "areas": queries.areas_by_id(permit.areas),
            "hours": hours.in_words(permit.hours),
        }

    def submitted(self, case: Case, form: CaseForm) -> None:
        assert isinstance(form, PermitForm)
        actions.ask(case, form)

    def completed(self, case: Case) -> None:
        actions.approve(case)

    def refused(self, case: Case) -> None:
        actions.drop(case)

    def withdrawn(self, case: Case) -> None:
        actions.drop(case)


announce(
    Item(
        code="access.permit",
        name=_("门禁权限"),
        summary=_("申请进入大楼、楼层或机要区域，审批后手机扫码开门"),
        keywords="门禁 通行 权限 开门 门卡 menjin tongxing",
        icon="door",
        category=Category.OFFICE,
        form=PermitForm,
        flow=(
            Step("agree", StepKind.APPROVE, _("处室审批"), who="head", limit=working_hours(8)),
            Step(
                "keep", StepKind.APPROVE, _("区域管理科室审批"), who="access.keeper", limit=working_hours(8)
            ),
        ),
        limit=working_hours(16),
        moments=PermitMoments(),
    )
)
