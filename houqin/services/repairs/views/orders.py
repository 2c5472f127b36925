"""The ledger of repairs, and insight into where, how fast and at what cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.foundation.places.models import Place
from houqin.portal.door import person_of
from houqin.portal.guard import needs
from houqin.services.repairs import queries
from houqin.services.repairs.forms import FilterForm
from houqin.services.repairs.models import RepairOrder, yuan
from houqin.services.repairs.queries import Filters

REPEATS_SHOWN, WORKERS_SHOWN = 8, 12


@needs("repairs.view")
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """Every repair within my scope, filtered; each figure of the insight page leads here."""
    person, filters = person_of(request), Filters.of(request.GET)
    before = request.GET.get("before", "")
    orders = queries.ledger(person, filters, before=int(before) if before.isdecimal() else None)
    last = f"{filters.query()}&before={orders[-1].pk}" if len(orders) == queries.PAGE else ""
    context = {
        "rows": [_row(order, person) for order in orders],
        "next_url": f"?{last}" if last else "",
        "first_url": f"?{filters.query()}" if before else "",
        "flags": _flags(filters),
        "perms_insight": scope.holds(person, "repairs.insight"),
        **_filtering(filters, queries.buildings()),
    }
    return render(request, "repairs/orders.html", context)


@needs("repairs.insight")
@require_safe
def insights(request: HttpRequest) -> HttpResponse:
    """Where repairs pile up, how fast they are, what they cost and what comes back. Six queries of its own."""
    person, filters = person_of(request), Filters.of(request.GET)
    heat = queries.heat_map(person, filters)
    months = queries.costs_by_month(person, filters)
    workers = _paces(queries.percentiles_by_worker(person, filters), filters, "worker")
    orders, cost = sum(each.orders for each in months), sum(each.cost_fen for each in months)
    context = {
        "heat": _drawn(heat, filters),
        "sections": _paces(queries.percentiles_by_section(person, filters), filters, "section"),
        "workers": workers[:WORKERS_SHOWN],
        "other_workers": workers[WORKERS_SHOWN:],
        "months": [_month(month, filters) for month in months],
        "repeated": list(queries.repeats(person, filters)[:REPEATS_SHOWN]),
        "orders": orders,
        "cost": yuan(cost),
        "each": yuan(round(cost / orders)) if orders else "",
        "repeats": sum(each.repeats for each in months),
        "links_all": filters.query(flag=""),
        "links_repeat": filters.query(flag="repeat"),
        "links_costly": filters.query(flag="costly"),
        **_filtering(filters, [column.place for column in heat.columns]),
    }
    return render(request, "repairs/insights.html", context)


def _drawn(heat: queries.HeatMap, filters: Filters) -> dict[str, Any]:
    """The map with the ledger's address for every figure."""

    def cell(each: queries.Cell | None) -> dict[str, Any] | None:
        if each is None:
            return None
        return {"count": each.count, "heat": each.heat, "query": filters.query(place=each.place)}

    columns = {
        column.place.pk: {
            "place": column.place,
            "count": column.count,
            "elsewhere": column.elsewhere,
            "query": filters.query(place=column.place.pk),
            "exact_query": filters.query(place=column.place.pk, exact=True),
        }
        for column in heat.columns
    }
    return {
        "total": heat.total,
        "outside": heat.outside,
        "elsewhere": any(column.elsewhere for column in heat.columns),
        "columns": list(columns.values()),
        "busiest": [columns[column.place.pk] for column in heat.busiest],
        "rows": [(name, [cell(each) for each in cells]) for name, cells in heat.rows],
    }


def _paces(paces: list[queries.Pace], filters: Filters, key: str) -> list[dict[str, Any]]:
    return [{"pace": pace, "query": filters.query(**{key: pace.id})} for pace in paces]


def _month(month: queries.MonthCost, filters: Filters) -> dict[str, Any]:
    first: date = timezone.localtime(month.month).date()
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return {
        "name": f"{first:%Y-%m}",
        "orders": month.orders,
        "repeats": month.repeats,
        "labour": yuan(month.labour_fen),
        "material": yuan(month.material_fen),
        "cost": yuan(month.cost_fen),
        "each": yuan(month.each_fen),
        "query": filters.query(since=max(first, filters.since), until=min(last, filters.until)),
    }


@dataclass(frozen=True)
class Row:
    """An order as a line of the ledger."""

    order: RepairOrder
    url: str
    marks: list[str]
    response: timedelta | None
    finish: timedelta | None
    cost: str


def _row(order: RepairOrder, person: Person) -> Row:
    marks = [
        str(word)
        for word, holds in (
            (_("重复"), order.repeat_of_id),
            (_("质保"), order.under_warranty),
            (_("计划"), order.planned),
            (_("区域事件"), order.incident_id),
        )
        if holds
    ]
    mine = order.worker_id == person.pk or scope.holds(person, "affairs.view")
    return Row(
        order,
        order.case.get_absolute_url() if mine else "",
        marks,
        _since_report(order, order.accepted_at),
        _since_report(order, order.finished_at),
        yuan(order.cost_fen) if order.cost_fen else "",
    )


def _since_report(order: RepairOrder, stamp: Any) -> timedelta | None:
    return stamp - order.reported_at if stamp else None


def _filtering(filters: Filters, buildings: list[Place]) -> dict[str, Any]:
    values = {"since": filters.since, "until": filters.until, "place": filters.place, "group": filters.group}
    return {
        "filters": filters,
        "filter_form": FilterForm(initial=values, buildings=buildings),
        "kept": {
            name: getattr(filters, name) for name in ("section", "worker", "flag") if getattr(filters, name)
        },
        "periods": (periods := _periods(filters)),
        "narrowed": bool(filters.place or filters.group) or not any(each["current"] for each in periods),
    }


def _periods(filters: Filters) -> list[dict[str, Any]]:
    today = timezone.localdate()
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    spans = [
        (_("本月"), month, today),
        (_("上月"), before.replace(day=1), before),
        (_("近 90 天"), today - timedelta(days=89), today),
        (_("近一年"), today - timedelta(days=364), today),
    ]
    return [
        {
            "label": label,
            "url": f"?{filters.query(since=since, until=until)}",
            "count": None,
            "current": (filters.since, filters.until) == (since, until),
        }
        for label, since, until in spans
    ]


def _flags(filters: Filters) -> list[dict[str, Any]]:
    words = [
        ("", _("全部")),
        ("open", _("在办")),
        ("finished", _("已修复")),
        ("late", _("超时")),
        ("repeat", _("重复故障")),
        ("warranty", _("质保期内")),
        ("planned", _("计划维护")),
        ("costly", _("有费用")),
    ]
    return [
        {
            "label": label,
            "url": f"?{filters.query(flag=flag)}",
            "count": None,
            "current": filters.flag == flag,
        }
        for flag, label in words
    ]
