"""The key that signs this installation's checkpoints: ``HOUQIN_TRAIL_KEY``, or made once and kept beside the data.

The private key comes first; after it, apart by white space, the public keys that signed before it, the newest first.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from houqin.foundation.trail.notes import BadNote, PublicKey, Signer

_read: dict[str, Signer] = {}


def key_file() -> Path:
    """Where a generated key is kept (mode 0600)."""
    return Path(settings.DATA_DIR) / "trail-key"


def signer() -> Signer:
    """The signing key; made on first use. Raises BadNote when what is there cannot be read."""
    text = _texts()[0]
    if text not in _read:
        _read[text] = Signer.read(text)
    return _read[text]


def former() -> list[PublicKey]:
    """The keys that signed before it, the newest first. Raises BadNote."""
    return [PublicKey.read(text) for text in _texts()[1:]]


def trusted() -> list[PublicKey]:
    """All keys whose checkpoints are this installation's own."""
    return [signer().public, *former()]


def text_with(new: Signer) -> str:
    """What follows on the present keys once ``new`` signs: as it stands in the file or in the setting."""
    return "\n".join(str(each) for each in (new, *trusted()))


def keep(text: str) -> None:
    """Put other keys into the file, whole or not at all. Every process reads it anew each time it signs."""
    draft = _draft(text)
    draft.replace(key_file())


def _texts() -> list[str]:
    return (settings.TRAIL_KEY or _kept()).split() or [""]


def _draft(text: str) -> Path:
    draft = key_file().with_name(f".trail-key-{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{text}\n")
        file.flush()
        os.fsync(file.fileno())
    return draft


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
    draft = _draft(str(Signer.make(_name())))
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
