"""Where, how fast, at what cost: compared with Python's own statistics."""

import statistics
from datetime import timedelta
from random import Random

import pytest
from django.utils import timezone

from houqin.affairs.models import Case
from houqin.services.repairs import queries
from houqin.services.repairs.models import RepairOrder


@pytest.fixture
def history(house):
    """Sixty finished repairs of two workers, with chance but always the same."""
    chance, now = Random(7), timezone.now()
    cast = house.cast
    template = house.report(fault="furniture.chair")
    fault = house.fault("furniture.chair")
    for number in range(60):
        at = now - timedelta(minutes=chance.randint(1, 60 * 24 * 20))
        case = Case.objects.create(
            number=f"99{number:08}", item_code="repairs.report", service="repairs", item_name="报修", title="椅子",
            category="furniture", flow=template.flow, section=cast.repairs, place=cast.office, submitted_at=at,
            applicant=cast.staff, applicant_name="李晓雯", state="completed", ended_at=now,
        )  # fmt: skip
        stamps = [at + timedelta(seconds=each) for each in sorted(chance.sample(range(30, 30_000), 3))]
        RepairOrder.objects.create(
            case=case, fault=fault, place=cast.office if number % 3 else cast.other_office, reported_at=at,
            worker=cast.worker if number % 2 else cast.worker2, accepted_at=stamps[0],
            arrived_at=stamps[1] if number % 5 else None, finished_at=stamps[2], labour_fen=number * 10,
            material_fen=number * 7, labour_minutes=number,
        )  # fmt: skip
    return house


def wide():
    today = timezone.localdate()
    return queries.Filters(since=today - timedelta(days=30), until=today)


def quantile(values, share):
    return statistics.quantiles(sorted(values), n=100, method="inclusive")[share - 1]


def test_percentiles_agree_with_statistics(history):
    orders = RepairOrder.objects.exclude(finished_at__isnull=True)
    for pace in queries.percentiles_by_worker(history.cast.dispatcher, wide()):
        mine = [order for order in orders if order.worker_id == pace.id]
        assert pace.orders == len(mine)
        for what, stamp in (
            ("response", "accepted_at"),
            ("arrival", "arrived_at"),
            ("finish", "finished_at"),
        ):
            spans = [
                (getattr(order, stamp) - order.reported_at).total_seconds()
                for order in mine
                if getattr(order, stamp)
            ]
            for share in (50, 90):
                got = getattr(pace, f"{what}_p{share}").total_seconds()
                assert got == pytest.approx(quantile(spans, share), abs=1e-3)
    (section,) = queries.percentiles_by_section(history.cast.dispatcher, wide())
    assert (section.name, section.orders) == ("维修科", 61)


def test_the_heat_map_counts_every_report_once(history):
    heat = queries.heat_map(history.cast.manager, wide())
    assert heat.total == 61
    assert sum(column.count for column in heat.columns) + heat.outside == 61
    by_name = {column.place.name: column.count for column in heat.columns}
    assert by_name == {"1号楼": 41, "2号楼": 20}
    cell = next(cell for name, row in heat.rows for cell in row if name == "3层" and cell)
    assert (cell.count, cell.heat) == (41, 5)


def test_costs_by_month_add_up(history):
    months = queries.costs_by_month(history.cast.manager, wide())
    assert sum(month.orders for month in months) == 61
    assert sum(month.cost_fen for month in months) == sum(number * 17 for number in range(60))
    assert months[0].each_fen == round(months[0].cost_fen / months[0].orders)


def test_filters_narrow_every_figure(history):
    cast, filters = history.cast, wide()
    one = queries.Filters.of(
        {**vars(filters), "since": str(filters.since), "until": str(filters.until), "place": cast.tower.pk}
    )
    assert queries.heat_map(cast.manager, one).total == 41
    assert len(queries.ledger(cast.manager, one)) == 41
    assert (
        queries.heat_map(cast.manager, queries.Filters(filters.since, filters.until, group="water")).total
        == 0
    )
    assert (
        len(
            queries.ledger(cast.manager, queries.Filters(filters.since, filters.until, worker=cast.worker.pk))
        )
        == 30
    )


def test_the_ledger_is_paged_by_key(history):
    first = queries.ledger(history.cast.manager, wide(), limit=40)
    rest = queries.ledger(history.cast.manager, wide(), limit=40, before=first[-1].pk)
    assert len({order.pk for order in first + rest}) == 61


def test_nobody_sees_beyond_their_scope(history):
    cast = history.cast
    assert queries.ledger(cast.staff, wide()) == []
    cast.appoint(cast.other_head, ["repairs.view"], cast.education)
    assert queries.heat_map(cast.other_head, wide()).total == 0
    cast.appoint(cast.colleague, ["repairs.view"], cast.bureau, place=cast.other_tower)
    assert queries.heat_map(cast.colleague, wide()).total == 20


def test_repeats_are_listed_with_what_they_repeat(house):
    first = house.finish(house.report())
    again = house.order()
    (listed,) = queries.repeats(house.cast.dispatcher, wide())
    assert (listed, listed.repeat_of) == (again, first)


@pytest.mark.parametrize(
    "values",
    [{"since": "2026-13-40", "group": "x", "place": "abc", "flag": "zz", "worker": "9" * 30}, {}],
)
def test_filters_that_make_no_sense_are_left_out(values):
    filters = queries.Filters.of(values)
    assert filters.since == timezone.localdate().replace(day=1)
    assert (filters.place, filters.group, filters.flag, filters.worker) == (None, "", "", None)


def test_a_period_turned_round_is_put_right():
    filters = queries.Filters.of({"since": "2026-05-31", "until": "2026-05-01"})
    assert (str(filters.since), str(filters.until)) == ("2026-05-01", "2026-05-31")
    assert "since=2026-05-01" in filters.query()


def test_floors_stand_as_they_lie():
    from houqin.services.repairs.queries.insights import level

    names = ["地下二层", "B1", "1层", "三层", "10层", "十二层", "二十一层", "-3层"]
    assert [level(name) for name in names] == [-2, -1, 1, 3, 10, 12, 21, -3]
    assert level("夹层") == 0
