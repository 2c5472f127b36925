"""The trail: one insert, and nothing that undoes it."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from houqin.foundation.people.scope import authorise
from houqin.foundation.trail import actions, queries
from houqin.foundation.trail.actors import SYSTEM, Outsider
from houqin.foundation.trail.middleware import AddressMiddleware
from houqin.foundation.trail.models import Entry


def test_an_entry_says_who_did_what_to_which_record_by_which_appointment(cast):
    grant = authorise(cast.dispatcher, "affairs.dispatch", organisation_path=cast.repairs.path)
    actions.record(
        cast.dispatcher,
        "people.test",
        cast.worker,
        before={"on": date(2026, 1, 2)},
        after={"area": Decimal("1.50")},
        grant=grant,
    )
    entry = queries.entries_of(cast.worker).get()
    assert (entry.actor_id, entry.actor_name) == (cast.dispatcher.pk, "王芳")
    assert entry.appointment_name == "调度 · 维修科"
    assert entry.appointment_id == cast.dispatcher.appointments.get().pk
    assert (entry.record_type, entry.record_name) == ("people.person", "赵铁柱")
    assert (entry.before, entry.after) == ({"on": "2026-01-02"}, {"area": "1.50"})


def test_it_costs_one_statement(cast):
    with CaptureQueriesContext(connection) as statements:
        actions.record(cast.worker, "people.test", cast.worker, after={"a": 1})
    assert len(statements) == 1
    entries = [actions.entry(SYSTEM, "people.test", cast.worker) for _ in range(50)]
    with CaptureQueriesContext(connection) as statements:
        actions.record_many(entries)
    assert len(statements) == 1
    assert Entry.objects.count() == 51


def test_outsiders_and_the_system_leave_their_names(cast):
    actions.record(Outsider("热心群众", "13900000000"), "people.test", cast.city)
    actions.record(SYSTEM, "people.test", cast.city)
    assert [entry.actor_name for entry in queries.entries_of(cast.city)] == ["系统", "热心群众"]


def test_the_address_is_that_of_the_present_request(cast):
    def view(request):
        actions.record(SYSTEM, "people.test", cast.city)
        return HttpResponse()

    AddressMiddleware(view)(RequestFactory().get("/", REMOTE_ADDR="203.0.113.9"))
    actions.record(SYSTEM, "people.test", cast.city)
    assert [entry.address for entry in queries.entries_of(cast.city)] == [None, "203.0.113.9"]


@pytest.mark.db_facing
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE trail_entry SET actor_name = '别人'",
        "DELETE FROM trail_entry",
        "TRUNCATE trail_entry",
    ],
)
def test_the_database_refuses_to_change_it(cast, statement):
    actions.record(SYSTEM, "people.test", cast.city)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Entry.objects.get().actor_name == "系统"


def test_an_entry_goes_with_the_transaction_of_its_act(cast):
    @transaction.atomic
    def act():
        actions.record(SYSTEM, "people.test", cast.city)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert not Entry.objects.exists()


def test_values_hold_no_secret_and_differences_only_what_changed(cast):
    before = actions.values_of(cast.staff)
    assert not {"password", "pinyin", "initials"} & set(before)
    cast.staff.phone = "13911111111"
    old, new = actions.difference(before, actions.values_of(cast.staff))
    assert (old, new) == ({"phone": "13800000001"}, {"phone": "13911111111"})


def test_numbers_to_call_are_not_kept_in_clear(cast):
    before = {"phone": cast.worker.phone, "name": "赵铁柱"}
    actions.record(
        SYSTEM, "people.change_person", cast.worker, before=before, after={"phone": "0571-88001234"}
    )
    many = actions.entry(SYSTEM, "people.test", cast.worker, after={"phone": "", "email": "a@b.cn"})
    actions.record_many([many])
    second, first = queries.entries_of(cast.worker)
    assert (first.before, first.after) == (
        {"phone": "138****0006", "name": "赵铁柱"},
        {"phone": "057****34"},
    )
    assert second.after == {"phone": "", "email": "****@b.cn"}


def test_numbers_are_taken_out_of_whatever_text_holds_them(cast):
    said = {
        "comment": "请打13800000006或 138 0000 0007",
        "list": [{"n": "33010619900307001X"}],
        "number": "2600421737",
    }
    entry = actions.record(SYSTEM, "people.test", cast.worker, after=said, name="来电 13800000006")
    entry.refresh_from_db()
    assert entry.record_name == "来电 138****0006"
    assert entry.after == {
        "comment": "请打138****0006或 138****0007",
        "list": [{"n": "330106********001X"}],
        "number": "2600421737",
    }
