"""Case numbers that people can read over the phone: ten digits, the last one a check digit.

``2600421737`` is year 26, running number 42173, check digit 7. The check digit (Luhn, ISO/IEC 7812-1 annex B) finds
every single wrong digit and nearly every swap of neighbours, so a mis-heard number is told, not looked up.
"""

from datetime import datetime

from django.utils import timezone


def _luhn(digits: str) -> str:
    total = 0
    for position, character in enumerate(reversed(digits)):
        value = int(character) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def number_of(identity: int, submitted_at: datetime) -> str:
    """The number of the case with id ``identity``; the running part wraps after ten million."""
    digits = f"{timezone.localtime(submitted_at):%y}{identity % 10_000_000:07d}"
    return digits + _luhn(digits)


def heard(text: str) -> str | None:
    """The number somebody typed or said, spaces and dashes dropped; ``None`` unless the check digit fits."""
    digits = "".join(str(int(character)) for character in text if character.isdecimal())
    return digits if len(digits) == 10 and _luhn(digits[:-1]) == digits[-1] else None
