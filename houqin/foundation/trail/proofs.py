"""Proofs to take away: they are checked without this system, by docs/administrators/verify_proof.py or any such tool."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from houqin.foundation.errors import Conflict, NotFound, Problem
from houqin.foundation.trail import keys, stored
from houqin.foundation.trail.canonical import CANONICAL
from houqin.foundation.trail.models import Checkpoint, Sealed

_TEXT = f"SELECT {CANONICAL} FROM trail_entry e WHERE e.id = %s"  # noqa: S608 - a constant of ours


def inclusion(entry: int) -> dict[str, Any]:
    """The proof that an entry stands in the trail as of the latest checkpoint, as JSON.

    ``entry`` is the hashed text itself. Raises NotFound for no entry, Conflict while it is not sealed.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TEXT, [entry])
        found = cursor.fetchone()
    if found is None:
        raise NotFound
    position = Sealed.objects.filter(entry_id=entry).values_list("position", flat=True).first()
    checkpoint = stored.latest()
    if position is None or checkpoint is None or checkpoint.size <= position:
        raise Conflict(_("这条记录还没有封存，一分钟后再试。"), code="not_sealed")
    return {
        "format": "houqin-trail-inclusion/1",
        "entry": found[0],
        "index": position,
        "proof": _coded(stored.tree().inclusion(position, checkpoint.size)),
        "checkpoint": checkpoint.note,
        **_keys(),
    }


def consistency(first: int, second: int | None = None) -> dict[str, Any]:
    """The proof that the trail at checkpoint ``second`` (default: the latest) continues the one at ``first``.

    Both are sizes of checkpoints. Raises NotFound where there is none of that size, Problem for a wrong order.
    """
    older = Checkpoint.objects.filter(size=first).first()
    newer = stored.latest() if second is None else Checkpoint.objects.filter(size=second).first()
    if older is None or newer is None:
        raise NotFound(_("没有这个条数的检查点。"))
    if older.size > newer.size:
        raise Problem(_("前一个检查点的条数应不大于后一个。"))
    return {
        "format": "houqin-trail-consistency/1",
        "first": older.note,
        "second": newer.note,
        "proof": _coded(stored.tree().consistency(older.size, newer.size)),
        **_keys(),
    }


def _keys() -> dict[str, Any]:
    return {"key": str(keys.signer().public), "former_keys": [str(each) for each in keys.former()]}


def _coded(hashes: list[bytes]) -> list[str]:
    return [b64encode(each).decode() for each in hashes]
