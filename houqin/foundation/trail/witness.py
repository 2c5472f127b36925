"""The latest checkpoint kept outside the database: whoever cuts the trail there, checkpoints and all, is found by it."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from django.conf import settings

from houqin.foundation.trail import keys, stored
from houqin.foundation.trail.notes import BadNote

log = logging.getLogger(__name__)


def file() -> Path:
    """Where it is kept, beside the data."""
    return Path(settings.DATA_DIR) / "trail-checkpoint"


def kept() -> str:
    """The kept checkpoint, or nothing."""
    try:
        return file().read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def keep(note: str) -> None:
    """Keep a newer checkpoint, unless the tree has lost what the former one stated: that one is then the evidence."""
    former = kept()
    if former and not _continues(former):
        log.error("The trail does not continue the checkpoint in %s: run houqin trail verify.", file())
        return
    draft = file().with_name(f".trail-checkpoint-{os.getpid()}")
    try:
        draft.write_text(note, encoding="utf-8")
        draft.replace(file())
    except OSError as error:
        log.error("The latest checkpoint of the trail could not be kept in %s: %s", file(), error)


def _continues(former: str) -> bool:
    for key in keys.trusted():
        try:
            stated = key.open(former)
            return stored.tree().root(stated.size) == stated.root
        except (BadNote, LookupError):
            continue
    return False
