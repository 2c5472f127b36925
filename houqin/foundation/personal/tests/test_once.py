"""One number once, whoever writes and whichever keys they have: plain statements on connections of their own, refused by the database."""

import time
from itertools import product
from threading import Event, Thread

import pytest
from django.db import IntegrityError, connection, transaction

from houqin.foundation.people.models import Person
from houqin.foundation.personal import rotation
from houqin.foundation.sealed.envelope import seal
from houqin.foundation.standards import id_check_digit

pytestmark = pytest.mark.db_facing
OLD, NEW = ("tests", b"fedcba9876543210" * 2), ("f2", bytes(range(32, 64)))
#: What processes have while a key is changed, one machine after the other: each shares a key with the next.
STAGES = [(OLD,), (OLD, NEW), (NEW, OLD), (NEW,)]
INSERT = """
INSERT INTO people_person (password, name, pinyin, initials, organisation_id, post, email, language, large_type, id_number)
VALUES ('', '王一', '', '', %s, '', '', 'zh-hans', false, %s)
"""


@pytest.fixture
def insert(settings):
    """A plain INSERT of a number by whoever has these lookup keys."""

    def write(cast, number, keys):
        settings.LOOKUP_KEYS = keys
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(INSERT, [cast.repairs.pk, seal(number, "people.person.id_number")])

    return write


def number(sequence):
    first = f"42010219800101{sequence:03}"
    return first + id_check_digit(first)


def hashes():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM personal_once")
        return cursor.fetchone()[0]


def test_no_two_writers_of_a_change_get_the_same_number_in(cast, insert):
    pairs = [(a, b) for a, b in product(STAGES, STAGES) if set(a) & set(b)]
    for sequence, (first, second) in enumerate(pairs):
        insert(cast, number(sequence), first)
        with pytest.raises(IntegrityError):
            insert(cast, number(sequence), second)


def test_a_number_under_a_new_key_alone_is_refused_while_the_old_one_is_in_use(cast, insert, settings):
    settings.LOOKUP_KEYS = (OLD,)
    assert rotation.meet() == []
    insert(cast, number(1), (OLD,))
    settings.LOOKUP_KEYS = (NEW, OLD)
    assert rotation.meet() == []
    with pytest.raises(IntegrityError, match="personal_hashes_of_all_keys|under the lookup keys before"):
        insert(cast, number(1), (NEW,))
    settings.LOOKUP_KEYS = (NEW, OLD)
    rotation.rotate()
    settings.LOOKUP_KEYS = (NEW,)
    assert rotation.meet() == []
    insert(cast, number(2), (NEW,))


def test_what_is_erased_or_changed_is_free_again_and_old_hashes_go(cast, insert, settings):
    insert(cast, number(1), (NEW, OLD))
    assert hashes() == 2
    settings.LOOKUP_KEYS = (NEW,)
    rotation.rotate()
    assert hashes() == 1, "the hash under the old key is gone"
    Person.objects.filter(name="王一").update(id_number="")
    assert hashes() == 0
    insert(cast, number(1), (NEW,))
    Person.objects.filter(name="王一", id_number=number(1)).update(id_number=number(2))
    insert(cast, number(1), (NEW,))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM people_person WHERE name = '王一'")
    assert hashes() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first_stays", [True, False])
def test_the_second_connection_waits_for_the_first_and_is_refused_or_let_in(
    committed_cast, insert, settings, first_stays
):
    """Two at the same moment, neither sees the other's row: one under the old key alone, one under both."""
    held, outcome = Event(), []
    settings.LOOKUP_KEYS = (NEW, OLD)
    by_both = seal(number(1), "people.person.id_number")
    settings.LOOKUP_KEYS = (OLD,)
    by_old = seal(number(1), "people.person.id_number")

    def second():
        held.wait(30)
        try:
            with connection.cursor() as cursor:
                cursor.execute(INSERT, [committed_cast.repairs.pk, by_old])
            outcome.append("in")
        except IntegrityError as error:
            outcome.append(error.__cause__.diag.constraint_name)
        finally:
            connection.close()

    thread = Thread(target=second)
    thread.start()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(INSERT, [committed_cast.repairs.pk, by_both])
            held.set()
            deadline = time.monotonic() + 30
            while not waits(cursor):
                assert not outcome, "it did not wait"
                assert time.monotonic() < deadline
        transaction.set_rollback(not first_stays)
    thread.join()
    assert outcome == (["personal_once_pkey"] if first_stays else ["in"])
    assert Person.objects.filter(name="王一").count() == 1


def waits(cursor):
    """Whether another connection waits for ours."""
    cursor.execute(
        "SELECT pg_sleep(0.02), count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
    )
    return cursor.fetchone()[1] > 0
