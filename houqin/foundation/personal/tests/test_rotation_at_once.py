"""Keys are rotated while others write, on connections of their own: nobody's change is lost, and nothing is left behind."""

from threading import Event, Thread

import pytest
from django.db import connection, transaction

from houqin.foundation.people.models import Person
from houqin.foundation.personal import rotation
from houqin.foundation.sealed.envelope import HEAD, mark

pytestmark = [pytest.mark.db_facing, pytest.mark.django_db(transaction=True)]
OLD_DATA, OLD_LOOKUP = ("tests", b"0123456789abcdef" * 2), ("tests", b"fedcba9876543210" * 2)
NEW_DATA, NEW_LOOKUP = ("k2", bytes(range(32))), ("f2", bytes(range(32, 64)))


def test_a_number_changed_during_the_rotation_is_the_one_that_stays(committed_cast, settings):
    settings.DATA_KEYS, settings.LOOKUP_KEYS = (NEW_DATA, OLD_DATA), (NEW_LOOKUP, OLD_LOOKUP)
    worker, holding, rotating, counts = committed_cast.worker, Event(), Event(), []

    def change():
        with transaction.atomic():
            Person.objects.filter(pk=worker.pk).update(phone="13912345678")
            holding.set()
            rotating.wait(30)
        connection.close()

    def rotate():
        holding.wait(30)
        rotating.set()
        counts.append(rotation.rotate())
        connection.close()

    threads = [Thread(target=change), Thread(target=rotate)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Person.objects.get(pk=worker.pk).phone == "13912345678"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM people_person WHERE substring(phone, {HEAD + 1}, {len(mark())}) <> %s",
            [mark()],
        )
        assert cursor.fetchone() == (0,)
    assert counts[0] in (
        Person.objects.exclude(phone="").count() - 1,
        Person.objects.exclude(phone="").count(),
    )
