"""Keys are rotated while others write, on connections of their own: nobody's change is lost, and nothing is left behind."""

from threading import Barrier, Event, Thread

import pytest
from django.db import connection, transaction

from houqin.foundation.errors import Problem
from houqin.foundation.people import actions as people
from houqin.foundation.people.models import Person
from houqin.foundation.personal import rotation
from houqin.foundation.sealed.envelope import HEAD, mark
from houqin.foundation.standards import id_check_digit

pytestmark = [pytest.mark.db_facing, pytest.mark.django_db(transaction=True)]
OLD_DATA, OLD_LOOKUP = ("tests", b"0123456789abcdef" * 2), ("tests", b"fedcba9876543210" * 2)
NEW_DATA, NEW_LOOKUP = ("k2", bytes(range(32))), ("f2", bytes(range(32, 64)))


def id_number(sequence):
    first = f"42010219800101{sequence:03}"
    return first + id_check_digit(first)


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


def test_one_id_number_is_never_in_twice_while_lookup_keys_change(committed_cast, settings):
    """Under the old key, under the new one, and by two people in the same moment."""
    cast, numbers = committed_cast, [id_number(number) for number in (1, 2)]
    enter = {"organisation": cast.repairs, "name": "王一山"}
    people.add_person(cast.sysadmin, **enter, id_number=numbers[0])
    settings.DATA_KEYS, settings.LOOKUP_KEYS = (NEW_DATA, OLD_DATA), (NEW_LOOKUP, OLD_LOOKUP)
    with pytest.raises(Problem) as refused:
        people.add_person(cast.sysadmin, **enter, id_number=numbers[0])
    assert "已登记在另一人名下" in str(refused.value.errors["id_number"][0])
    with pytest.raises(Problem):
        people.change_person(cast.sysadmin, person=cast.worker, id_number=numbers[0])
    start, outcomes = Barrier(2), []

    def add():
        start.wait(30)
        try:
            people.add_person(cast.sysadmin, **enter, id_number=numbers[1])
            outcomes.append("in")
        except Problem:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["in", "refused"]
    rotation.rotate()
    assert [Person.objects.filter(id_number=number).count() for number in numbers] == [1, 1]
