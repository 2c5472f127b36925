"""What every write pays for: no index that another one makes needless."""

from typing import Any

import pytest
from django.db import connection

#: Of Django's own tables and of those between two models, which have no field to say it at.
LEFT_ALONE = {"access_area_places", "auth_group_permissions", "auth_permission"}

BY_ITS_FIRST_COLUMN = """
SELECT t.relname, a.attname
  FROM pg_index one
  JOIN pg_class t ON t.oid = one.indrelid AND t.relnamespace = 'public'::regnamespace
  JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = one.indkey[0]
  JOIN pg_class i ON i.oid = one.indexrelid JOIN pg_am ON pg_am.oid = i.relam AND pg_am.amname = 'btree'
 WHERE one.indnatts = 1 AND NOT one.indisunique AND one.indpred IS NULL
   AND EXISTS (SELECT FROM pg_index more
                WHERE more.indrelid = one.indrelid AND more.indexrelid <> one.indexrelid AND more.indpred IS NULL
                  AND more.indkey[0] = one.indkey[0] AND more.indclass[0] = one.indclass[0])
"""


@pytest.mark.django_db
def test_no_index_is_the_beginning_of_another() -> None:
    with connection.cursor() as cursor:
        cursor.execute(BY_ITS_FIRST_COLUMN)
        needless: list[Any] = [row for row in cursor.fetchall() if row[0] not in LEFT_ALONE]
    assert needless == [], "say db_index=False at the field: the other index serves it"
