"""Every write around doors."""

from houqin.services.access.actions.admitting import Decision, admit, pass_token
from houqin.services.access.actions.asking import approve, ask, drop
from houqin.services.access.actions.devices import (
    make_area,
    make_controller,
    make_door,
    renew_secret,
    set_area,
    set_controller,
    set_door,
)
from houqin.services.access.actions.events import Heard, Taken, Told, hear, is_holder, take_events
from houqin.services.access.actions.permits import (
    end,
    extend,
    forget,
    grant,
    grant_many,
    issue,
    move,
    review,
    settle,
    withdraw,
)

__all__ = [
    "Decision",
    "Heard",
    "Taken",
    "Told",
    "admit",
    "approve",
    "ask",
    "drop",
    "end",
    "extend",
    "forget",
    "grant",
    "grant_many",
    "hear",
    "is_holder",
    "issue",
    "make_area",
    "make_controller",
    "make_door",
    "move",
    "pass_token",
    "renew_secret",
    "review",
    "set_area",
    "set_controller",
    "set_door",
    "settle",
    "take_events",
    "withdraw",
]
