"""Reading big events."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from houqin.foundation.errors import NotFound
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.foundation.trail.actors import Actor
from houqin.services.meetings.models import BigEvent, MeetingState, PostDuty


def may_plan_events(actor: Actor) -> bool:
    """Whether ``actor`` plans big events: the meeting service does."""
    return scope.holds(actor, "meetings.serve")


def events_of(actor: Actor) -> QuerySet[BigEvent]:
    """The events ``actor`` may open: all for the meeting service of the section's house, else those one stands at a post of."""
    seen = Q(organiser=actor.pk) | Q(posts__duties__person=actor.pk) if actor.pk else Q(pk__in=[])
    if may_plan_events(actor):
        seen = Q()
    return BigEvent.objects.filter(seen).select_related("organiser", "section").distinct()


def event_of(actor: Actor, event: int) -> BigEvent:
    """One event for who plans it. Raises NotFound for everybody else."""
    found = BigEvent.objects.filter(pk=event).select_related("organiser", "section").first()
    if found is None or not may_plan_events(actor):
        raise NotFound
    return found


def sheet_of(actor: Actor, event: int) -> dict[str, Any]:
    """The whole plan for who plans it or stands at a post of it: venues, posts, vehicles, check-list, run sheet.

    A bounded number of queries. Raises NotFound for others.
    """
    found = events_of(actor).filter(pk=event).first()
    if found is None:
        raise NotFound
    duties = (
        PostDuty.objects.filter(post__event=found)
        .select_related("person__organisation", "post")
        .order_by("starts_at", "id")
    )
    by_post: dict[int, list[PostDuty]] = {}
    for duty in duties:
        by_post.setdefault(duty.post_id, []).append(duty)
    return {
        "event": found,
        "venues": found.meetings.filter(
            state__in=[MeetingState.BOOKED, MeetingState.RUNNING, MeetingState.ENDED]
        )
        .select_related("room__place")
        .order_by("-is_main", "room__place__position"),
        "posts": [(post, by_post.get(post.pk, [])) for post in found.posts.all()],
        "vehicles": found.vehicles.all(),
        "checks": found.checks.select_related("done_by"),
        "steps": found.steps.all(),
    }


def coming_events(actor: Actor) -> QuerySet[BigEvent]:
    """The events still to come, with how many venues they have; the next first."""
    return (
        events_of(actor)
        .filter(ends_at__gte=timezone.now(), called_off_at__isnull=True)
        .annotate(venues=Count("meetings", filter=Q(meetings__state=MeetingState.BOOKED), distinct=True))
        .order_by("starts_at", "id")
    )


def posts_of(person: Person) -> QuerySet[PostDuty]:
    """Where ``person`` has to stand from now on."""
    return (
        PostDuty.objects.filter(
            person=person, ends_at__gt=timezone.now(), post__event__called_off_at__isnull=True
        )
        .select_related("post__event")
        .order_by("starts_at", "id")
    )
