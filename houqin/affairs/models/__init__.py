"""Cases, their tasks, what happened to them, and what administrators set without code."""

from houqin.affairs.models.cases import (
    ENDED,
    Case,
    Clocked,
    Event,
    Follower,
    Rating,
    RatingKind,
    State,
    Task,
    TaskState,
)
from houqin.affairs.models.settings import Delegation, Favourite, ItemSetting, Route

__all__ = [
    "ENDED",
    "Case",
    "Clocked",
    "Delegation",
    "Event",
    "Favourite",
    "Follower",
    "ItemSetting",
    "Rating",
    "RatingKind",
    "Route",
    "State",
    "Task",
    "TaskState",
]
