"""Every write around parking. Other services use ``reserve``, ``move`` and ``release``."""

from houqin.services.parking.actions.keeping import (
    add_camera,
    charge,
    count,
    end_display,
    make_display,
    make_lot,
    set_lot,
    set_quota,
)
from houqin.services.parking.actions.partners import (
    add_partner,
    revoke_partner,
    revoke_partner_permit,
    sign_permit,
    sign_revocation,
    take_partner_permit,
)
from houqin.services.parking.actions.passing import Event, Taken, correct, dismiss, passage, passages
from houqin.services.parking.actions.permits import approve, ask, drop, end, give, lapse, promote
from houqin.services.parking.actions.reserving import move, release, reserve
from houqin.services.parking.actions.rotating import draw, enter, hand_on, leave, open_rotation

__all__ = [
    "Event",
    "Taken",
    "add_camera",
    "add_partner",
    "approve",
    "ask",
    "charge",
    "correct",
    "count",
    "dismiss",
    "draw",
    "drop",
    "end",
    "end_display",
    "enter",
    "give",
    "hand_on",
    "lapse",
    "leave",
    "make_display",
    "make_lot",
    "move",
    "open_rotation",
    "passage",
    "passages",
    "promote",
    "release",
    "reserve",
    "revoke_partner",
    "revoke_partner_permit",
    "set_lot",
    "set_quota",
    "sign_permit",
    "sign_revocation",
    "take_partner_permit",
]
