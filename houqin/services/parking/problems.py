"""What can stand in the way of parking, with the way out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from houqin.foundation.errors import Conflict, Text


@dataclass(frozen=True)
class Room:
    """A lot that has room: its place's id and code, name, and how many spaces."""

    lot: int
    code: str
    name: str
    free: int

    def as_json(self) -> dict[str, Any]:
        """As a failure of the API tells it."""
        return {"lot": self.code, "name": self.name, "free": self.free}


class LotFull(Conflict):
    """Nothing is left to reserve there and then. ``alternatives`` are the nearest lots with room, at most three."""

    code = "lot_full"

    def __init__(self, message: Text, alternatives: Sequence[Room] = ()) -> None:
        super().__init__(message)
        self.alternatives = list(alternatives)
        self.more = {"alternatives": [each.as_json() for each in self.alternatives]}


class PlateTaken(Conflict):
    """The plate has a permit, or has asked for one."""

    code = "plate_has_permit"
