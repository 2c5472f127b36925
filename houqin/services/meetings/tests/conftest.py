"""Rooms of the cast: a small one, two that can be joined, and who serves them."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from houqin.affairs.models import Route
from houqin.foundation.people.models import Person
from houqin.foundation.places.models import Place
from houqin.services.meetings import actions
from houqin.services.meetings.models import Room
from houqin.services.meetings.rules import Wish
from houqin.testing.cast import Cast

RIGHTS = ["meetings.rooms", "meetings.serve", "meetings.insight"]


@dataclass
class Rooms:
    """``small`` has 12 seats; ``east`` and ``west`` 40 each and make ``both``."""

    cast: Cast
    small: Room
    east: Room
    west: Room
    both: Room

    def at(self, hour: float, *, days: int = 1) -> datetime:
        """An hour of a coming day, in the compound's time."""
        day = timezone.localdate() + timedelta(days=days)
        return timezone.make_aware(datetime.combine(day, time())) + timedelta(hours=hour)

    def wish(
        self,
        room: Room,
        hour: float = 10,
        *,
        hours: float = 1,
        days: int = 1,
        organiser: Person | None = None,
        **more,
    ) -> Wish:
        starts = self.at(hour, days=days)
        more.setdefault("expected", 5)
        return Wish(
            room=room,
            organiser=organiser or self.cast.staff,
            starts_at=starts,
            ends_at=starts + timedelta(hours=hours),
            **more,
        )

    def book(
        self, room: Room, hour: float = 10, *, actor: Person | None = None, title: str = "预算碰头会", **more
    ):
        organiser = actor or self.cast.staff
        return actions.book(organiser, wish=self.wish(room, hour, organiser=organiser, **more), title=title)


def make_rooms(cast: Cast) -> Rooms:
    cast.appoint(cast.clerk, RIGHTS, cast.bureau)
    Route.objects.create(item_code="meetings.book", section=cast.general)

    def space(code: str, name: str) -> Place:
        return Place.objects.create(
            kind="space",
            code=code,
            name=name,
            full_name=f"1号楼 3层 {name}",
            parent=cast.floor,
            space_kind="meeting",
        )

    def room(code: str, name: str, seats: int, **more) -> Room:
        return actions.make_room(
            cast.clerk, place=space(code, name), keeper=cast.general, capacity=seats,
            layouts=["board"], equipment=["projector"], **more,
        )  # fmt: skip

    small, east, west, both = (
        room("A1-M1", "301会议室", 12), room("A1-M2", "东厅", 40), room("A1-M3", "西厅", 40), room("A1-M4", "东西厅", 90),
    )  # fmt: skip
    actions.join_rooms(cast.clerk, room=both.pk, parts=[east.pk, west.pk])
    return Rooms(cast, small, east, west, both)


@pytest.fixture
def rooms(cast: Cast) -> Rooms:
    return make_rooms(cast)


@pytest.fixture
def committed_rooms(committed_cast: Cast) -> Rooms:
    return make_rooms(committed_cast)
