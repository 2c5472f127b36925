"""What processes keep is good for as long as the watched tables stand still, and not a request longer."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from houqin.exchange import tokens
from houqin.foundation import kept
from houqin.foundation.kept import Kept
from houqin.foundation.people import scope
from houqin.foundation.people.models import Appointment, Person, Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_request() -> Iterator[None]:
    kept.end()
    yield
    kept.end()


@pytest.fixture
def names() -> Kept[list[str]]:
    return Kept(lambda code: list(Role.objects.filter(code=code).values_list("name", flat=True)))


def test_what_is_kept_costs_one_question_outside_of_a_request_and_none_within(cast, names):
    names("dispatcher")
    with CaptureQueriesContext(connection) as asked:
        names("dispatcher")
    assert len(asked) == 1
    kept.begin()
    with CaptureQueriesContext(connection) as asked:
        names("dispatcher")
        names("dispatcher")
    assert len(asked) == 1
    kept.begin()
    key = tokens.create_token("dispatcher")
    assert tokens.recognise(key)
    with CaptureQueriesContext(connection) as asked:
        names("dispatcher")
        scope.grants(Person.objects.none().model(pk=cast.dispatcher.pk))
        names("dispatcher")
    assert [each["sql"] for each in asked if "people_role" in each["sql"] and "JOIN" not in each["sql"]] == []


@pytest.mark.parametrize("how", ["save", "update", "sql", "bulk"])
def test_a_change_is_felt_at_once_however_it_was_made(cast, names, how):
    role = Role.objects.get(code="dispatcher")
    assert names("dispatcher") == [role.name]
    role.name = "改名"
    if how == "save":
        role.save()
    elif how == "update":
        Role.objects.filter(pk=role.pk).update(name="改名")
    elif how == "bulk":
        Role.objects.bulk_update([role], ["name"])
    else:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE people_role SET name = '改名' WHERE code = 'dispatcher'")
    assert names("dispatcher") == ["改名"]


def test_what_a_failed_transaction_saw_is_not_kept(cast, names):
    before = names("dispatcher")
    try:
        with transaction.atomic():
            Role.objects.filter(code="dispatcher").update(name="改名")
            assert names("dispatcher") == ["改名"]
            raise ValueError
    except ValueError:
        pass
    assert names("dispatcher") == before
    Role.objects.filter(code="dispatcher").update(name="又改")
    assert names("dispatcher") == ["又改"]


def test_a_saved_record_ends_what_the_request_knew(cast, names):
    kept.begin()
    names("dispatcher")
    role = Role.objects.get(code="dispatcher")
    role.name = "改名"
    role.save()
    assert names("dispatcher") == ["改名"]


@pytest.mark.django_db(transaction=True)
def test_another_process_feels_it_with_its_next_request_but_not_before_it_is_committed(committed_desk):
    cast = committed_desk.cast
    key = tokens.create_token("worker")

    def may() -> bool:
        """As a request of another process, with its own connection."""
        try:
            kept.begin()
            token = tokens.recognise(key)
            assert token
            return scope.holds(token.person, "affairs.handle")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        assert other.submit(may).result(30)
        with transaction.atomic():
            Appointment.objects.filter(person=cast.worker).update(from_on="2020-01-01", to_on="2020-01-02")
            assert other.submit(may).result(30)
        assert not other.submit(may).result(30)


def test_a_request_knows_nothing_of_the_one_before(cast, client):
    kept.begin()
    kept.note(7)
    client.get("/healthz")
    assert kept._known.get() is None
