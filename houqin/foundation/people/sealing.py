"""Secrets of the door at rest: AES-256-GCM (NIST SP 800-38D) under a key derived from the installation's secret."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _

from houqin.foundation.errors import Problem

_NONCE = 12


def seal(text: str, context: str) -> bytes:
    """``text`` encrypted for the place ``context`` names; two times, two results."""
    nonce = os.urandom(_NONCE)
    return nonce + _cipher().encrypt(nonce, text.encode(), context.encode())


def unseal(data: bytes, context: str) -> str:
    """What :func:`seal` was given; raises ``Problem`` when it was altered, or sealed under another secret."""
    try:
        return _cipher().decrypt(data[:_NONCE], data[_NONCE:], context.encode()).decode()
    except InvalidTag as error:
        message = _("动态口令的密钥无法读取：可能更换过 HOUQIN_SECRET_KEY。请联系安全管理员重设动态口令。")
        raise Problem(message, code="sealed_elsewhere") from error


def _cipher() -> AESGCM:
    derived = HKDF(SHA256(), 32, salt=None, info=b"houqin door 1").derive(settings.SECRET_KEY.encode())
    return AESGCM(derived)
