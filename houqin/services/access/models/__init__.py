"""Tables of doors: what is closed off, who may enter it when, and what happened at the doors."""

from houqin.services.access.models.areas import Area, Controller, Door, Way
from houqin.services.access.models.events import Direction, DoorEvent, Presence, Reason
from houqin.services.access.models.permits import Permit, PermitState

__all__ = [
    "Area",
    "Controller",
    "Direction",
    "Door",
    "DoorEvent",
    "Permit",
    "PermitState",
    "Presence",
    "Reason",
    "Way",
]
