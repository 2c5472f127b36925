"""Visits, what happened at the gates, and the lists a gate goes by."""

from houqin.services.visitors.models.levels import Level
from houqin.services.visitors.models.lists import Contractor, Denial, HostingRule, Rank, Worker
from houqin.services.visitors.models.visits import (
    OPEN,
    Crossing,
    Direction,
    Group,
    How,
    Kind,
    Visit,
    VisitState,
)

__all__ = [
    "OPEN",
    "Contractor",
    "Crossing",
    "Denial",
    "Direction",
    "Group",
    "HostingRule",
    "How",
    "Kind",
    "Level",
    "Rank",
    "Visit",
    "VisitState",
    "Worker",
]
