"""Participants: asked, replying, standing in for each other, signing in, saying how it was."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from houqin.foundation.errors import Conflict, NotFound, NotPermitted, Problem
from houqin.foundation.people.models import Person
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import SYSTEM, Actor, Outsider
from houqin.services.meetings import codes, queries
from houqin.services.meetings.actions import booking, expecting, gates, telling
from houqin.services.meetings.guests import Guest
from houqin.services.meetings.models import Feedback, Meeting, MeetingState, Participant, Reply, SignedBy

#: People sign in from this long before the start on.
DOORS_OPEN = timedelta(minutes=45)
#: How many a meeting may have; the plenary of a city has some four hundred.
MOST = 2000


@transaction.atomic
def invite(
    actor: Person, *, meeting: int, people: Collection[Person] = (), guests: Sequence[Guest] = ()
) -> list[Participant]:
    """Ask people to a meeting; who is asked already is left as they are. Those of ours are told at once.

    Raises NotFound, NotPermitted, Conflict where the meeting is over, Problem for a guest without name or too many.
    """
    found = booking.locked(actor, meeting)
    if not found.is_open:
        raise Conflict(_("会议现为“%(state)s”，不能再邀请。") % {"state": found.get_state_display()})
    if any(not guest.name.strip() for guest in guests):
        raise Problem(errors={"guests": [_("外部参会人请填写姓名。")]})
    there = set(found.participants.filter(person__isnull=False).values_list("person_id", flat=True))
    named = set(found.participants.filter(person__isnull=True).values_list("name", "organisation"))
    fresh = {person.pk: person for person in people if person.pk not in there}
    new = [
        Participant(
            meeting=found, person=person, name=person.name, organisation=str(person.organisation), post=person.post
        )
        for person in fresh.values()
    ] + [
        Participant(
            meeting=found, name=guest.name.strip(), organisation=guest.organisation.strip(), post=guest.post.strip(),
            phone=guest.phone,
        )
        for guest in dict.fromkeys(guests)
        if (guest.name.strip(), guest.organisation.strip()) not in named
    ]  # fmt: skip
    if len(there) + len(named) + len(new) > MOST:
        raise Problem(_("参会人最多 %(most)d 人，请分设会场。") % {"most": MOST})
    Participant.objects.bulk_create(new, batch_size=500)
    if new:
        trail.record(
            actor,
            "meetings.invite",
            found,
            after={"participants": [marked(each) for each in new][:50], "count": len(new)},
        )
        telling.invited(found, new)
        _open_doors(found)
    return new


@transaction.atomic
def uninvite(actor: Person, *, meeting: int, participant: int) -> None:
    """Take somebody off the list who has not signed in. Raises NotFound, NotPermitted, Conflict."""
    found = booking.locked(actor, meeting)
    gone = found.participants.filter(pk=participant).first()
    if gone is None:
        raise NotFound
    if gone.signed_in_at or hasattr(gone, "substitute"):
        raise Conflict(_("%(name)s 已签到或已委托他人，不能移除。") % {"name": gone.name})
    expecting.forget_guest(actor, gone, _("已移出参会名单"))
    trail.record(actor, "meetings.uninvite", found, before={"participant": marked(gone)})
    gone.delete()
    if gone.person:
        gates.close_doors(found, gone.person)


@transaction.atomic
def reply(actor: Actor, *, token: str, answer: str, note: str = "") -> Participant:
    """Say whether one comes. Whoever holds the token is the participant. Raises NotFound, Conflict once it is over."""
    found = _of_token(token)
    if not found.meeting.is_open:
        raise Conflict(_("会议已结束或取消，无需答复。"))
    if answer not in (Reply.YES, Reply.NO, Reply.MAYBE):
        raise Problem(errors={"answer": [_("请选择参加、待定或不参加。")]})
    before = found.reply
    found.reply, found.reply_note, found.replied_at = answer, note[:200], timezone.now()
    found.save(update_fields=["reply", "reply_note", "replied_at"])
    if answer == Reply.NO:
        expecting.forget_guest(SYSTEM, found, _("不参加"))
    if Reply.NO in (before, answer):
        _open_doors(found.meeting)
    trail.record(
        actor,
        "meetings.reply",
        found.meeting,
        before={"reply": before},
        after={"who": marked(found), "reply": answer},
    )
    return found


@transaction.atomic
def send_substitute(actor: Person, *, token: str, substitute: Person, note: str = "") -> Participant:
    """Somebody else comes in one's place: one declines, they are asked. Raises NotFound, Conflict where they come anyway."""
    found = _of_token(token)
    if found.person_id != actor.pk:
        raise NotFound
    if found.meeting.participants.filter(person=substitute).exists():
        raise Conflict(_("%(name)s 已在参会名单中，请另选一人。") % {"name": substitute.name})
    found.reply, found.reply_note, found.replied_at = Reply.NO, note[:200], timezone.now()
    found.save(update_fields=["reply", "reply_note", "replied_at"])
    made = Participant.objects.create(
        meeting=found.meeting, person=substitute, name=substitute.name, organisation=str(substitute.organisation),
        post=substitute.post, stands_in_for=found,
    )  # fmt: skip
    trail.record(
        actor, "meetings.substitute", found.meeting, after={"for": found.name, "who": substitute.name}
    )
    telling.invited(found.meeting, [made])
    _open_doors(found.meeting)
    return made


# -- signing in ----------------------------------------------------------------------------------------------------


@transaction.atomic
def sign_in_by_code(actor: Person, *, meeting: int, code: str) -> Participant:
    """Sign in by the code on the screen. Raises Problem for one that is over, Conflict too early or late, NotPermitted for
    who is not on the list.
    """
    if not codes.is_good(meeting, code):
        raise Problem(_("签到码已过期，请重新扫描屏幕上的二维码。"), code="stale_code")
    found = queries.any_meeting(meeting)
    participant = found.participants.select_for_update(of=("self",)).filter(person=actor).first()
    if participant is None:
        if found.organiser_id == actor.pk:
            participant, _new = Participant.objects.get_or_create(
                meeting=found,
                person=actor,
                defaults={
                    "name": actor.name, "organisation": str(actor.organisation), "post": actor.post,
                },
            )  # fmt: skip
        else:
            raise NotPermitted(_("您不在参会名单上，请到签到处登记。"))
    return _sign_in(actor, found, participant, SignedBy.CODE)


@transaction.atomic
def sign_in_by_pass(actor: Person, *, meeting: int, token: str) -> Participant:
    """The clerk scanned a participant's pass. Raises NotFound for a pass of another meeting, else as above."""
    found = _served(actor, meeting)
    participant = found.participants.select_for_update(of=("self",)).filter(token=token).first()
    if participant is None:
        raise NotFound(_("此参会码不是本次会议的，请核对。"))
    return _sign_in(actor, found, participant, SignedBy.PASS)


@transaction.atomic
def sign_in_listed(actor: Person, *, meeting: int, participants: Collection[int]) -> int:
    """The clerk ticks people off a list; answers how many are newly there. A few statements, however many."""
    found = _served(actor, meeting)
    _check_hours(found)
    # Rows are locked in one order, so that two clerks with overlapping lists never wait for each other in a circle.
    listed = found.participants.filter(pk__in=participants, signed_in_at__isnull=True)
    waiting = list(listed.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    count = found.participants.filter(pk__in=waiting).update(
        signed_in_at=timezone.now(), signed_in_by=SignedBy.LIST
    )
    if count:
        _open(actor, found)
        trail.record(actor, "meetings.sign_in_listed", found, after={"count": count})
    return count


def _sign_in(actor: Actor, meeting: Meeting, participant: Participant, by: str) -> Participant:
    """A second time changes nothing."""
    if participant.signed_in_at is None:
        _check_hours(meeting)
        participant.signed_in_at, participant.signed_in_by = timezone.now(), by
        participant.save(update_fields=["signed_in_at", "signed_in_by"])
        _open(actor, meeting)
    return participant


def _open(actor: Actor, meeting: Meeting) -> None:
    """The first who signs in opens the meeting, after their own row is locked. Four hundred others do not queue for its row."""
    if meeting.state == MeetingState.BOOKED:
        booking.open_meeting(actor, meeting=meeting.pk)


def _check_hours(meeting: Meeting) -> None:
    now = timezone.now()
    if not meeting.keeps_room:
        raise Conflict(_("会议现为“%(state)s”，不能签到。") % {"state": meeting.get_state_display()})
    if now < meeting.starts_at - DOORS_OPEN:
        opens = timezone.localtime(meeting.starts_at - DOORS_OPEN)
        raise Conflict(_("签到 %(when)s 开始，请稍候。") % {"when": f"{opens:%H:%M}"})
    if now > meeting.ends_at:
        raise Conflict(_("会议已结束，不能再签到。"))


def _served(actor: Person, meeting: int) -> Meeting:
    found = queries.any_meeting(meeting)
    if not queries.may_run(actor, found):
        raise NotFound
    return found


# -- afterwards ----------------------------------------------------------------------------------------------------


@transaction.atomic
def give_feedback(
    actor: Actor,
    *,
    token: str,
    room_stars: int,
    service_stars: int,
    tags: Collection[str] = (),
    words: str = "",
) -> Feedback:
    """Say how it was; once more replaces the first. Raises NotFound, Problem for stars out of 1…5, Conflict before the start."""
    found = _of_token(token)
    if not (1 <= room_stars <= 5 and 1 <= service_stars <= 5):
        raise Problem(errors={"stars": [_("请选择一至五星。")]})
    if found.meeting.starts_at > timezone.now() or found.meeting.state not in (
        MeetingState.RUNNING,
        MeetingState.ENDED,
    ):
        raise Conflict(_("会议尚未召开，还不能评价。"))
    made, _new = Feedback.objects.update_or_create(
        participant=found,
        defaults={
            "room_stars": room_stars, "service_stars": service_stars, "tags": list(tags)[:12], "words": words[:500],
            "at": timezone.now(),
        },
    )  # fmt: skip
    trail.record(
        actor, "meetings.feedback", found.meeting, after={"room": room_stars, "service": service_stars}
    )
    return made


def _open_doors(meeting: Meeting) -> None:
    """By a job: a plenary has four hundred permits, and nobody passes a door within the second."""
    app.configure_task("meetings.open_doors").defer(meeting=meeting.pk)


def _of_token(token: str) -> Participant:
    """The participant whose token it is, locked, with the meeting. Raises NotFound."""
    found = (
        Participant.objects.select_for_update(of=("self",))
        .filter(token=token)
        .select_related("meeting__room__place", "meeting__organiser", "person")
        .first()
    )
    if found is None:
        raise NotFound(_("此链接无效，请向会议组织者核对。"))
    return found


def actor_of(participant: Participant, person: Person | None) -> Actor:
    """Who acts on a participant's page: the signed-in person, else the participant; a guest without their name."""
    guest = Outsider(name=_("外部参会人 %(number)d") % {"number": participant.pk})
    return person or participant.person or guest


def marked(participant: Participant) -> str | int:
    """A participant as the trail keeps them: a guest by number alone, since what the trail says cannot be forgotten."""
    return participant.name if participant.person_id else participant.pk
