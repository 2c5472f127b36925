"""Changing keys: which ones this database knows, and writing everything anew under the newest, while the system runs."""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from psycopg import sql

from houqin.foundation.personal.fields import PersonalField
from houqin.foundation.personal.models import KeyUse, KnownKey
from houqin.foundation.sealed.envelope import HEAD, MARK, keys_of, mark
from houqin.foundation.sealed.keys import present
from houqin.foundation.sealed.value import Personal
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import SYSTEM, Actor

BATCH = 500
_SETTING = {KeyUse.DATA: "HOUQIN_DATA_KEYS", KeyUse.LOOKUP: "HOUQIN_LOOKUP_KEYS"}


def personal_fields() -> Iterator[PersonalField]:
    """Every personal field of every table there is."""
    for model in apps.get_models():
        if not model._meta.proxy:
            yield from (field for field in model._meta.local_fields if isinstance(field, PersonalField))


def usage() -> Counter[tuple[str, str]]:
    """How many values were written with which pair of data key and lookup key. One look at every personal column."""
    found: Counter[tuple[str, str]] = Counter()
    with connection.cursor() as cursor:
        for field in personal_fields():
            cursor.execute(
                _sql(
                    field,
                    "SELECT substring({column}, {start}, {length}), count(*) FROM {table} WHERE {column} IS NOT NULL GROUP BY 1",
                )
            )
            for written_with, count in cursor.fetchall():
                found[keys_of(bytes(written_with))] += count
    return found


def problems() -> list[str]:
    """Why this database must not be used with the keys of the settings; empty when it may. Writes nothing."""
    keys = _settings()
    known = {(each.use, each.key): each.check_value for each in KnownKey.objects.all()}
    found = [
        f"{_SETTING[KeyUse(use)]}: key {key} is not the key of that name with which this database was written."
        for (use, key), check in keys.items()
        if (use, key) in known and known[use, key] != check
    ]
    missing = [each for each in known if each not in keys]
    used = _used() if missing else set()
    return found + [
        f"{_SETTING[KeyUse(use)]}: key {key} is missing; numbers in this database were written with it."
        for use, key in missing
        if (use, key) in used
    ]


def meet() -> list[str]:
    """At start: make known which keys are in use from now on, forget those nothing needs; answers :func:`problems`."""
    if found := problems():
        return found
    keys = _settings()
    KnownKey.objects.bulk_create(
        [KnownKey(use=use, key=key, check_value=check) for (use, key), check in keys.items()],
        ignore_conflicts=True,
    )
    for each in KnownKey.objects.all():
        if (each.use, each.key) not in keys:
            each.delete()
    return []


def rotate(actor: Actor = SYSTEM, say: Callable[[str], None] = lambda text: None) -> int:
    """Write every value anew that is not under the newest keys, in batches that commit one by one; answers how many.

    Whoever works meanwhile waits for a batch at most. Interrupted, it goes on where it stopped: what is done carries the newest keys.
    Raises ``KeyMissing`` for a value whose key the settings do not have.
    """
    total = 0
    for field in personal_fields():
        done = last = 0
        while batch := _batch(field, last):
            last, count = batch
            done += count
            say(f"{field.context}: {done}")
        total += done
    keys = present()
    if total:
        newest = {"data_key": keys.data_key.id, "lookup_key": keys.lookup_key.id, "values": total}
        known = KnownKey.objects.filter(use=KeyUse.DATA, key=keys.data_key.id).first()
        trail.record(
            actor, "personal.rotate", known or KnownKey(use=KeyUse.DATA, key=keys.data_key.id), after=newest
        )
    return total


@transaction.atomic
def _batch(field: PersonalField, last: Any) -> tuple[Any, int] | None:
    """The next values after the row ``last`` that carry other keys: the last row's key and how many; nothing at the end."""
    with connection.cursor() as cursor:
        cursor.execute(
            _sql(
                field,
                "SELECT {pk}, {column} FROM {table} WHERE {pk} > %s AND {column} IS NOT NULL "
                "AND substring({column}, {start}, {length}) <> %s ORDER BY {pk} LIMIT {batch} FOR NO KEY UPDATE",
            ),
            [last, mark()],
        )
        rows = cursor.fetchall()
        if not rows:
            return None
        anew = [
            Personal(
                field.kind,
                field.context,
                clear=Personal(field.kind, field.context, sealed=bytes(sealed)).clear,
            ).sealed
            for _, sealed in rows
        ]
        cursor.execute(
            _sql(
                field,
                "UPDATE {table} SET {column} = v.sealed FROM unnest(%s::bigint[], %s::bytea[]) AS v (pk, sealed) "
                "WHERE {table}.{pk} = v.pk",
            ),
            [[pk for pk, _ in rows], anew],
        )
    return rows[-1][0], len(rows)


def _sql(field: PersonalField, text: str) -> sql.Composed:
    meta = field.model._meta
    return sql.SQL(text).format(
        table=sql.Identifier(meta.db_table),
        pk=sql.Identifier(meta.pk.column),
        column=sql.Identifier(field.column),
        start=sql.Literal(HEAD + 1),
        length=sql.Literal(MARK),
        batch=sql.Literal(BATCH),
    )


def _settings() -> dict[tuple[str, str], str]:
    keys = present()
    data = {(str(KeyUse.DATA), each.id): _check(each.secret) for each in keys.data}
    return data | {(str(KeyUse.LOOKUP), each.id): _check(each.secret) for each in keys.lookup}


def _check(secret: bytes) -> str:
    return hmac.digest(secret, b"houqin key check 1", "sha256")[:8].hex()


def _used() -> set[tuple[str, str]]:
    found = usage()
    return {(str(KeyUse.DATA), data) for data, _ in found} | {
        (str(KeyUse.LOOKUP), lookup) for _, lookup in found
    }
