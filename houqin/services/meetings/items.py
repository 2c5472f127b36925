"""What the meeting service offers: a room. One that needs no approval is booked at once; one that does is a case."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from houqin.affairs.actions.submission import DirectItem
from houqin.affairs.declare import Category, Item, Moments, Step, StepKind, announce, working_hours
from houqin.affairs.forms import CaseForm
from houqin.affairs.models import Case
from houqin.foundation.people.models import Person
from houqin.foundation.trail.actors import Actor
from houqin.services.meetings import actions, queries, rules
from houqin.services.meetings.actions import needs
from houqin.services.meetings.forms import BookingForm
from houqin.services.meetings.forms_attending import NeedForm
from houqin.services.meetings.models import MeetingState, NeedKind


class NeedMoments(Moments):
    """A need of a meeting beside every case."""

    case_template = "meetings/need_panel.html"

    def case_context(self, case: Case, viewer: Actor) -> dict[str, Any]:
        """For the case's page: the need and its meeting."""
        return {"need": case.meeting_need}

    def submitted(self, case: Case, form: CaseForm) -> None:
        needs.make(case, form)


class BookingMoments(Moments):
    """A booking beside every case. It keeps the room from the start, and gives it back when the case ends badly."""

    case_template = "meetings/case_panel.html"

    def case_context(self, case: Case, viewer: Actor) -> dict[str, Any]:
        """For the case's page: the booking."""
        meetings = list(queries.meetings_of_case(case.pk))
        return {"meeting": meetings[0], "meetings": meetings}

    def submitted(self, case: Case, form: CaseForm) -> None:
        """Raises DirectItem where nobody has to decide."""
        assert isinstance(form, BookingForm)
        assert isinstance(form.actor, Person)
        wish = form.wish()
        if form.cleaned_data["rule"]:
            if not actions.series_needs_approval(form.actor, wish=wish, **form.repeated()):
                raise DirectItem(_("此会议室无需审批，请直接预订：/api/v1/meetings/series"))
            actions.book_series(form.actor, wish=wish, case=case, **form.repeated(), **form.named())
            return
        if not rules.approval_needed(wish):
            raise DirectItem(_("此会议室无需审批，请直接预订：/api/v1/meetings/bookings"))
        actions.book(form.actor, wish=wish, case=case, **form.named())

    def completed(self, case: Case) -> None:
        actions.approve(case)

    def refused(self, case: Case) -> None:
        actions.drop(case, MeetingState.REFUSED, _("审批未通过"))

    def withdrawn(self, case: Case) -> None:
        actions.drop(case, MeetingState.CANCELLED, _("申请已撤回"))


announce(
    Item(
        code="meetings.book",
        name=gettext_lazy("会议室预订"),
        summary=gettext_lazy("看空闲、选会议室、提会务需求，需审批的在线审批"),
        keywords="会议 会议室 开会 预订 huiyi huiyishi",
        icon="calendar",
        category=Category.OFFICE,
        channels=frozenset({"web", "api", "code"}),
        form=BookingForm,
        flow=(
            Step(
                "approve",
                StepKind.APPROVE,
                gettext_lazy("会议室审批"),
                who="meetings.keeper",
                limit=working_hours(4),
            ),
        ),
        limit=working_hours(8),
        moments=BookingMoments(),
        rating_tags=(
            gettext_lazy("会场整洁"),
            gettext_lazy("设备好用"),
            gettext_lazy("服务周到"),
            gettext_lazy("设备故障"),
        ),
        popular=True,
    )
)

announce(
    Item(
        code=needs.ITEM,
        name=gettext_lazy("会务需求"),
        summary=gettext_lazy("会场布置、桌签、茶水、音视频、用餐，在会议页面提出"),
        icon="list",
        category=Category.OFFICE,
        channels=frozenset(),
        form=NeedForm,
        flow=(Step("handle", StepKind.HANDLE, gettext_lazy("准备"), who="duty"),),
        moments=NeedMoments(),
        categories=lambda: dict(NeedKind.choices),
    )
)
