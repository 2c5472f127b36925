"""The keys of this installation, as the settings give them.

``settings.DATA_KEYS`` encrypt, ``settings.LOOKUP_KEYS`` hash; each a sequence of (id, secret), the newest first. What is new is
written with the newest; every other is there to read what was written before.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TypeVar

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.hmac import HMAC
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from houqin.foundation.errors import Problem

#: Characters of a key's id, and the bytes it takes in an envelope.
ID_LENGTH = 8
Given = Sequence[tuple[str, bytes]]
K = TypeVar("K")


class KeyMissing(Problem):
    """The key with which something was written is not among the settings."""

    code = "key_missing"
    status = 500
    message = _("个人信息的密钥缺失，请系统管理员运行 houqin doctor 查看。")


@dataclass(frozen=True)
class DataKey:
    """A key that encrypts; the cipher's own key is derived, so that the secret serves no other purpose."""

    id: str
    secret: bytes

    @cached_property
    def cipher(self) -> algorithms.SM4:
        return algorithms.SM4(hmac.digest(self.secret, b"houqin sm4-gcm 1", "sha256")[:16])


@dataclass(frozen=True)
class LookupKey:
    """A key under which values are found again."""

    id: str
    secret: bytes

    @cached_property
    def mac(self) -> HMAC:
        return HMAC(hmac.digest(self.secret, b"houqin lookup 1", "sha256"), hashes.SM3())


@dataclass(frozen=True)
class Keys:
    """All keys. The first of each is the one to write with."""

    data: tuple[DataKey, ...]
    lookup: tuple[LookupKey, ...]

    @property
    def data_key(self) -> DataKey:
        return _first(self.data)

    @property
    def lookup_key(self) -> LookupKey:
        return _first(self.lookup)

    def data_key_of(self, identity: str) -> DataKey:
        """The key of that id; raises :class:`KeyMissing`."""
        for key in self.data:
            if key.id == identity:
                return key
        raise KeyMissing


def present() -> Keys:
    """The keys of the settings; made once for each set of them."""
    return _made(tuple(settings.DATA_KEYS), tuple(settings.LOOKUP_KEYS))


@lru_cache(maxsize=8)
def _made(data: Given, lookup: Given) -> Keys:
    return Keys(tuple(DataKey(*each) for each in data), tuple(LookupKey(*each) for each in lookup))


def _first(keys: tuple[K, ...]) -> K:
    if not keys:
        raise KeyMissing
    return keys[0]
