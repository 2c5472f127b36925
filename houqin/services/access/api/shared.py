"""What the calls of controllers and of people share."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from ninja import Router, Schema

from houqin.foundation.errors import Problem
from houqin.services.access import actions

router = Router()

#: Numbers from outside stay below this, so that every column holds them.
LARGEST = 2**62


class DecisionOut(Schema):
    allowed: bool
    reason: str
    words: str
    holder: str
    name: str
    permit: int | None


def direction(given: str) -> str:
    """Which way somebody wants to go. Raises Problem."""
    if given not in ("in", "out"):
        raise Problem(_("direction 应为 in 或 out。"), errors={"direction": [_("应为 in 或 out。")]})
    return given


def decision(made: actions.Decision) -> dict[str, Any]:
    """As the API tells it."""
    return {**vars(made), "words": str(made.words)}
