"""Every read of the pages of channels."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from houqin.foundation.channels.base import CHANNELS, Channel, active
from houqin.foundation.channels.models import Address, Attempt, ChannelState, Sending, State
from houqin.foundation.channels.planning import OF_PERSON, reachable
from houqin.foundation.people.models import Person
from houqin.foundation.people.scope import authorise_everywhere
from houqin.foundation.trail.actors import Actor

RIGHT = "channels.manage"


@dataclass(frozen=True)
class Row:
    """One channel on the administrators' page. ``reached`` is how many people have an account of its own kind."""

    channel: Channel
    configured: bool
    state: ChannelState
    waiting: int
    dead: int
    reached: int | None

    @property
    def resting(self) -> bool:
        """Whether the channel is left alone for now after failures."""
        return self.state.paused_until is not None and self.state.paused_until > timezone.now()


def overview(actor: Actor) -> list[Row]:
    """How every channel stands: three queries. Raises NotPermitted without the right everywhere."""
    authorise_everywhere(actor, RIGHT)
    states = {state.pk: state for state in ChannelState.objects.select_related("verified_by")}
    counts = {
        code: (waiting, dead)
        for code, waiting, dead in Sending.objects.filter(state__in=[State.WAITING, State.DEAD])
        .values_list("channel")
        .annotate(
            waiting=Count("pk", filter=Q(state=State.WAITING)), dead=Count("pk", filter=Q(state=State.DEAD))
        )
    }
    reached = dict(Address.objects.values_list("channel").annotate(people=Count("pk")))
    return [
        Row(
            channel=channel,
            configured=channel.configured(),
            state=states.get(channel.code) or ChannelState(channel=channel.code),
            waiting=counts.get(channel.code, (0, 0))[0],
            dead=counts.get(channel.code, (0, 0))[1],
            reached=None if channel.code in OF_PERSON else reached.get(channel.code, 0),
        )
        for channel in CHANNELS
    ]


def dead_letters(actor: Actor, *, before: int | None = None, size: int = 30) -> list[Sending]:
    """What was given up, newest first, by key; one more than a page to know of a next."""
    authorise_everywhere(actor, RIGHT)
    found = Sending.objects.filter(state=State.DEAD).select_related("person", "notice").order_by("-pk")
    return list((found.filter(pk__lt=before) if before else found)[: size + 1])


def attempts(actor: Actor, *, channel: str = "", before: int | None = None, size: int = 50) -> list[Attempt]:
    """The log, newest first, by key; one more than a page to know of a next."""
    authorise_everywhere(actor, RIGHT)
    found = Attempt.objects.select_related("person").order_by("-pk")
    if channel:
        found = found.filter(channel=channel)
    return list((found.filter(pk__lt=before) if before else found)[: size + 1])


def offered_to(person: Person) -> list[tuple[Channel, bool]]:
    """The channels that are set up, and whether each reaches this person: one query."""
    channels = active()
    reach = reachable([person], [channel.code for channel in channels])[person.pk]
    return [(channel, channel.code in reach) for channel in channels]


def addresses(actor: Actor, *, size: int = 50) -> list[Address]:
    """The accounts that were noted last."""
    authorise_everywhere(actor, RIGHT)
    return list(Address.objects.select_related("person__organisation").order_by("-changed_at", "-pk")[:size])


def person_named(actor: Actor, name: str) -> Person | None:
    """Whom a user name or staff number means."""
    authorise_everywhere(actor, RIGHT)
    return Person.objects.active().filter(Q(username=name) | Q(staff_number=name)).order_by("pk").first()
