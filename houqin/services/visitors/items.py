"""What visitors' service offers: inviting somebody, asking to come, and what a guard registers. Within the host's own right nobody has to approve."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from houqin.affairs.declare import (
    Audience,
    Category,
    Item,
    Limit,
    Moments,
    Step,
    StepKind,
    announce,
    wall_minutes,
    working_hours,
)
from houqin.affairs.forms import CaseForm
from houqin.affairs.models import Case
from houqin.foundation.people.models import Person
from houqin.foundation.trail.actors import Actor
from houqin.services.visitors import actions
from houqin.services.visitors.forms import InviteForm, RequestForm
from houqin.services.visitors.forms_gate import WalkInForm
from houqin.services.visitors.models import VisitState


class VisitMoments(Moments):
    """A visit beside every case."""

    case_template = "visitors/case_panel.html"

    def case_context(self, case: Case, viewer: Actor) -> dict[str, Any]:
        """For the case's page: the visit; the way to its page for who may open it."""
        visit = case.visit
        return {
            "visit": visit,
            "own": isinstance(viewer, Person) and viewer.pk in (visit.host_id, visit.made_by_id),
        }

    def submitted(self, case: Case, form: CaseForm) -> None:
        if isinstance(form, RequestForm):
            actions.request(case, form)
        elif isinstance(form, WalkInForm):
            actions.receive(case, form)
        else:
            assert isinstance(form, InviteForm)
            actions.ask(case, form)

    def completed(self, case: Case) -> None:
        actions.approve(case)

    def refused(self, case: Case) -> None:
        actions.drop(case, VisitState.REFUSED, _("审批未通过"))

    def withdrawn(self, case: Case) -> None:
        actions.drop(case, VisitState.CANCELLED, _("申请已撤回"))


_RATING_TAGS = (
    gettext_lazy("办理快"),
    gettext_lazy("进门顺畅"),
    gettext_lazy("等候太久"),
    gettext_lazy("停车不便"),
)


def _security(limit: Limit) -> Step:
    """Whoever keeps the gate's lists looks at what goes beyond the host's own right."""
    return Step(
        "keep", StepKind.APPROVE, gettext_lazy("安保审批"), who="visitors.keeper", when="visitors.exceeds", limit=limit
    )  # fmt: skip


announce(
    Item(
        code="visitors.invite",
        name=gettext_lazy("邀请访客"),
        summary=gettext_lazy("登记来访，访客手机出示通行码进门，开车的预留车位"),
        keywords="访客 来访 接待 预约 邀请 fangke laifang",
        icon="people",
        category=Category.OFFICE,
        channels=frozenset({"web", "api", "code"}),
        form=InviteForm,
        flow=(
            Step(
                "agree", StepKind.APPROVE, gettext_lazy("处室审批"), who="visitors.head", when="visitors.exceeds",
                limit=working_hours(4),
            ),
            _security(working_hours(4)),
        ),
        limit=working_hours(8),
        moments=VisitMoments(),
        rating_tags=_RATING_TAGS,
        url="/visitors/invite",
    )
)  # fmt: skip

announce(
    Item(
        code="visitors.request",
        name=gettext_lazy("来访预约"),
        summary=gettext_lazy("凭手机号预约到访，对方同意后手机出示通行码进门"),
        keywords="访客 来访 预约 fangke yuyue",
        icon="people",
        category=Category.OFFICE,
        audience=Audience.PUBLIC,
        channels=frozenset({"web", "guest"}),
        form=RequestForm,
        flow=(
            Step(
                "host", StepKind.APPROVE, gettext_lazy("接待人同意"), who="visitors.host", limit=working_hours(4)
            ),
            _security(working_hours(4)),
        ),
        limit=working_hours(8),
        moments=VisitMoments(),
        rating_tags=_RATING_TAGS,
        url="/visitors/request",
    )
)  # fmt: skip

announce(
    Item(
        code="visitors.walk_in",
        name=gettext_lazy("临时来访"),
        summary=gettext_lazy("没有预约的访客在门岗登记，接待人同意后进入"),
        icon="people",
        category=Category.OFFICE,
        channels=frozenset({"gate"}),
        audience=Audience.PUBLIC,
        registering="visitors.gate",
        form=WalkInForm,
        flow=(
            Step(
                "host", StepKind.APPROVE, gettext_lazy("接待人同意"), who="visitors.host_or_office",
                limit=wall_minutes(15),
            ),
            _security(wall_minutes(15)),
        ),
        limit=wall_minutes(30),
        moments=VisitMoments(),
        url="/visitors/walk-in",
    )
)  # fmt: skip
