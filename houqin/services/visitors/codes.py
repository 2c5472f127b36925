"""The code that proves a phone to be somebody's: six digits, good for ten minutes, for one browser alone. Nothing of it is stored."""

from __future__ import annotations

import hmac
from datetime import datetime

from django.utils import timezone

from houqin.foundation.sealed.envelope import keyed

WINDOW_SECONDS = 300
#: A code is taken in its own window and the next.
TAKEN_WINDOWS = 2


def code_of(phone: str, nonce: str, *, at: datetime | None = None) -> str:
    """The code for a phone in a browser that was given ``nonce``."""
    return _code(phone, nonce, _window(at))


def is_good(phone: str, nonce: str, code: str, *, at: datetime | None = None) -> bool:
    """Whether a code was sent to that phone for this browser within the last minutes."""
    given = "".join(each for each in code if each.isdecimal())[:6].encode()
    return any(
        hmac.compare_digest(_code(phone, nonce, _window(at) - back).encode(), given)
        for back in range(TAKEN_WINDOWS)
    )


def _window(at: datetime | None) -> int:
    return int((at or timezone.now()).timestamp()) // WINDOW_SECONDS


def _code(phone: str, nonce: str, window: int) -> str:
    return f"{int(keyed(f'{phone}:{nonce}:{window}', 'visitors.code'), 16) % 1_000_000:06}"
