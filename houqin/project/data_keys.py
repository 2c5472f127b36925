"""The keys of personal data: read from the settings or from a file of the data directory, made there once.

Loads no Django: the process that watches over the others reads it too.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from houqin.project.faults import Fault

Keys = tuple[tuple[str, bytes], ...]

NAMES = {"DATA_KEYS": "k", "LOOKUP_KEYS": "f"}
SECRET_BYTES = 32
MEND = (
    "Write id:secret, newest first, separated by commas; the id has up to 8 letters or digits, the secret is 32 random bytes "
    "in base64 (openssl rand -base64 32)."
)
_ID = re.compile(r"[A-Za-z0-9]{1,8}")
_ABOUT = (
    "# Keys of personal data (docs/administrators/personal-data.md). Keep a copy apart from the database's.\n"
)


def file_of(data_dir: Path) -> Path:
    """Where the generated keys of this installation are kept (mode 0600)."""
    return data_dir / "data-keys"


class Given(Protocol):
    """The settings as far as keys go."""

    @property
    def mode(self) -> str: ...
    @property
    def data_keys(self) -> Keys: ...
    @property
    def lookup_keys(self) -> Keys: ...
    @property
    def unreadable(self) -> tuple[Fault, ...]: ...


def read(name: str, text: str, data_dir: Path, unreadable: list[Fault]) -> Keys:
    """The keys of setting ``name``, from its ``text`` or else from the file; what is wrong with them joins ``unreadable``."""
    keys, problem = parsed(text or kept(data_dir).get(name, ""))
    if problem:
        unreadable.append(Fault(f"HOUQIN_{name}", problem, MEND))
    return keys


def missing(given: Given) -> list[Fault]:
    """Keys that production cannot be without."""
    broken = {fault.setting for fault in given.unreadable}
    return [
        Fault(f"HOUQIN_{name}", "is empty: personal data cannot be written or read.", MEND)
        for name, keys in (("DATA_KEYS", given.data_keys), ("LOOKUP_KEYS", given.lookup_keys))
        if given.mode == "production" and not keys and f"HOUQIN_{name}" not in broken
    ]


def parsed(given: str) -> tuple[Keys, str]:
    """The keys in a text, and what is wrong with it."""
    found: list[tuple[str, bytes]] = []
    for part in filter(None, (each.strip() for each in given.split(","))):
        identity, _, encoded = part.partition(":")
        try:
            secret = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            return (), f"the secret of key “{identity[:8]}” is not base64."
        if not _ID.fullmatch(identity) or len(secret) != SECRET_BYTES or len(set(secret)) < 8:
            return (), f"key “{identity[:8]}” has an id or a secret that cannot be used."
        found.append((identity, secret))
    if len({identity for identity, _ in found}) != len(found):
        return (), "names one key twice."
    return tuple(found), ""


def kept(data_dir: Path) -> Mapping[str, str]:
    """What the file says, by the name of the setting; nothing where it cannot be read."""
    try:
        lines = file_of(data_dir).read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    pairs = (line.removeprefix("HOUQIN_").partition("=") for line in lines if "=" in line and line[0] != "#")
    return {name.strip(): value.strip() for name, _, value in pairs}


def make(data_dir: Path) -> None:
    """Make the file, once, with a key for each purpose (mode 0600). Raises ``OSError``."""
    path = file_of(data_dir)
    if path.exists() and path.stat().st_size:
        return
    data_dir.mkdir(parents=True, exist_ok=True)
    write(data_dir, {name: f"{letter}1:{new_secret()}" for name, letter in NAMES.items()})


def add(data_dir: Path, name: str) -> str:
    """Put a new key before the others of ``name`` in the file; its id."""
    values = dict(kept(data_dir))
    taken = {part.partition(":")[0].strip() for part in values.get(name, "").split(",")}
    identity = next(each for n in range(1, 10_000) if (each := f"{NAMES[name]}{n}") not in taken)
    values[name] = f"{identity}:{new_secret()},{values.get(name, '')}".strip(",")
    write(data_dir, values)
    return identity


def write(data_dir: Path, values: Mapping[str, str]) -> None:
    """The file anew, whole or not at all."""
    draft = data_dir / f".data-keys-{os.getpid()}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(_ABOUT + "".join(f"HOUQIN_{name}={value}\n" for name, value in values.items()))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(file_of(data_dir))


def new_secret() -> str:
    """32 random bytes in base64."""
    return base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")
