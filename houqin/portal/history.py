"""The history of what administrators set, in words: who changed what, from what to what, when. Read from the trail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from houqin.affairs.declare import ITEMS, ClockKind, Item
from houqin.affairs.models import ItemSetting
from houqin.foundation.errors import Text
from houqin.foundation.people.models import Organisation
from houqin.foundation.places.models import Place
from houqin.foundation.trail.models import Entry

MOST = 50
_FIELDS: Mapping[str, Text] = {
    "name": gettext_lazy("显示名称"),
    "position": gettext_lazy("排序"),
    "enabled": gettext_lazy("开放办理"),
    "limit_minutes": gettext_lazy("承诺时限（分钟）"),
}
_PARTS: Mapping[str, Text] = {
    "name": gettext_lazy("名称"),
    "minutes": gettext_lazy("时限（分钟）"),
    "clock": gettext_lazy("计时方式"),
}


@dataclass(frozen=True)
class Change:
    """One entry: its lines say ``(what, from, to)``."""

    at: datetime
    who: str
    of: str
    lines: list[tuple[str, str, str]]


def of_item(code: str) -> list[Change]:
    """What was set of an item, for everybody and for units, newest first. Three queries."""
    item = ITEMS[code]
    settings = {
        str(each.pk): each for each in ItemSetting.objects.filter(item_code=code).select_related("unit")
    }
    entries = Entry.objects.filter(record_type=ItemSetting._meta.label_lower, record_id__in=list(settings))
    return [
        Change(
            entry.at,
            entry.actor_name,
            str(settings[entry.record_id].unit or _("全部单位")),
            item_lines(item, entry),
        )
        for entry in entries[:MOST]
    ]


def item_lines(item: Item, entry: Entry) -> list[tuple[str, str, str]]:
    """What was changed of an item: what, from, to."""
    before, after = entry.before or {}, entry.after or {}
    lines = [
        (str(name), _said(before.get(key)), _said(after.get(key)))
        for key, name in _FIELDS.items()
        if before.get(key) != after.get(key)
    ]
    for step in item.flow:
        old, new = (
            steps.get(step.key, {}) for steps in (before.get("steps") or {}, after.get("steps") or {})
        )
        lines += [
            (f"{step.name} · {name}", _said(old.get(part)), _said(new.get(part)))
            for part, name in _PARTS.items()
            if old.get(part) != new.get(part)
        ]
    return lines


def _said(value: Any) -> str:
    if value is None or value == "":
        return str(_("按规定"))
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    return str(ClockKind(value).label) if value in ClockKind.values else str(value)


def of_routes() -> list[Change]:
    """The latest changes of routing rules. Three queries."""
    entries = list(Entry.objects.filter(action__in=["affairs.set_route", "affairs.unset_route"])[:MOST])
    states = [state for entry in entries for state in (entry.before, entry.after) if state]
    sections = Organisation.objects.in_bulk({each["section"] for each in states if each.get("section")})
    places = Place.objects.in_bulk({each["place"] for each in states if each.get("place")})

    def line(entry: Entry) -> tuple[str, str, str]:
        rule = {**(entry.before or {}), **(entry.after or {})}
        where = str(places.get(rule.get("place"), _("全部地点")))
        old, new = (
            str(sections.get((state or {}).get("section"), "")) for state in (entry.before, entry.after)
        )
        none = str(_("无"))
        return (
            " · ".join(part for part in (rule.get("category", ""), where) if part),
            old or none,
            new or none,
        )

    return [
        Change(entry.at, entry.actor_name, _item_name(entry.record_name), [line(entry)]) for entry in entries
    ]


def _item_name(code: str) -> str:
    item = ITEMS.get(code)
    return str(item.name) if item else code
