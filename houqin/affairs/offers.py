"""What an item looks like today: as declared, with what administrators changed, for one unit's applicants."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from houqin.affairs.declare import ITEMS, ClockKind, Item, Limit, Step
from houqin.affairs.models import ItemSetting, Route
from houqin.foundation import tree
from houqin.foundation.errors import Problem
from houqin.foundation.kept import Kept
from houqin.foundation.people.models import Organisation
from houqin.foundation.places.models import Place


@dataclass(frozen=True)
class Offered:
    """An item as it is offered now."""

    item: Item
    name: str
    enabled: bool
    position: int
    limit: Limit | None
    steps: tuple[dict[str, Any], ...]


def offered(item: Item, organisation: Organisation | None = None) -> Offered:
    """``item`` as offered to applicants of ``organisation``: the nearest unit's settings over the general ones."""
    settings = _settings(item.code)
    return _combine(item, [s for s in settings if s.unit_id is None or _inside(organisation, s.unit_id)])


def catalogue(organisation: Organisation | None = None) -> list[Offered]:
    """Every enabled item for applicants of ``organisation``, in the administrators' order. One query."""
    by_item: dict[str, list[ItemSetting]] = {}
    for setting in _all_settings():
        if setting.unit_id is None or _inside(organisation, setting.unit_id):
            by_item.setdefault(setting.item_code, []).append(setting)
    found = [_combine(item, by_item.get(item.code, [])) for item in ITEMS]
    return sorted((each for each in found if each.enabled), key=lambda each: (each.position, each.item.code))


def snapshot(offer: Offered) -> dict[str, Any]:
    """The flow a case starts with, to be kept in the case: later changes do not touch it."""
    limit = offer.limit
    return {
        "limit": {"minutes": limit.minutes, "clock": str(limit.clock)} if limit else None,
        "steps": list(offer.steps),
    }


def section_for(
    item: Item, *, category: str, place: Place | None, organisation: Organisation | None
) -> Organisation:
    """Routing: item × place × category (× applicant's unit) → section. Raises Problem where nothing fits."""
    places = _lineage(place)
    units = _lineage(organisation)
    routes = _routes(item.code, category)
    fitting = [
        route
        for route in routes
        if (route.place_id is None or route.place_id in places)
        and (route.unit_id is None or route.unit_id in units)
    ]
    if not fitting:
        raise Problem(_("该事项尚未指定承办科室，请联系系统管理员在“分办规则”中设置。"), code="no_route")
    return max(fitting, key=lambda route: _specificity(route, places, units)).section


@Kept
def _all_settings() -> list[ItemSetting]:
    return list(ItemSetting.objects.select_related("unit"))


def _settings(code: str) -> list[ItemSetting]:
    return [each for each in _all_settings() if each.item_code == code]


@Kept
def _routes(code: str, category: str) -> list[Route]:
    routes = Route.objects.select_related("section").filter(item_code=code)
    return list(routes.filter(Q(category="") | Q(category=category)))


def _specificity(route: Route, places: list[int], units: list[int]) -> tuple[int, bool, int]:
    deep = places.index(route.place_id) + 1 if route.place_id else 0
    near = units.index(route.unit_id) + 1 if route.unit_id else 0
    return deep, bool(route.category), near


def _combine(item: Item, settings: list[ItemSetting]) -> Offered:
    name, limit, position, enabled = str(item.name), item.limit, 0, True
    steps: dict[str, Any] = {}
    for setting in sorted(
        settings, key=lambda each: len(each.unit.path) if each.unit_id and each.unit else 0
    ):
        name = setting.name or name
        position = setting.position or position
        enabled = enabled and setting.enabled
        if setting.limit_minutes:
            limit = Limit(setting.limit_minutes, limit.clock if limit else ClockKind.WORKING)
        for key, changed in setting.steps.items():
            said = {part: value for part, value in changed.items() if value}
            steps[key] = {**steps.get(key, {}), **said}
    return Offered(
        item,
        name,
        enabled,
        position,
        limit,
        tuple(_step(step, steps.get(step.key, {})) for step in item.flow),
    )


def _step(step: Step, changed: dict[str, Any]) -> dict[str, Any]:
    minutes = changed.get("minutes") or (step.limit.minutes if step.limit else None)
    clock = changed.get("clock") or (step.limit.clock if step.limit else ClockKind.WORKING)
    return {
        "key": step.key,
        "kind": str(step.kind),
        "name": changed.get("name") or str(step.name),
        "who": step.who,
        "when": step.when,
        "agree": step.agree,
        "inside": step.inside,
        "limit": {"minutes": minutes, "clock": str(clock)} if minutes else None,
    }


def _lineage(node: Organisation | Place | None) -> list[int]:
    return list(tree.ids(node.path)) if node else []


def _inside(organisation: Organisation | None, unit_id: int) -> bool:
    return organisation is not None and unit_id in _lineage(organisation)
