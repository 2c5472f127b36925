"""Every write around visitors. Other services use ``invite``, ``move`` and ``cancel``."""

from houqin.services.visitors.actions.deciding import approve, ask, drop, request
from houqin.services.visitors.actions.gating import enter, enter_worker, leave, pass_by
from houqin.services.visitors.actions.inviting import cancel, cancel_visit, invite, move, move_visit

__all__ = [
    "approve",
    "ask",
    "cancel",
    "cancel_visit",
    "drop",
    "enter",
    "enter_worker",
    "invite",
    "leave",
    "move",
    "move_visit",
    "pass_by",
    "request",
]
