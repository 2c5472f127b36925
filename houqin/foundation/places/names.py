"""The full names of places: "1号楼 3层 301室", from the building down."""

from __future__ import annotations

from django.db import connection

from houqin.foundation.places.models import Place, PlaceKind

_WRITE = """
WITH RECURSIVE named (id, kind, full_name) AS (
  SELECT p.id, p.kind, CASE WHEN a.id IS NULL OR a.kind = 'site' THEN p.name ELSE a.full_name || ' ' || p.name END
  FROM places_place p LEFT JOIN places_place a ON a.id = p.parent_id
  WHERE {start}
  UNION ALL
  SELECT p.id, p.kind, CASE WHEN n.kind = 'site' THEN p.name ELSE n.full_name || ' ' || p.name END
  FROM places_place p JOIN named n ON p.parent_id = n.id
)
UPDATE places_place p SET full_name = n.full_name FROM named n
WHERE p.id = n.id AND p.full_name IS DISTINCT FROM n.full_name
"""


def full_name(name: str, parent: Place | None) -> str:
    """The full name of a place called ``name`` under ``parent``; the site is left out below itself."""
    if parent is None or parent.kind == PlaceKind.SITE:
        return name
    return f"{parent.full_name} {name}"


def write_full_names(top: Place | None = None) -> None:
    """Work out the full names of ``top`` and everything below it (of all places) in one statement.

    For moves and renames, and for whoever loads places in bulk.
    """
    start = "p.parent_id IS NULL" if top is None else "p.id = %s"
    with connection.cursor() as cursor:
        cursor.execute(_WRITE.format(start=start), [] if top is None else [top.pk])
