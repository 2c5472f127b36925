"""What administrators set without code: items with their limits, and which section gets what."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from houqin.affairs import actions, offers
from houqin.affairs.declare import ITEMS, Item
from houqin.affairs.models import Case, ItemSetting, Route
from houqin.foundation.errors import NotFound, Problem
from houqin.foundation.people.models import Organisation
from houqin.foundation.places.models import Place
from houqin.foundation.places.queries import find_places
from houqin.portal import history, problems
from houqin.portal import queries as reading
from houqin.portal.door import person_of
from houqin.portal.forms_staff import ItemForm, RouteForm, units
from houqin.portal.guard import needs
from houqin.portal.questions import place_named

manage = needs("affairs.manage")
_ROUTES_SHOWN = 300


@manage
@require_GET
def items(request: HttpRequest) -> HttpResponse:
    """Every item with what is set of it, found by word, pinyin and initials."""
    text = request.GET.get("q", "")
    offered = [offers.offered(item) for item in ITEMS]
    found = reading.find_items(sorted(offered, key=lambda each: (each.position, each.item.code)), text)
    special = ItemSetting.objects.filter(unit__isnull=False).select_related("unit")
    by_item: dict[str, list[str]] = {}
    for setting in special:
        by_item.setdefault(setting.item_code, []).append(str(setting.unit))
    rows = [(each, _("、").join(by_item.get(each.item.code, []))) for each in found]
    context = {
        "rows": rows,
        "text": text,
        "total": len(offered),
        "off": sum(not each.enabled for each in offered),
    }
    return render(request, "portal/settings_items.html", context)


@manage
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, code: str) -> HttpResponse:
    """One item: for everybody, or for one unit's applicants; with the history of what was set."""
    declared = ITEMS.get(code)
    if declared is None:
        raise NotFound
    unit = _unit((request.POST if request.method == "POST" else request.GET).get("unit", ""))
    setting = ItemSetting.objects.filter(item_code=code, unit=unit).first()
    base = offers.offered(declared, unit)
    data = request.POST if request.method == "POST" else None
    form = ItemForm(data, item=declared, setting=setting, base=base)
    if data is not None and form.is_valid():
        try:
            actions.change_item(person_of(request), item=code, unit=unit, **form.values())
        except Problem as problem:
            form.add_error(None, str(problem.message))
        else:
            messages.success(request, _("已保存，仅影响此后提交的办件。"))
            return redirect(_item_address(code, unit))
    context = {
        "item": declared,
        "offer": base,
        "form": form,
        "unit": unit,
        "units": units(),
        "set_for": _set_for(code),
        "entries": history.of_item(code),
        "running": Case.objects.filter(item_code=code, ended_at__isnull=True).count(),
    }
    return render(request, "portal/settings_item.html", context, status=422 if form.errors else 200)


def _unit(pk: str) -> Organisation | None:
    if not pk:
        return None
    found = units().filter(pk=pk).first() if pk.isascii() and pk.isdigit() and len(pk) < 18 else None
    if found is None:
        raise NotFound
    return found


def _item_address(code: str, unit: Organisation | None) -> str:
    address = reverse("portal:settings_item", args=[code])
    return f"{address}?unit={unit.pk}" if unit else address


def _set_for(code: str) -> list[Organisation]:
    found = ItemSetting.objects.filter(item_code=code, unit__isnull=False).select_related("unit")
    return [setting.unit for setting in found if setting.unit]


@manage
@require_http_methods(["GET", "HEAD", "POST"])
def routes(request: HttpRequest) -> HttpResponse:
    """Routing rules of one item (or all), a form for another, and a box that says who gets a given case."""
    code = (request.POST if request.method == "POST" else request.GET).get("item", "")
    chosen = ITEMS.get(code)
    if code and chosen is None:
        raise NotFound
    posted = request.POST if request.method == "POST" else None
    initial = {name: request.GET.get(name, "") for name in ("item", "category", "unit", "section")}
    form = RouteForm(posted, item=chosen, initial=initial)
    place = place_named((request.POST if posted else request.GET).get("place", ""))
    if posted is not None and form.is_valid() and _set(request, form, place):
        return redirect(f"{reverse('portal:settings_routes')}?{urlencode({'item': code})}")
    rules = Route.objects.select_related("place", "unit", "section")
    rules = rules.filter(item_code=code) if code else rules
    context = {
        "form": form,
        "item": chosen,
        "chips": _item_chips(code),
        "rules": [_rule(rule) for rule in rules[:_ROUTES_SHOWN]],
        "place": place,
        "tried": _tried(request) if "try" in request.GET else None,
        "entries": history.of_routes(),
    }
    return render(request, "portal/settings_routes.html", context, status=422 if form.errors else 200)


def _set(request: HttpRequest, form: RouteForm, place: Place | None) -> bool:
    if form.cleaned_data["place"] and place is None:
        form.add_error("place", _("没有找到这个地点，请重新选择。"))
        return False
    data = {**form.cleaned_data, "place": place}
    try:
        actions.set_route(person_of(request), **data)
    except Problem as problem:
        problems.put_into(form, problem)
        return False
    messages.success(request, _("分办规则已保存，仅影响此后提交的办件。"))
    return True


@manage
@require_POST
def unset_route(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a rule away."""
    route = get_object_or_404(Route, pk=pk)
    actions.unset_route(person_of(request), route=route)
    messages.success(request, _("规则已删除。"))
    return redirect(f"{reverse('portal:settings_routes')}?{urlencode({'item': route.item_code})}")


def _item_chips(code: str) -> list[dict[str, Any]]:
    counts: dict[str, int] = {}
    for each in Route.objects.values_list("item_code", flat=True):
        counts[each] = counts.get(each, 0) + 1
    address = reverse("portal:settings_routes")
    return [
        {
            "label": each.name,
            "url": address if each.code == code else f"{address}?{urlencode({'item': each.code})}",
            "count": counts.get(each.code, 0),
            "current": each.code == code,
        }
        for each in ITEMS
        if each.flow
    ]


def _rule(rule: Route) -> dict[str, Any]:
    declared = ITEMS.get(rule.item_code)
    names = declared.categories() if declared else {}
    return {
        "pk": rule.pk,
        "item": declared.name if declared else rule.item_code,
        "category": names.get(rule.category, rule.category),
        "place": rule.place,
        "unit": rule.unit,
        "section": rule.section,
    }


def _tried(request: HttpRequest) -> dict[str, Any]:
    """The answer of the test box: which section, or why none."""
    given = request.GET
    item: Item | None = ITEMS.get(given.get("item", ""))
    typed = given.get("try_place", "")
    places = find_places(typed, limit=1) if typed else []
    unit = units().filter(pk=given["try_unit"]).first() if given.get("try_unit", "").isdecimal() else None
    answer: dict[str, Any] = {"place": places[0] if places else None, "typed": typed, "unit": unit}
    answer["category"] = given.get("try_category", "")
    if item is None:
        return {**answer, "problem": _("请先选择事项。")}
    if typed and not places:
        return {**answer, "problem": _("没有找到这个地点，换个写法再试。")}
    try:
        section = offers.section_for(
            item, category=answer["category"], place=answer["place"], organisation=unit
        )
    except Problem as problem:
        return {**answer, "problem": problem.message}
    return {**answer, "section": section}
