"""The store: what lies there, what came and went, receiving and counting."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from houqin.foundation.errors import Problem
from houqin.portal import problems
from houqin.portal.door import person_of
from houqin.portal.guard import needs
from houqin.services.repairs import actions, queries
from houqin.services.repairs.forms import CountForm, ReceiveForm, StockItemForm
from houqin.services.repairs.models import StockItem, plain, yuan

MOVES = 50


@needs("repairs.stock")
@require_safe
def stock(request: HttpRequest) -> HttpResponse:
    """The shelves I keep, what is low first."""
    text = request.GET.get("q", "").strip()[:60]
    low = "low" in request.GET
    items = list(queries.stock_of(person_of(request), text=text))
    short = sum(item.low for item in items)
    context = {
        "items": [_row(item) for item in items if item.low or not low],
        "text": text,
        "all": len(items),
        "short": short,
        "chips": [
            {"label": _("全部"), "url": f"?q={text}", "count": len(items), "current": not low},
            {
                "label": _("低于最低库存"),
                "url": f"?q={text}&low=1",
                "count": short,
                "current": low,
                "tone": "amber",
            },
        ],
        "value": yuan(sum((item.quantity * item.price_fen for item in items), Decimal())),
    }
    return render(request, "repairs/stock.html", context)


@needs("repairs.stock")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new kind of part."""
    form = StockItemForm(request.POST or None, keepers=queries.keepers(person_of(request)))
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                values = {**form.cleaned_data, "price_fen": fen(form.cleaned_data["price"])}
                values.pop("price")
                item = actions.add_item(person_of(request), **values)
                return redirect("repairs:stock_item", item.pk)
        except Problem as problem:
            if not problems.is_about_input(problem):
                raise
            problems.put_into(form, problem)
            status = problems.status_of(problem)
    return render(request, "repairs/stock_new.html", {"form": form}, status=status)


@needs("repairs.stock")
@require_safe
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """One kind of part: how much there is, what came and went, and the two forms."""
    return _item_page(request, queries.find_item(person_of(request), pk), ReceiveForm(), CountForm())


@needs("repairs.stock")
@require_POST
def receive(request: HttpRequest, pk: int) -> HttpResponse:
    """Parts came in."""
    form = ReceiveForm(request.POST)

    def act(values: dict[str, Any]) -> None:
        price = values.pop("price")
        actions.receive(
            person_of(request), item=pk, price_fen=None if price is None else fen(price), **values
        )

    return _written(request, pk, form, act) or _item_page(
        request, queries.find_item(person_of(request), pk), form, CountForm(), status=422
    )


@needs("repairs.stock")
@require_POST
def count(request: HttpRequest, pk: int) -> HttpResponse:
    """The shelf was counted."""
    form = CountForm(request.POST)

    def act(values: dict[str, Any]) -> None:
        actions.correct(person_of(request), item=pk, **values)

    return _written(request, pk, form, act) or _item_page(
        request, queries.find_item(person_of(request), pk), ReceiveForm(), form, status=422
    )


def _row(found: StockItem) -> dict[str, Any]:
    return {
        "item": found,
        "quantity": found.shown,
        "minimum": plain(found.minimum),
        "price": yuan(found.price_fen),
    }


def fen(amount: Decimal) -> int:
    """An amount as the tables hold it."""
    return int(amount * 100)


def _written(
    request: HttpRequest, pk: int, form: forms.Form, act: Callable[[dict[str, Any]], None]
) -> HttpResponse | None:
    if not form.is_valid():
        return None
    try:
        act(dict(form.cleaned_data))
    except Problem as problem:
        if not problems.is_about_input(problem):
            raise
        problems.put_into(form, problem)
        return None
    messages.success(request, _("已登记。"))
    return redirect("repairs:stock_item", pk)


def _item_page(
    request: HttpRequest, found: StockItem, receiving: forms.Form, counting: forms.Form, *, status: int = 200
) -> HttpResponse:
    before = request.GET.get("before", "")
    moves = queries.moves_of(found, before=int(before) if before.isdecimal() else None, limit=MOVES)
    context = {
        **_row(found),
        "moves": [
            {
                "move": move,
                "quantity": f"{'+' if move.quantity > 0 else ''}{plain(move.quantity)}",
                "left": plain(move.left),
            }
            for move in moves
        ],
        "next_url": f"?before={moves[-1].pk}" if len(moves) == MOVES else "",
        "first_url": "?" if before else "",
        "receiving": receiving,
        "counting": counting,
    }
    return render(request, "repairs/stock_item.html", context, status=status)
