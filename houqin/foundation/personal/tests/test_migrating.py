"""Clear columns become personal ones, batch by batch, and an interrupted run goes on where it stopped."""

import pytest
from django.db import connection

from houqin.foundation.personal import migrating
from houqin.foundation.sealed.envelope import unseal

pytestmark = pytest.mark.django_db
PLACE = "people.person.phone"


def test_a_column_is_encrypted_in_batches_and_may_be_run_again(monkeypatch):
    monkeypatch.setattr(migrating, "BATCH", 3)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE old_people (id bigint, phone text, phone_sealed bytea)")
        rows = [(n, f"138 0000 {n:04}") for n in range(1, 9)] + [(9, ""), (10, "总机转 12")]
        cursor.executemany("INSERT INTO old_people VALUES (%s, %s, NULL)", rows)
        cursor.execute("UPDATE old_people SET phone_sealed = 'kept' WHERE id = 4")
    migrating.encrypt("old_people", "phone", "phone_sealed", context=PLACE, kind="phone")(None, None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, phone_sealed FROM old_people ORDER BY id")
        found = dict(cursor.fetchall())
    assert found.pop(4) == b"kept"
    assert found.pop(9) is None
    assert unseal(found.pop(10), PLACE) == "总机转 12"
    assert {n: unseal(sealed, PLACE) for n, sealed in found.items()} == {n: f"1380000{n:04}" for n in found}
