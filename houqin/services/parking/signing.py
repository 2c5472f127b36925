"""Permits that one compound signs and another checks by itself: Ed25519 (RFC 8032) over the text before the last dot.

``HQP1.<payload>.<signature>``, both base64url without padding; the payload is JSON:
``{"by": CODE, "id": SERIAL, "plate": …, "from": DAY, "until": DAY}`` for a permit, ``{"by": …, "id": …, "revoked": true}`` for one that ended.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.utils.translation import gettext as _

from houqin.foundation.errors import Problem
from houqin.foundation.standards import plate as checked_plate

_FORM = "HQP1"
LONGEST = 2000


class Unsigned(Problem):
    """The text is no permit, or its signature is not the partner's."""

    code = "bad_signature"


@dataclass(frozen=True)
class Signed:
    """What a token says. ``plate`` is empty for a revocation."""

    by: str
    serial: str
    plate: str = ""
    from_on: date | None = None
    until_on: date | None = None
    revoked: bool = False


def own_key() -> Ed25519PrivateKey:
    """The key of this compound, made of the installation's secret: one thing less to keep."""
    return Ed25519PrivateKey.from_private_bytes(
        hashlib.sha256(b"houqin.parking.partner\0" + settings.SECRET_KEY.encode()).digest()
    )


def own_public_key() -> str:
    """What partners are given: 32 bytes in base64."""
    return base64.b64encode(own_key().public_key().public_bytes_raw()).decode()


def public_key(text: str) -> Ed25519PublicKey:
    """A partner's key. Raises Problem for what is none."""
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(text.strip(), validate=True))
    except (ValueError, binascii.Error):
        raise Problem(
            errors={"public_key": [_("公钥应为 32 字节的 Ed25519 公钥，用 base64 书写。")]}
        ) from None


def sign(payload: dict[str, Any], key: Ed25519PrivateKey) -> str:
    """A token of ``payload``."""
    text = f"{_FORM}.{_packed(json.dumps(payload, ensure_ascii=False, sort_keys=True).encode())}"
    return f"{text}.{_packed(key.sign(text.encode()))}"


def issuer(token: str) -> str:
    """Who claims to have signed; nothing is checked yet. Raises Unsigned for what is no token."""
    return str(_payload(token)[0].get("by", ""))


def verify(token: str, key: Ed25519PublicKey) -> Signed:
    """What the token says, if ``key`` signed it. Raises Unsigned, and Unfit for a plate that is none."""
    payload, signed, signature = _payload(token)
    try:
        key.verify(signature, signed)
    except InvalidSignature:
        raise Unsigned(_("签名不符，通行证不是这个伙伴院区签发的。")) from None
    try:
        by, serial = str(payload["by"]), str(payload["id"])
        if payload.get("revoked") is True:
            return Signed(by, serial, revoked=True)
        from_on, until_on = date.fromisoformat(payload["from"]), date.fromisoformat(payload["until"])
        plate = checked_plate(str(payload["plate"]))
    except (KeyError, ValueError, TypeError):
        raise Unsigned(_("通行证内容不完整。")) from None
    if until_on < from_on or not serial:
        raise Unsigned(_("通行证内容不完整。"))
    return Signed(by, serial, plate, from_on, until_on)


def _payload(token: str) -> tuple[dict[str, Any], bytes, bytes]:
    parts = token.strip().split(".")
    if len(token) > LONGEST or len(parts) != 3 or parts[0] != _FORM:
        raise Unsigned(_("这不是伙伴院区通行证。"))
    try:
        payload = json.loads(_unpacked(parts[1]))
        signature = _unpacked(parts[2])
    except (ValueError, binascii.Error):
        raise Unsigned(_("这不是伙伴院区通行证。")) from None
    if not isinstance(payload, dict):
        raise Unsigned(_("这不是伙伴院区通行证。"))
    return payload, f"{parts[0]}.{parts[1]}".encode(), signature


def _packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
