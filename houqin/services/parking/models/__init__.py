"""Lots, permits, reservations, and what drives in and out."""

from houqin.services.parking.models.lots import Camera, ChargeState, Count, Display, Lot, Space, SpaceKind
from houqin.services.parking.models.permits import (
    HOLDING,
    EntryState,
    Partner,
    PartnerPermit,
    PermitState,
    PlatePermit,
    Quota,
    Reservation,
    Rotation,
    RotationEntry,
    RotationState,
)
from houqin.services.parking.models.traffic import Corrected, Direction, Passage, Standing, Stay

__all__ = [
    "HOLDING",
    "Camera",
    "ChargeState",
    "Corrected",
    "Count",
    "Direction",
    "Display",
    "EntryState",
    "Lot",
    "Partner",
    "PartnerPermit",
    "Passage",
    "PermitState",
    "PlatePermit",
    "Quota",
    "Reservation",
    "Rotation",
    "RotationEntry",
    "RotationState",
    "Space",
    "SpaceKind",
    "Standing",
    "Stay",
]
