"""The key that signs this installation's checkpoints: ``HOUQIN_TRAIL_KEY``, or made once and kept beside the data."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from houqin.foundation.trail.notes import BadNote, Signer

_read: dict[str, Signer] = {}


def key_file() -> Path:
    """Where a generated key is kept (mode 0600)."""
    return Path(settings.DATA_DIR) / "trail-key"


def signer() -> Signer:
    """The signing key; made on first use. Raises BadNote when what is there cannot be read."""
    text = settings.TRAIL_KEY or _kept()
    if text not in _read:
        _read[text] = Signer.read(text)
    return _read[text]


def _kept() -> str:
    """The text of the generated key. Of several processes that want one at once the first makes it for all."""
    path = key_file()
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass
    except UnicodeDecodeError:
        raise BadNote(f"{path} holds no key") from None
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".trail-key-{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{Signer.make(_name())}\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text(encoding="ascii").strip()


def _name() -> str:
    """The log's name: the site's address without its scheme, as it is when the key is made. It stays with the key."""
    return f"{urlsplit(settings.BASE_URL).netloc}/trail"
