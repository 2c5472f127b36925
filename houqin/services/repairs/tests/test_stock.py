"""The shelf: never below zero, its moves add up to what lies there, and they are never rewritten."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from houqin.foundation.errors import NotFound, NotPermitted, Problem
from houqin.foundation.trail.models import Entry
from houqin.services.repairs import actions, queries
from houqin.services.repairs.models import StockItem, StockMove
from houqin.services.repairs.tests.test_joining import at_once

amounts = st.decimals(min_value="0.01", max_value=30, places=2)
steps = st.lists(
    st.tuples(st.sampled_from(["in", "use", "count"]), amounts, st.integers(min_value=0, max_value=1)),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_whatever_is_done_the_moves_add_up_and_nothing_is_overdrawn(house, steps):
    save = transaction.savepoint()
    items = [house.stock(quantity="3"), house.stock("灯管", "0", 900, "DG")]
    for kind, amount, which in steps:
        before = items[which].quantity
        refused = attempt(house, kind, items[which], amount)
        items[which].refresh_from_db()
        expected = {"in": before + amount, "use": before - amount, "count": amount}[kind]
        assert items[which].quantity == (before if refused else expected)
        assert refused == (kind == "use" and amount > before)
    for item in items:
        moves = item.moves.order_by("id")
        assert item.quantity >= 0
        assert (moves.aggregate(sum=Sum("quantity"))["sum"] or 0) == item.quantity
        assert not moves or moves.last().left == item.quantity
    transaction.savepoint_rollback(save)


def attempt(house, kind, item, amount):
    actor = house.cast.dispatcher
    try:
        if kind == "in":
            actions.receive(actor, item=item.pk, quantity=amount)
        elif kind == "count":
            actions.correct(actor, item=item.pk, counted=amount, note="盘点")
        else:
            case = house.report(fault="furniture.chair")
            house.finish(case, materials=[{"item": item.pk, "quantity": str(amount)}])
    except Problem:
        return True
    return False


@pytest.mark.db_facing
@pytest.mark.django_db(transaction=True)
def test_two_jobs_never_share_the_last_part(committed_house):
    house = committed_house
    taps, tape = house.stock(quantity="3"), house.stock("生料带", "3", 100, "SLD")
    cases = [house.report(fault="furniture.chair") for _ in range(6)]
    forth = [{"item": taps.pk, "quantity": 1}, {"item": tape.pk, "quantity": 1}]

    def take(case, rows):
        try:
            house.finish(case, materials=rows)
        except Problem as problem:
            return problem.errors["materials"][0]
        return "done"

    outcomes = at_once(
        *[
            lambda case=case, rows=forth if n % 2 else forth[::-1]: take(case, rows)
            for n, case in enumerate(cases)
        ]
    )
    assert outcomes.count("done") == 3
    assert all("只剩 0" in words for words in outcomes if words != "done")
    assert set(StockItem.objects.values_list("quantity", flat=True)) == {Decimal(0)}


@pytest.mark.db_facing
@pytest.mark.django_db
def test_the_database_refuses_a_shelf_below_zero_and_rewritten_moves(house):
    tap = house.stock()
    with pytest.raises(DatabaseError), transaction.atomic():
        StockItem.objects.filter(pk=tap.pk).update(quantity=-1)
    with pytest.raises(DatabaseError), transaction.atomic():
        StockMove.objects.update(quantity=100)
    with pytest.raises(DatabaseError), transaction.atomic():
        StockMove.objects.all().delete()


def test_receiving_sets_the_new_price_and_leaves_a_trail(house):
    tap = house.stock()
    move = actions.receive(
        house.cast.dispatcher, item=tap.pk, quantity=Decimal(2), price_fen=4000, note="单 12"
    )
    tap.refresh_from_db()
    assert (tap.quantity, tap.price_fen, move.left) == (7, 4000, 7)
    entry = Entry.objects.filter(action="repairs.receive").latest("id")
    assert entry.after["note"] == "单 12"
    assert entry.appointment_name


def test_a_count_that_agrees_changes_nothing(house):
    tap = house.stock()
    assert actions.correct(house.cast.dispatcher, item=tap.pk, counted=Decimal(5), note="盘点") is None
    assert (
        actions.correct(house.cast.dispatcher, item=tap.pk, counted=Decimal(4), note="少一个").quantity == -1
    )


@pytest.mark.parametrize("quantity", [Decimal(0), Decimal(-1)])
def test_nothing_is_received_backwards(house, quantity):
    tap = house.stock()
    with pytest.raises(Problem):
        actions.receive(house.cast.dispatcher, item=tap.pk, quantity=quantity)


def test_a_code_is_taken_once(house):
    new = {
        "keeper": house.cast.repairs,
        "name": "水龙头",
        "unit": "个",
        "minimum": Decimal(1),
        "price_fen": 1,
    }
    actions.add_item(house.cast.dispatcher, code="X1", **new)
    with pytest.raises(Problem) as caught:
        actions.add_item(house.cast.dispatcher, code="X1", **new)
    assert "code" in caught.value.errors


def test_only_the_keepers_scope(house):
    tap = house.stock()
    with pytest.raises(NotPermitted):
        actions.receive(house.cast.worker, item=tap.pk, quantity=Decimal(1))
    house.cast.appoint(house.cast.other_head, ["repairs.stock"], house.cast.education)
    with pytest.raises(NotFound):
        actions.receive(house.cast.other_head, item=tap.pk, quantity=Decimal(1))
    assert list(queries.stock_of(house.cast.other_head)) == []
    assert list(queries.stock_of(house.cast.dispatcher)) == [tap]
    house.cast.appoint(house.cast.staff, ["repairs.stock"], house.cast.city, service="repairs")
    house.cast.appoint(house.cast.colleague, ["repairs.stock"], house.cast.city, service="meetings")
    assert list(queries.stock_of(house.cast.staff)) == [tap]
    assert list(queries.stock_of(house.cast.colleague)) == []


def test_low_shelves_come_first(house):
    house.stock("阀门", "50", 100, "FM")
    low = house.stock("水龙头", "1", 100, "SLT")
    assert next(iter(queries.stock_of(house.cast.dispatcher))) == low
    assert list(queries.stock_of(house.cast.dispatcher, low=True)) == [low]
    assert [item.code for item in queries.stock_of(house.cast.dispatcher, text="famen")] == ["FM"]


def test_a_worker_may_take_what_the_section_or_those_above_keep(house):
    house.cast.appoint(house.cast.dispatcher, ["repairs.stock"], house.cast.city)
    ours, above = house.stock(), house.stock("灯", "1", 1, "D", keeper=house.cast.bureau)
    house.stock("空", "0", 1, "K")
    house.stock("别处", "4", 1, "B", keeper=house.cast.finance)
    assert {item.pk for item in queries.shelf_of(house.cast.repairs)} == {ours.pk, above.pk}
