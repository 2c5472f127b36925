"""Signed checkpoints of the trail: C2SP tlog-checkpoint and signed-note, Ed25519 (https://c2sp.org).

A checkpoint is the text ``origin``, size, root in base64, each on a line; then an empty line and ``— name signature``. The
signature is the first four bytes of SHA-256(name, line feed, 0x01, public key) and the 64 bytes of Ed25519. Keys are written
as ``name+id+base64`` (public) and ``PRIVATE+KEY+name+id+base64``, as other tools for such logs do.
"""

from __future__ import annotations

import binascii
import hashlib
from base64 import b64decode, b64encode
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\x01"
_PRIVATE = "PRIVATE+KEY+"
_HASH_BYTES, _ID_BYTES = 32, 4


class BadNote(ValueError):
    """A key or a checkpoint that cannot be read, or was not signed by the key. Says which."""


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint states: the log's name, how many entries it has, and the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


@dataclass(frozen=True)
class PublicKey:
    """Who signs, as everybody may know it."""

    name: str
    raw: bytes

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.raw).digest()[:_ID_BYTES]

    @property
    def fingerprint(self) -> str:
        """The key's id as people compare it: eight hexadecimal digits."""
        return self.key_id.hex()

    def __str__(self) -> str:
        return f"{self.name}+{self.fingerprint}+{b64encode(_ED25519 + self.raw).decode()}"

    @classmethod
    def read(cls, text: str) -> PublicKey:
        """A key from its text. Raises BadNote."""
        name, _plus, rest = text.strip().partition("+")
        key = cls(name, _key_bytes(rest.partition("+")[2]))
        if str(key) != text.strip():
            raise BadNote("the key's id does not belong to it")
        return key

    def open(self, note: str) -> Checkpoint:
        """The checkpoint of a signed note. Raises BadNote unless this key has signed it."""
        text, gap, signatures = note.partition("\n\n")
        text += "\n"
        if not gap:
            raise BadNote("it carries no signature")
        for line in signatures.splitlines():
            if self._signed(line, text.encode()):
                return _stated(text)
        raise BadNote(f"it is not signed by {self.name}+{self.fingerprint}")

    def _signed(self, line: str, text: bytes) -> bool:
        start, _space, given = line.rpartition(" ")
        signature = _decoded(given)
        if start != f"— {self.name}" or signature[:_ID_BYTES] != self.key_id:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature[_ID_BYTES:], text)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class Signer:
    """The private key of this installation's trail."""

    name: str
    seed: bytes

    @classmethod
    def make(cls, name: str) -> Signer:
        """A new key. ``name`` is the log's origin: an address without its scheme, no space and no plus."""
        seed = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
        )
        return cls(name, seed)

    @classmethod
    def read(cls, text: str) -> Signer:
        """A key from its text. Raises BadNote, which never quotes the key."""
        text = text.strip()
        if not text.startswith(_PRIVATE):
            raise BadNote(f"a private key begins with {_PRIVATE}")
        name, _plus, rest = text.removeprefix(_PRIVATE).partition("+")
        signer = cls(name, _key_bytes(rest.partition("+")[2]))
        if str(signer) != text:
            raise BadNote("the key's id does not belong to it")
        return signer

    @property
    def public(self) -> PublicKey:
        raw = self._key().public_key().public_bytes_raw()
        return PublicKey(self.name, raw)

    def __str__(self) -> str:
        return f"{_PRIVATE}{self.name}+{self.public.fingerprint}+{b64encode(_ED25519 + self.seed).decode()}"

    def __repr__(self) -> str:
        return f"<Signer {self.name}>"

    def sign(self, size: int, root: bytes) -> str:
        """The signed note over a tree."""
        text = Checkpoint(self.name, size, root).text
        signature = b64encode(self.public.key_id + self._key().sign(text.encode())).decode()
        return f"{text}\n— {self.name} {signature}\n"

    def sign_too(self, note: str) -> str:
        """A note that another key has signed, with this one's signature under the other."""
        text = note.partition("\n\n")[0] + "\n"
        signature = b64encode(self.public.key_id + self._key().sign(text.encode())).decode()
        return f"{note}— {self.name} {signature}\n"

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def _stated(text: str) -> Checkpoint:
    lines = text.split("\n")
    root = _decoded(lines[2]) if len(lines) > 3 else b""
    plain = len(lines) > 3 and lines[1].isascii() and lines[1].isdigit()
    if not plain or len(root) != _HASH_BYTES:
        raise BadNote("it is no checkpoint")
    stated = Checkpoint(lines[0], int(lines[1]), root)
    if not text.startswith(stated.text):
        raise BadNote("it is no checkpoint")
    return stated


def _key_bytes(text: str) -> bytes:
    raw = _decoded(text)
    if len(raw) != 1 + _HASH_BYTES or raw[:1] != _ED25519:
        raise BadNote("it is no Ed25519 key")
    return raw[1:]


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
