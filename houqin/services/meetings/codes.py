"""What people sign in by: the token of a pass, and the rotating code on the screen of the room, good for a minute."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime

from django.conf import settings
from django.utils import timezone

#: A code is shown for so many seconds, and taken for the two windows after its own: a queue scans slowly.
WINDOW_SECONDS = 20
TAKEN_WINDOWS = 3
_LENGTH = 8


def code_of(meeting: int, *, at: datetime | None = None) -> str:
    """The code that is shown now: eight letters and digits."""
    return _code(meeting, _window(at))


def is_good(meeting: int, code: str, *, at: datetime | None = None) -> bool:
    """Whether a code was shown for this meeting within the last minute; compared in constant time."""
    window = _window(at)
    return any(
        hmac.compare_digest(_code(meeting, window - back).encode(), code.strip().upper().encode())
        for back in range(TAKEN_WINDOWS)
    )


def token_of(scanned: str) -> str:
    """The token in what a participant's pass says: the address of their page, or its end typed by hand."""
    return scanned.strip().rstrip("/").rpartition("/")[2]


def _window(at: datetime | None) -> int:
    return int((at or timezone.now()).timestamp()) // WINDOW_SECONDS


def _code(meeting: int, window: int) -> str:
    key = hashlib.sha256(b"houqin.meetings.sign-in\0" + settings.SECRET_KEY.encode()).digest()
    mark = hmac.new(key, f"{meeting}:{window}".encode(), hashlib.sha256).digest()
    return base64.b32encode(mark).decode()[:_LENGTH]
