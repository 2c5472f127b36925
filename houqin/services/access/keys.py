"""The key that signs passes and permit lists: ``HOUQIN_DOOR_KEY``, or made once and kept beside the data (``door-key``).

Controllers hold its public half alone, so one that is stolen can sign nothing.
"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from houqin.services.access.passes import PublicKey


def key_file() -> Path:
    """Where a generated key is kept (mode 0600)."""
    return Path(settings.DATA_DIR) / "door-key"


def sign(text: bytes) -> bytes:
    """The 64 bytes of Ed25519 over ``text``. Raises ValueError when the key that is there cannot be read."""
    return _private(settings.DOOR_KEY or _kept()).sign(text)


def public() -> PublicKey:
    """What controllers check with. Raises ValueError as :func:`sign`."""
    return PublicKey(_private(settings.DOOR_KEY or _kept()).public_key().public_bytes_raw())


@lru_cache(4)
def _private(text: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(b64decode(text, validate=True))


def _kept() -> str:
    """The text of the generated key. Of several processes that want one at once the first makes it for all."""
    path = key_file()
    if not path.exists():
        _make(path)
    return path.read_text(encoding="ascii").strip()


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".door-key-{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()}\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
