"""Trees whose subtrees are one index range.

``path`` is ``/1/5/23/``: the ids from the root to the row itself. Row triggers of the database keep it, so a
wrong path or a circle cannot be stored, whoever writes (bulk loads included). "In the subtree of X" is
``path LIKE X.path || '%'``, a range of a plain index under the C collation.
"""

from collections.abc import Sequence

from django.db import models

_FUNCTION = """
CREATE FUNCTION {table}_path() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE above text;
BEGIN
  IF NEW.parent_id IS NULL THEN
    NEW.path := '/' || NEW.id || '/';
  ELSE
    -- Share-locked, so that a move of the parent and a new child never pass each other; two moves that would
    -- close a circle between them wait for each other, and the database ends one.
    SELECT path INTO above FROM {table} WHERE id = NEW.parent_id FOR SHARE;
    IF above IS NULL THEN
      RAISE foreign_key_violation USING MESSAGE = '{table}: parent ' || NEW.parent_id || ' does not exist';
    END IF;
    IF position('/' || NEW.id || '/' in above) > 0 THEN
      RAISE check_violation
        USING MESSAGE = '{table}: a row cannot stand below itself', CONSTRAINT = '{table}_no_circle';
    END IF;
    NEW.path := above || NEW.id || '/';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER {table}_path BEFORE INSERT OR UPDATE OF parent_id, path ON {table}
  FOR EACH ROW EXECUTE FUNCTION {table}_path();
CREATE FUNCTION {table}_path_below() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE {table} SET path = path WHERE parent_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER {table}_path_below AFTER UPDATE OF parent_id, path ON {table}
  FOR EACH ROW WHEN (OLD.path IS DISTINCT FROM NEW.path) EXECUTE FUNCTION {table}_path_below();
"""

_REVERSE = """
DROP TRIGGER {table}_path ON {table};
DROP TRIGGER {table}_path_below ON {table};
DROP FUNCTION {table}_path();
DROP FUNCTION {table}_path_below();
"""


def path_triggers(table: str) -> tuple[str, str]:
    """SQL to install, and to remove, the triggers that keep ``path`` of ``table``: for ``RunSQL``."""
    return _FUNCTION.format(table=table), _REVERSE.format(table=table)


class PathField(models.TextField):
    """The place of a row in its tree, written by the database alone (and read back after an insert)."""

    db_returning = True

    def __init__(self, **options: object) -> None:
        options.update(editable=False, db_collation="C", db_index=True, default="")
        super().__init__(**options)  # type: ignore[arg-type]  # Django's options are heterogeneous


def path(ids: Sequence[int]) -> str:
    """The path of the ids from the root to a row: what :func:`ids` takes apart."""
    return "".join(f"/{each}" for each in ids) + "/" if ids else ""


def ids(path: str) -> list[int]:
    """The ids from the root to the row itself: ``[1, 5, 23]`` for ``/1/5/23/``, nothing for an empty path."""
    return [int(part) for part in path.split("/") if part]
