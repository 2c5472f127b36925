"""Ids for rows that are copied in."""

from __future__ import annotations

from django.db import connection, models


def next_ids(model: type[models.Model], count: int) -> list[int]:
    """So many ids of the table's sequence, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]
