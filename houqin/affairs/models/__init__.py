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
from houqin.affairs.models.warnings import Level, Warning, WarningSetting

__all__ = [
    "ENDED",
    "Case",
    "Clocked",
    "Delegation",
    "Event",
    "Favourite",
    "Follower",
    "ItemSetting",
    "Level",
    "Rating",
    "RatingKind",
    "Route",
    "State",
    "Task",
    "TaskState",
    "Warning",
    "WarningSetting",
]
