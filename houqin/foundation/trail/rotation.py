"""Another key takes over the signing, before witnesses: the trail itself, and a checkpoint that both have signed."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction

from houqin.foundation.errors import Conflict
from houqin.foundation.trail import actions, keys, sealing, stored
from houqin.foundation.trail.actors import SYSTEM, Actor
from houqin.foundation.trail.models import Checkpoint
from houqin.foundation.trail.notes import PublicKey, Signer


@dataclass(frozen=True)
class Handover:
    """``text`` is what the file holds now, or what the setting is to hold; ``note`` the checkpoint of both keys."""

    before: PublicKey
    after: PublicKey
    text: str
    note: str
    kept: bool


@transaction.atomic
def rotate(actor: Actor = SYSTEM) -> Handover:
    """Let a new key sign from now on. Older checkpoints stay good: the former public key is kept beside the new one.

    Where the key comes from the environment nothing is signed by the new one until the setting is changed to ``text``.
    Raises Conflict where the entry of it could not be sealed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [sealing.SEALING])
    old = keys.signer()
    new = Signer.make(old.name)
    text = keys.text_with(new)
    entry = actions.record(
        actor,
        "trail.rotate_key",
        Checkpoint(size=stored.size()),
        before={"key": str(old.public)},
        after={"key": str(new.public)},
        name=new.public.fingerprint,
    )
    sealing.seal(successor=new)
    latest = stored.latest()
    if latest is None or not _sealed(entry.pk):
        raise Conflict
    if not settings.TRAIL_KEY:
        keys.keep(text)
    return Handover(old.public, new.public, text, latest.note, kept=not settings.TRAIL_KEY)


def _sealed(entry: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM trail_sealed WHERE entry_id = %s)", [entry])
        return bool(cursor.fetchone()[0])
