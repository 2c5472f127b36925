"""Reading participants, needs and feedback."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from houqin.foundation.errors import NotFound
from houqin.foundation.people.models import Person
from houqin.services.meetings.models import Meeting, Need, Participant, ParticipantGroup, Reply

#: Whoever signs in later than this after the start is late.
LATE = timedelta(minutes=5)
#: Drawn at once; a plenary of four hundred fits.
SHOWN = 500


def participant_of(token: str) -> Participant:
    """The participant whose token it is. Raises NotFound."""
    found = (
        Participant.objects.filter(token=token)
        .select_related("meeting__room__place", "meeting__organiser", "meeting__section", "person")
        .first()
    )
    if found is None:
        raise NotFound(_("此链接无效，请向会议组织者核对。"))
    return found


def own_participant(person: Person, meeting: int) -> Participant:
    """Somebody's own place at a meeting. Raises NotFound for who is not asked."""
    found = Participant.objects.filter(meeting=meeting, person=person).first()
    if found is None:
        raise NotFound
    return found


def roll_counts(meeting: Meeting) -> dict[str, Any]:
    """How many are asked, come, are there, late and missing: one query."""
    late = Q(signed_in_at__gt=F("meeting__starts_at") + LATE)
    counts: dict[str, Any] = meeting.participants.aggregate(
        asked=Count("pk"),
        yes=Count("pk", filter=Q(reply=Reply.YES)),
        no=Count("pk", filter=Q(reply=Reply.NO)),
        silent=Count("pk", filter=Q(reply=Reply.NONE)),
        there=Count("pk", filter=Q(signed_in_at__isnull=False)),
        late=Count("pk", filter=late),
        strangers=Count("pk", filter=Q(person__isnull=True, visit_id__isnull=True) & ~Q(reply=Reply.NO)),
        missing=Count("pk", filter=Q(signed_in_at__isnull=True) & ~Q(reply=Reply.NO)),
    )
    return counts


def roll(meeting: Meeting, find: str = "") -> dict[str, Any]:
    """The counts and the list itself, those who are still missing first; two queries."""
    rows = meeting.participants.select_related("person", "stands_in_for")
    if find:
        rows = rows.filter(
            Q(name__contains=find)
            | Q(organisation__contains=find)
            | Q(person__initials__startswith=find.lower())
        )
    return {
        **roll_counts(meeting),
        "people": rows.order_by(F("signed_in_at").desc(nulls_first=True), "organisation", "id")[:SHOWN],
    }


def needs_of(meeting: Meeting) -> QuerySet[Need]:
    """What a meeting needs, with each need's case."""
    return meeting.needs.select_related("case__section").order_by("wanted_at", "case_id")


def groups_of(person: Person) -> QuerySet[ParticipantGroup]:
    """The groups that ``person`` may ask: those of their own section, with how many they are."""
    return ParticipantGroup.objects.filter(section=person.organisation_id).annotate(size=Count("members"))
