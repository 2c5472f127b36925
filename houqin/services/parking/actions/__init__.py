"""Every write around parking. Other services use ``reserve``, ``move`` and ``release``."""

from houqin.services.parking.actions.keeping import charge, count, end_display, make_display
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
from houqin.services.parking.actions.reserving import move, release, release_one, reserve, reserve_for
from houqin.services.parking.actions.rotating import draw, enter, hand_on, leave, open_rotation
from houqin.services.parking.actions.setting_up import (
    add_camera,
    add_spaces,
    end_quota,
    make_lot,
    set_camera,
    set_lot,
    set_quota,
    set_space,
)

__all__ = [
    "Event",
    "Taken",
    "add_camera",
    "add_partner",
    "add_spaces",
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
    "end_quota",
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
    "release_one",
    "reserve",
    "reserve_for",
    "revoke_partner",
    "revoke_partner_permit",
    "set_camera",
    "set_lot",
    "set_quota",
    "set_space",
    "sign_permit",
    "sign_revocation",
    "take_partner_permit",
]
