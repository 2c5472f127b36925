"""Plates as cameras and people write them."""

from __future__ import annotations

from houqin.foundation.standards import Unfit, plate, tidy

#: What is read with less than this may be one character off; more than one character is another vehicle.
SURE = 0.95
LONGEST = 12


def as_read(text: str) -> tuple[str, bool]:
    """What a camera read in its normal form, and whether that is a plate at all (GA 36-2018)."""
    try:
        return plate(text), True
    except Unfit:
        return tidy(text)[:LONGEST], False


def is_new_energy(number: str) -> bool:
    """Whether it is the plate of a new-energy vehicle (GA 36-2018: eight characters), which may want to be charged."""
    return len(number) == 8


def neighbours(number: str) -> list[str]:
    """LIKE patterns of ``number`` itself and of all that differ from it in one character."""
    return [
        _quote(number),
        *(f"{_quote(number[:at])}_{_quote(number[at + 1 :])}" for at in range(len(number))),
    ]


def _quote(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
