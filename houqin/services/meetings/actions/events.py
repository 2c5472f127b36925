"""Big events: planned, given venues, posts, vehicles, a check-list and a run sheet; moved and called off as one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.errors import Conflict, NotFound, NotPermitted, Problem
from houqin.foundation.notices.actions import tell
from houqin.foundation.people.models import Person
from houqin.foundation.standards import Unfit, plate
from houqin.foundation.trail import actions as trail
from houqin.services.meetings import queries, rules
from houqin.services.meetings.actions import booking, needs, telling
from houqin.services.meetings.models import (
    BigEvent,
    EventVehicle,
    Meeting,
    MeetingState,
    Post,
    PostDuty,
    Rehearsal,
    Room,
    RunStep,
)
from houqin.services.meetings.problems import Clash, SeriesClash, Taken
from houqin.services.meetings.rules import Wish


@transaction.atomic
def plan_event(
    actor: Person, *, title: str, starts_at: datetime, ends_at: datetime, note: str = ""
) -> BigEvent:
    """Begin planning. Raises Problem for no title or a time that is over, NotPermitted without the meeting service's right."""
    if not queries.may_plan_events(actor):
        raise NotPermitted
    errors = {}
    if not title.strip():
        errors["title"] = [_("请填写活动名称。")]
    if not timezone.now() < starts_at < ends_at:
        errors["starts_at"] = [_("请选择今后的时间，结束时间晚于开始时间。")]
    if errors:
        raise Problem(errors=errors)
    made = BigEvent.objects.create(
        title=title.strip(),
        starts_at=starts_at,
        ends_at=ends_at,
        note=note,
        organiser=actor,
        section=actor.organisation,
    )
    trail.record(actor, "meetings.plan_event", made, after={"starts_at": starts_at, "ends_at": ends_at})
    return made


@transaction.atomic
def add_venues(
    actor: Person, *, event: int, main: Room | None = None, branches: Sequence[Room] = ()
) -> list[Meeting]:
    """Book rooms for the whole event: all of them, or none. Raises SeriesClash with what stands in the way of each."""
    found = _locked(actor, event)
    wanted = [(main, True)] if main else []
    wanted += [(room, False) for room in branches]
    if not wanted:
        raise Problem(errors={"rooms": [_("请选择会场。")]})
    meetings, clashes = [], []
    for room, is_main in sorted(wanted, key=lambda pair: pair[0].pk):
        wish = Wish(
            room=room, organiser=found.organiser, starts_at=found.starts_at, ends_at=found.ends_at, expected=1
        )
        rules.check(actor, wish)
        name = _("%(title)s（%(role)s）") % {
            "title": found.title,
            "role": _("主会场") if is_main else _("分会场"),
        }
        meeting = booking.new_meeting(actor, wish, name)
        meeting.event, meeting.is_main = found, is_main
        try:
            with booking.taking(actor, wish):
                meeting.save(force_insert=True)
        except Taken as taken:
            clashes.append(Clash(wish.starts_at, wish.ends_at, str(taken.message), tuple(taken.alternatives)))
        meetings.append(meeting)
    if clashes:
        raise SeriesClash(_("有会场在该时段已被占用，一间也没有订。请换会场或时间。"), clashes)
    trail.record(
        actor, "meetings.add_venues", found, after={"rooms": [meeting.room_id for meeting in meetings]}
    )
    return meetings


@transaction.atomic
def move_event(actor: Person, *, event: int, by: timedelta) -> BigEvent:
    """All of it at another time: venues, people at posts, vehicles, check-list, run sheet. Raises Conflict, changing nothing,
    where a room or a person is taken then.
    """
    found = _locked(actor, event)
    if found.starts_at + by < timezone.now():
        raise Problem(errors={"by": [_("请选择今后的时间。")]})
    before = {"starts_at": found.starts_at}
    venues = list(_venues(found).select_for_update(of=("self",)).order_by("room_id"))
    found.starts_at, found.ends_at = found.starts_at + by, found.ends_at + by
    found.save(update_fields=["starts_at", "ends_at"])
    try:
        with transaction.atomic():
            # Everything leaves its time first, so that nothing stands in its own way.
            ids = [meeting.pk for meeting in venues]
            rows = Meeting.objects.filter(pk__in=ids)
            rows.update(state=MeetingState.CANCELLED, gave_back_at=timezone.now())
            rows.update(
                state=MeetingState.BOOKED, gave_back_at=None, starts_at=F("starts_at") + by, ends_at=F("ends_at") + by,
                sequence=F("sequence") + 1,
            )  # fmt: skip
            _shift(PostDuty.objects.filter(post__event=found), by, "starts_at", "ends_at")
    except IntegrityError as error:
        raise Conflict(_("新时间与其他会议或人员值守冲突，未作改动。请换一个时间。")) from error
    _shift(found.vehicles.all(), by, "arrives_at", "leaves_at")
    _shift(found.steps.all(), by, "starts_at")
    _shift(found.checks.filter(done_at__isnull=True), by, "due_at")
    for meeting in _venues(found).select_related("room__place", "organiser"):
        needs.move_needs(meeting, by)
        telling.changed(meeting)
    trail.record(actor, "meetings.move_event", found, before=before, after={"starts_at": found.starts_at})
    _tell_staff(found, "meetings.event_moved", _("活动改期：%(title)s") % {"title": found.title})
    return found


@transaction.atomic
def call_off_event(actor: Person, *, event: int, reason: str) -> BigEvent:
    """It will not be: every venue is given back, people at posts hear of it. Raises Problem without a reason."""
    found = _locked(actor, event)
    if not reason.strip():
        raise Problem(errors={"reason": [_("请写明取消原因。")]})
    for meeting in _venues(found).select_related("room__place", "organiser", "section"):
        booking.give_back(actor, meeting, MeetingState.CANCELLED, reason.strip())
    found.called_off_at = timezone.now()
    found.save(update_fields=["called_off_at"])
    trail.record(actor, "meetings.call_off_event", found, after={"reason": reason.strip()})
    _tell_staff(found, "meetings.event_off", _("活动取消：%(title)s") % {"title": found.title})
    PostDuty.objects.filter(post__event=found).delete()
    return found


# -- the plan ------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_post(
    actor: Person, *, event: int, name: str, where: str = "", task: str = "", needed: int = 1
) -> Post:
    """A post that somebody has to stand at."""
    found = _locked(actor, event)
    made = Post.objects.create(event=found, name=name, where=where, task=task, needed=needed)
    trail.record(actor, "meetings.add_post", made, after={"event": found.pk, "needed": needed})
    return made


@transaction.atomic
def staff_post(
    actor: Person,
    *,
    event: int,
    post: int,
    people: Sequence[Person],
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> list[PostDuty]:
    """Put people at a post (default: as long as the event lasts). Raises Conflict naming who stands elsewhere then."""
    found = _locked(actor, event)
    where = found.posts.filter(pk=post).first()
    if where is None:
        raise NotFound
    begins, ends = starts_at or found.starts_at, ends_at or found.ends_at
    busy = PostDuty.objects.filter(person__in=people, starts_at__lt=ends, ends_at__gt=begins).select_related(
        "person", "post__event"
    )
    if taken := list(busy):
        names = _("、").join(
            _("%(name)s（%(post)s）") % {"name": duty.person.name, "post": duty.post.name} for duty in taken
        )
        raise Conflict(_("这些人该时段另有岗位：%(names)s。请换人或错开时间。") % {"names": names})
    try:
        with transaction.atomic():
            made = PostDuty.objects.bulk_create(
                PostDuty(post=where, person=person, starts_at=begins, ends_at=ends) for person in people
            )
    except IntegrityError as error:
        raise Conflict(_("有人刚刚被排到别的岗位，请刷新后再排。")) from error
    trail.record(actor, "meetings.staff_post", where, after={"people": [person.name for person in people]})
    begins_local = timezone.localtime(begins)
    tell(
        people,
        kind="meetings.post",
        title=lambda: _("活动值守：%(post)s") % {"post": where.name},
        body=lambda: (
            _("%(title)s，%(when)s，%(where)s。%(task)s")
            % {
                "title": found.title,
                "when": f"{begins_local:%m-%d %H:%M}",
                "where": where.where,
                "task": where.task,
            }
        ),
        url=f"/meetings/events/{found.pk}/sheet",
        record=found,
    )
    return made


@transaction.atomic
def add_vehicle(
    actor: Person, *, event: int, plate_number: str, arrives_at: datetime, leaves_at: datetime, **more: Any
) -> EventVehicle:
    """A vehicle that comes. Raises Problem for a plate that cannot be or one that is listed."""
    found = _locked(actor, event)
    try:
        number = plate(plate_number)
    except Unfit as unfit:
        raise Problem(errors={"plate_number": [unfit.message]}) from unfit
    if leaves_at <= arrives_at:
        raise Problem(errors={"leaves_at": [_("离开时间应晚于到达时间。")]})
    if found.vehicles.filter(plate=number).exists():
        raise Problem(errors={"plate_number": [_("此车已登记。")]})
    made = EventVehicle.objects.create(
        event=found, plate=number, arrives_at=arrives_at, leaves_at=leaves_at, **more
    )
    trail.record(actor, "meetings.add_vehicle", made, after={"event": found.pk})
    return made


@transaction.atomic
def add_check(actor: Person, *, event: int, text: str, due_at: datetime | None = None) -> Rehearsal:
    """One more line of the check-list."""
    return Rehearsal.objects.create(event=_locked(actor, event), text=text, due_at=due_at)


@transaction.atomic
def tick(actor: Person, *, event: int, check: int) -> Rehearsal:
    """It was seen done; once more takes the tick back."""
    found = _locked(actor, event).checks.select_for_update().filter(pk=check).first()
    if found is None:
        raise NotFound
    done = found.done_at is None
    found.done_at, found.done_by = (timezone.now(), actor) if done else (None, None)
    found.save(update_fields=["done_at", "done_by"])
    trail.record(actor, "meetings.tick", found, after={"done": done})
    return found


@transaction.atomic
def add_step(
    actor: Person, *, event: int, starts_at: datetime, minutes: int, what: str, who: str = "", where: str = ""
) -> RunStep:
    """One more line of the run sheet."""
    found = _locked(actor, event)
    return RunStep.objects.create(
        event=found, starts_at=starts_at, minutes=minutes, what=what, who=who, where=where
    )


def _locked(actor: Person, event: int) -> BigEvent:
    """The event, locked, if ``actor`` may plan it and it is not called off."""
    seen = queries.event_of(actor, event)
    found = (
        BigEvent.objects.select_for_update(of=("self",))
        .select_related("organiser__organisation")
        .get(pk=seen.pk)
    )
    if found.called_off_at:
        raise Conflict(_("活动已取消。"))
    return found


def _venues(event: BigEvent) -> models.QuerySet[Meeting]:
    return Meeting.objects.filter(event=event, state=MeetingState.BOOKED)


def _shift(rows: models.QuerySet[Any], by: timedelta, *fields: str) -> None:
    rows.update(**{field: F(field) + by for field in fields})


def _tell_staff(event: BigEvent, kind: str, title: str) -> None:
    people = Person.objects.filter(pk__in=PostDuty.objects.filter(post__event=event).values("person"))
    begins = timezone.localtime(event.starts_at)
    tell(
        people,
        kind=kind,
        title=title,
        body=f"{begins:%m-%d %H:%M}",
        url=f"/meetings/events/{event.pk}/sheet",
        record=event,
    )
