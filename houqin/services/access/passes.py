"""Passes: what a QR code says, and how whoever holds the public key checks it without asking anybody.

``HQ1.<payload>.<signature>``, both in base64url without padding; the signature is Ed25519 over ``HQ1.<payload>``. The payload is JSON:
``h`` the holder, ``a`` codes of the areas that are open to them now, ``p`` the permits behind these (same order), ``u`` until when (seconds
since 1970), ``w`` the window. A pass is for one window of 30 seconds; one window before and after are taken too, because clocks differ and
networks are slow. This module needs no Django: the simulator, and a controller written in Python, use it as it is.
"""

from __future__ import annotations

import binascii
import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WINDOW_SECONDS = 30
#: So many windows before and after the present one are taken.
SLACK = 1
LONGEST = 4000
_PREFIX = "HQ1"


class BadPass(ValueError):
    """No pass, or not signed by the key."""


@dataclass(frozen=True)
class Pass:
    """What a pass says. ``areas`` and ``permits`` belong together by their place; ``until`` in seconds since 1970."""

    holder: str
    areas: tuple[str, ...]
    permits: tuple[int, ...]
    until: int
    window: int

    def signed(self, sign: Callable[[bytes], bytes]) -> str:
        """The text of the QR code."""
        said = {"h": self.holder, "a": self.areas, "p": self.permits, "u": self.until, "w": self.window}
        body = f"{_PREFIX}.{as_text(json.dumps(said, separators=(',', ':')).encode())}"
        return f"{body}.{as_text(sign(body.encode()))}"

    def is_of(self, seconds: float) -> bool:
        """Whether it is a pass of that moment."""
        return abs(window_of(seconds) - self.window) <= SLACK and seconds < self.until

    def permit_for(self, areas: Sequence[str]) -> int | None:
        """The permit by which one of ``areas`` (an area and those within it) is open."""
        found = [permit for area, permit in zip(self.areas, self.permits, strict=True) if area in areas]
        return found[0] if found else None


@dataclass(frozen=True)
class PublicKey:
    """The public half, 32 bytes."""

    raw: bytes

    @property
    def fingerprint(self) -> str:
        """As people compare it: the first 16 hexadecimal digits of its SHA-256."""
        return hashlib.sha256(self.raw).hexdigest()[:16]

    def __str__(self) -> str:
        return as_text(self.raw)

    @classmethod
    def read(cls, text: str) -> PublicKey:
        """A key from its text. Raises BadPass."""
        raw = _bytes(text)
        if len(raw) != 32:
            raise BadPass("it is no Ed25519 public key")
        return cls(raw)

    def verify(self, text: bytes, signature: str) -> None:
        """Raises BadPass unless this key signed ``text``."""
        try:
            self._key.verify(_bytes(signature), text)
        except InvalidSignature:
            raise BadPass("it was not signed by this key") from None

    def open(self, token: str) -> Pass:
        """What a pass says. Raises BadPass."""
        body, dot, signature = token.strip().rpartition(".")
        prefix, _dot, payload = body.partition(".")
        if not dot or prefix != _PREFIX or len(token) > LONGEST:
            raise BadPass("it is no pass")
        self.verify(body.encode(), signature)
        said = json.loads(_bytes(payload))
        return Pass(said["h"], tuple(said["a"]), tuple(said["p"]), said["u"], said["w"])

    @cached_property
    def _key(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self.raw)


def window_of(seconds: float) -> int:
    """The window a moment (seconds since 1970) lies in."""
    return int(seconds) // WINDOW_SECONDS


def as_text(raw: bytes) -> str:
    """Bytes in base64url without padding."""
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""
