"""Which data keys the encrypted values of a backup need, and whether an installation has them. The keys are never in it."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping

import psycopg
from django.apps import apps
from psycopg import sql

from houqin.foundation.personal.fields import PersonalField
from houqin.foundation.sealed import envelope
from houqin.project.data_keys import Keys


def needed(connection: psycopg.Connection, columns: set[tuple[str, str]], keys: Keys) -> dict[str, str]:
    """The ids of the keys under which values are kept, each with what its secret is recognised by.

    Ids alone tell nothing: the first key of every installation has the same. ``columns`` are those that the database has.
    """
    ids: set[str] = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, PersonalField) and (model._meta.db_table, field.column) in columns:
                ids |= _ids(connection, model._meta.db_table, str(field.column))
    known = _recognised(keys)
    return {id: known.get(id, "") for id in sorted(ids)}


def lacking(wanted: Mapping[str, str], keys: Keys) -> list[str]:
    """The ids of those that are not among ``keys``, or have another secret there."""
    known = _recognised(keys)
    return [id for id, sign in wanted.items() if known.get(id) != sign]


def _ids(connection: psycopg.Connection, table: str, column: str) -> set[str]:
    query = sql.SQL("SELECT DISTINCT substr({}, %s, %s) FROM {} WHERE octet_length({}) > %s").format(
        sql.Identifier(column), sql.Identifier(table), sql.Identifier(column)
    )
    start = envelope.HEAD
    marks = connection.execute(query, [start + 1, envelope.MARK, start + envelope.MARK])
    return {id for (mark,) in marks for id in envelope.keys_of(bytes(mark))}


def _recognised(keys: Iterable[tuple[str, bytes]]) -> dict[str, str]:
    """Half of a hash under each secret: enough to tell two apart, and of no use to whoever seeks it."""
    return {id: hmac.digest(secret, b"houqin backup 1", "sha256")[:8].hex() for id, secret in keys}
