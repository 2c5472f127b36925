"""Every write around visitors. Other services use ``invite``, ``move`` and ``cancel``."""

from houqin.services.visitors.actions.deciding import approve, ask, drop, receive, request
from houqin.services.visitors.actions.gating import enter, enter_worker, leave, pass_by
from houqin.services.visitors.actions.grouping import invite_group
from houqin.services.visitors.actions.inviting import cancel, cancel_visit, invite, move, move_visit
from houqin.services.visitors.actions.lists import (
    add_worker,
    clear,
    deny,
    lift,
    make_contractor,
    make_level,
    make_rule,
    set_contractor,
    set_level,
    set_rule,
    set_worker,
)
from houqin.services.visitors.actions.registering import give_up, register_walk_in
from houqin.services.visitors.actions.retiring import forget
from houqin.services.visitors.actions.settling import follow_doors, lapse, settle
from houqin.services.visitors.actions.ways import pass_of

__all__ = [
    "add_worker",
    "approve",
    "ask",
    "cancel",
    "cancel_visit",
    "clear",
    "deny",
    "drop",
    "enter",
    "enter_worker",
    "follow_doors",
    "forget",
    "give_up",
    "invite",
    "invite_group",
    "lapse",
    "leave",
    "lift",
    "make_contractor",
    "make_level",
    "make_rule",
    "move",
    "move_visit",
    "pass_by",
    "pass_of",
    "receive",
    "register_walk_in",
    "request",
    "set_contractor",
    "set_level",
    "set_rule",
    "set_worker",
    "settle",
]
