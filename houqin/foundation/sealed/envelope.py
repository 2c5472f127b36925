"""How a value lies in the database: found by keyed hash, encrypted, and bound to its column.

====== ===== ==========================================================================================
from   bytes what
====== ===== ==========================================================================================
0      16    HMAC-SM3 of the whole value under the lookup key, cut
16     8     the same of its last four characters
24     1     version: 1 or 2, SM4-GCM (GB/T 32907, RFC 8998's mode)
25     8     id of the data key
33     8     id of the lookup key
41     …     version 2: how many hashes follow (1 byte), and the whole value's under each further lookup key
       12    nonce, random
       …     ciphertext and a tag of 16 bytes
====== ===== ==========================================================================================

Version 2 is written while lookup keys are being changed: with the hashes under all of them, values of either key can be compared,
and the database keeps what must be there once (``personal.once``).

Everything before the nonce and the ``context`` (``people.person.phone``) is authenticated: a value moved into another column, or put
behind the hash of another number, cannot be read. Hashes differ from column to column, so equal ones tell nothing across tables. Random
nonces allow 2³² values under one key.
"""

from __future__ import annotations

import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.hmac import HMAC
from django.utils.translation import gettext_lazy as _

from houqin.foundation.errors import Problem
from houqin.foundation.sealed.keys import ID_LENGTH, LookupKey, present

#: With one lookup key, and with several.
ALONE, SEVERAL = 1, 2
WHOLE, TAIL = 16, 8
HEAD = WHOLE + TAIL
#: Version and ids of the keys: what a rotation looks at.
MARK = 1 + 2 * ID_LENGTH
_NONCE, _TAG = 12, 16
_START = HEAD + MARK
LAST = 4


class Tampered(Problem):
    """The stored bytes were not written by us for this place."""

    code = "sealed_value_tampered"
    status = 500
    message = _("这项个人信息的密文校验不通过，请联系系统管理员。")


def seal(text: str, context: str, *, sought: str | None = None) -> bytes:
    """``text`` encrypted for the place ``context`` names, behind the hashes of what it is ``sought`` by (default: itself).

    Two times, two results.
    """
    keys = present()
    data, lookup = keys.data_key, keys.lookup_key
    found_by = text if sought is None else sought
    head = (
        _whole(lookup, found_by, context)
        + _tail(lookup, found_by[-LAST:], context)
        + _mark(data.id, lookup.id, _version())
    )
    if further := keys.lookup[1:]:
        head += bytes([len(further)]) + b"".join(_whole(key, found_by, context) for key in further)
    nonce = os.urandom(_NONCE)
    encryptor = Cipher(data.cipher, modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(head + context.encode())
    return head + nonce + encryptor.update(text.encode()) + encryptor.finalize() + encryptor.tag


def unseal(data: bytes, context: str) -> str:
    """What :func:`seal` was given. Raises :class:`Tampered`, or ``KeyMissing`` when its key is not there."""
    if len(data) < _START + _NONCE + _TAG or data[HEAD] not in (ALONE, SEVERAL):
        raise Tampered
    start = _START if data[HEAD] == ALONE else _START + 1 + data[_START] * WHOLE
    key = present().data_key_of(
        data[HEAD + 1 : HEAD + 1 + ID_LENGTH].rstrip(b"\0").decode("ascii", "replace")
    )
    nonce, secret, tag = data[start : start + _NONCE], data[start + _NONCE : -_TAG], data[-_TAG:]
    if len(nonce) < _NONCE:
        raise Tampered
    decryptor = Cipher(key.cipher, modes.GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(data[:start] + context.encode())
    try:
        return (decryptor.update(secret) + decryptor.finalize()).decode()
    except InvalidTag as error:
        raise Tampered from error


def mark() -> bytes:
    """Version and key ids that new envelopes carry; one that carries others is for the rotation."""
    keys = present()
    return _mark(keys.data_key.id, keys.lookup_key.id, _version())


def _version() -> int:
    return SEVERAL if len(present().lookup) > 1 else ALONE


@lru_cache(maxsize=64)
def _mark(data: str, lookup: str, version: int) -> bytes:
    return bytes([version]) + _padded(data) + _padded(lookup)


def keys_of(mark: bytes) -> tuple[str, str]:
    """The ids of data key and lookup key in an envelope's mark."""
    data, lookup = mark[1 : 1 + ID_LENGTH], mark[1 + ID_LENGTH : 1 + 2 * ID_LENGTH]
    return data.rstrip(b"\0").decode("ascii", "replace"), lookup.rstrip(b"\0").decode("ascii", "replace")


def whole(text: str, context: str) -> list[bytes]:
    """Under what an envelope of ``text`` begins: one for each lookup key, since a rotation may be under way."""
    return [_whole(key, text, context) for key in present().lookup]


def tail(last: str, context: str) -> list[bytes]:
    """The same of the last four characters, for :data:`TAIL` bytes from :data:`WHOLE` on."""
    return [_tail(key, last, context) for key in present().lookup]


def keyed(text: str, purpose: str) -> str:
    """A keyed hash in hexadecimal for what must be told apart without being kept: counters, digests of requests."""
    return _whole(present().lookup_key, text, f"keyed {purpose}").hex()


def _whole(key: LookupKey, text: str, context: str) -> bytes:
    return _mac(key, "whole", context, text)[:WHOLE]


def _tail(key: LookupKey, last: str, context: str) -> bytes:
    return _mac(key, "tail", context, last)[:TAIL]


def _mac(key: LookupKey, part: str, context: str, text: str) -> bytes:
    mac = _begun(key, part, context).copy()
    mac.update(text.encode())
    return mac.finalize()


@lru_cache(maxsize=512)
def _begun(key: LookupKey, part: str, context: str) -> HMAC:
    mac = key.mac.copy()
    mac.update(f"{part}\0{context}\0".encode())
    return mac


def _padded(identity: str) -> bytes:
    return identity.encode("ascii").ljust(ID_LENGTH, b"\0")
