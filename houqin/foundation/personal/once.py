"""One value once in a column, whichever lookup keys it was written with: kept by the database, whoever writes.

A unique index on the hash (``WholeKey``) compares values of one key. While keys are changed a value carries its hash under every key of
the settings, and each of them goes into ``personal_once``, whose primary key refuses the second. So two values that share a key cannot
both be in; and a value under a newer key that does not carry the hashes under those before it, which could not be compared, is refused
(``personal_hashes_of_all_keys``), as long as the older keys are known here.
"""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION personal_hashes(sealed bytea) RETURNS SETOF bytea LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT substring(sealed, 1, 16)
  UNION
  SELECT substring(sealed, 43 + 16 * n, 16)
  FROM generate_series(0, CASE WHEN length(sealed) > 41 AND get_byte(sealed, 24) = 2 THEN get_byte(sealed, 41) - 1 ELSE -1 END) n
$$;
CREATE FUNCTION personal_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before bytea := CASE WHEN TG_OP <> 'INSERT' THEN (to_jsonb(OLD) ->> TG_ARGV[0])::bytea END;
  present bytea := CASE WHEN TG_OP <> 'DELETE' THEN (to_jsonb(NEW) ->> TG_ARGV[0])::bytea END;
  written text := convert_from(rtrim(substring(present, 34, 8), '\\x00'::bytea), 'UTF8');
  known timestamptz;
BEGIN
  IF present IS NOT NULL THEN
    SELECT first_used_at INTO known FROM personal_knownkey WHERE use = 'lookup' AND key = written;
    IF (SELECT count(*) FROM personal_knownkey k WHERE k.use = 'lookup' AND k.key <> written
          AND (known IS NULL OR k.first_used_at < known)) >= (SELECT count(*) FROM personal_hashes(present)) THEN
      RAISE check_violation USING CONSTRAINT = 'personal_hashes_of_all_keys',
        MESSAGE = 'a number must carry its hashes under the lookup keys before its own, while they are in use';
    END IF;
  END IF;
  DELETE FROM personal_once WHERE hash IN (SELECT personal_hashes(before) EXCEPT SELECT personal_hashes(present));
  INSERT INTO personal_once SELECT personal_hashes(present) EXCEPT SELECT personal_hashes(before) ORDER BY 1;
  RETURN NULL;
END $$;
"""
BACK = "DROP FUNCTION personal_once(); DROP FUNCTION personal_hashes(bytea);"


_KEEP = """
CREATE TRIGGER {name} AFTER INSERT OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION personal_once('{column}');
CREATE TRIGGER {name}_changed AFTER UPDATE OF {column} ON {table}
  FOR EACH ROW WHEN (OLD.{column} IS DISTINCT FROM NEW.{column}) EXECUTE FUNCTION personal_once('{column}');
INSERT INTO personal_once SELECT personal_hashes({column}) FROM {table} WHERE {column} IS NOT NULL;
"""
_UNKEEP = """
DROP TRIGGER {name} ON {table}; DROP TRIGGER {name}_changed ON {table};
DELETE FROM personal_once WHERE hash IN (SELECT personal_hashes({column}) FROM {table});
"""


#: As ``personal_once`` for what one statement adds: a roster of thousands costs one look at the keys and one sorted insertion.
FUNCTION_OF_STATEMENT = """
CREATE FUNCTION personal_once_added() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  lacking boolean;
BEGIN
  EXECUTE format($sql$
    SELECT EXISTS (
      SELECT FROM (
        SELECT DISTINCT
          convert_from(rtrim(substring(%1$I, 34, 8), '\\x00'::bytea), 'UTF8') AS written,
          CASE WHEN length(%1$I) > 41 AND get_byte(%1$I, 24) = 2 THEN (SELECT count(*) FROM personal_hashes(%1$I)) ELSE 1 END AS hashes
        FROM added WHERE %1$I IS NOT NULL
      ) present
      LEFT JOIN personal_knownkey known ON known.use = 'lookup' AND known.key = written
      WHERE (SELECT count(*) FROM personal_knownkey k WHERE k.use = 'lookup' AND k.key <> written
              AND (known.first_used_at IS NULL OR k.first_used_at < known.first_used_at)) >= hashes)
  $sql$, TG_ARGV[0]) INTO lacking;
  IF lacking THEN
    RAISE check_violation USING CONSTRAINT = 'personal_hashes_of_all_keys',
      MESSAGE = 'a number must carry its hashes under the lookup keys before its own, while they are in use';
  END IF;
  EXECUTE format($sql$
    INSERT INTO personal_once
    SELECT substring(%1$I, 1, 16) FROM added WHERE %1$I IS NOT NULL AND NOT (length(%1$I) > 41 AND get_byte(%1$I, 24) = 2)
    UNION ALL
    SELECT personal_hashes(%1$I) FROM added WHERE length(%1$I) > 41 AND get_byte(%1$I, 24) = 2
    ORDER BY 1
  $sql$, TG_ARGV[0]);
  RETURN NULL;
END $$;
"""
_BY_STATEMENT = """
DROP TRIGGER {name} ON {table};
CREATE TRIGGER {name} AFTER DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION personal_once('{column}');
CREATE TRIGGER {name}_added AFTER INSERT ON {table}
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION personal_once_added('{column}');
"""
_BY_ROW = """
DROP TRIGGER {name}_added ON {table}; DROP TRIGGER {name} ON {table};
CREATE TRIGGER {name} AFTER INSERT OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION personal_once('{column}');
"""


def keep(table: str, column: str) -> migrations.RunSQL:
    """Operation of a migration: from here on, and of what is there, ``column`` holds each value once."""
    words = _words(table, column)
    return migrations.RunSQL(_KEEP.format(**words), _UNKEEP.format(**words))


def by_statement(table: str, column: str) -> migrations.RunSQL:
    """Operation of a migration after :func:`keep`: what is added is compared a statement, not a row at a time."""
    words = _words(table, column)
    return migrations.RunSQL(_BY_STATEMENT.format(**words), _BY_ROW.format(**words))


def _words(table: str, column: str) -> dict[str, str]:
    return {"name": f"{table}_{column}_once", "table": table, "column": column}
