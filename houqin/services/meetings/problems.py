"""What can stand in the way of a booking, with the way out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from houqin.foundation.errors import Conflict, Text


@dataclass(frozen=True)
class Alternative:
    """Another room or another time that would do: room (its place's id) and name, start and end."""

    room: int
    name: str
    seats: int
    starts_at: datetime
    ends_at: datetime

    def as_json(self) -> dict[str, Any]:
        """As a failure of the API tells it."""
        return {
            "room": self.room,
            "name": self.name,
            "seats": self.seats,
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
        }


class Taken(Conflict):
    """The room is somebody else's then. ``alternatives`` are the nearest ways out, at most three."""

    code = "room_taken"

    def __init__(self, message: Text, alternatives: Sequence[Alternative] = ()) -> None:
        super().__init__(message)
        self.alternatives = list(alternatives)
        self.more = {"alternatives": [each.as_json() for each in self.alternatives]}


@dataclass(frozen=True)
class Clash:
    """One meeting of a series that cannot be as the rule says: why, and what could be instead."""

    starts_at: datetime
    ends_at: datetime
    why: str
    alternatives: tuple[Alternative, ...]


class SeriesClash(Conflict):
    """Some meetings of a series have no room. Nothing was booked; ``clashes`` say what could be instead."""

    code = "series_clash"

    def __init__(self, message: Text, clashes: Sequence[Clash]) -> None:
        super().__init__(message)
        self.clashes = list(clashes)
        self.more = {
            "clashes": [
                {
                    "starts_at": clash.starts_at.isoformat(),
                    "ends_at": clash.ends_at.isoformat(),
                    "why": clash.why,
                    "alternatives": [each.as_json() for each in clash.alternatives],
                }
                for clash in self.clashes
            ]
        }
