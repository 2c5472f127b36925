"""The back office of cases: to look at. Settings and routes are changed through the actions, with their history."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from houqin.affairs import actions
from houqin.affairs.declare import ITEMS
from houqin.affairs.models import Case, Delegation, Event, ItemSetting, Rating, Route, Task
from houqin.foundation.people.backoffice import BackOfficeAdmin, ReadOnlyAdmin, Values
from houqin.foundation.people.models import Person


@admin.register(Case)
class CaseAdmin(ReadOnlyAdmin):
    permission = "affairs.manage"
    scope_path = "section__path"
    list_display = ["number", "title", "state", "item_name", "section", "applicant_name", "submitted_at"]
    list_filter = ["state", "service", "channel"]
    list_select_related = ["section"]
    search_fields = ["number__startswith", "title", "applicant_name"]
    date_hierarchy = None


@admin.register(Task)
class TaskAdmin(ReadOnlyAdmin):
    permission = "affairs.manage"
    scope_path = "case__section__path"
    list_display = ["case", "step_name", "state", "section", "assignee", "opened_at", "due_at", "closed_at"]
    list_filter = ["state", "kind"]
    list_select_related = ["case", "section", "assignee"]
    search_fields = ["case__number__startswith", "assignee__name"]


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    permission = "affairs.manage"
    scope_path = "case__section__path"
    list_display = ["at", "case", "verb", "actor_name", "step_name", "text"]
    list_select_related = ["case"]
    search_fields = ["case__number__startswith", "actor_name"]


@admin.register(Rating)
class RatingAdmin(ReadOnlyAdmin):
    permission = "affairs.quality"
    scope_path = "case__section__path"
    list_display = ["at", "case", "kind", "stars", "person_name", "words"]
    list_filter = ["kind", "stars"]
    list_select_related = ["case"]


@admin.register(Delegation)
class DelegationAdmin(ReadOnlyAdmin):
    permission = "affairs.manage"
    scope_path = "person__organisation__path"
    list_display = ["person", "delegate", "starts_at", "ends_at", "reason"]
    list_select_related = ["person", "delegate"]
    search_fields = ["person__name", "delegate__name"]


def _item(record: Any) -> Any:
    item = ITEMS.get(record.item_code)
    return item.name if item else record.item_code


class _OfItem(BackOfficeAdmin):
    permission = "affairs.manage"

    @admin.display(description=_("事项"), ordering="item_code")
    def item(self, record: Any) -> Any:
        return _item(record)


def _set_item(actor: Person, setting: ItemSetting, changed: Values) -> ItemSetting:
    values = {
        name: getattr(setting, name) for name in ("name", "position", "enabled", "limit_minutes", "steps")
    }
    values |= {name: value for name, value in changed.items() if name in values}
    return actions.change_item(actor, item=setting.item_code, unit=setting.unit, **values)


def _add_item(actor: Person, values: Values) -> ItemSetting:
    given = dict(values)
    return actions.change_item(actor, item=given.pop("item_code"), **given)


@admin.register(ItemSetting)
class ItemSettingAdmin(_OfItem):
    list_display = ["item", "unit", "name", "enabled", "position", "limit_minutes"]
    list_select_related = ["unit"]
    autocomplete_fields = ["unit"]
    add_action = staticmethod(_add_item)
    change_action = staticmethod(_set_item)

    def get_readonly_fields(self, request: Any, obj: Any = None) -> list[str]:
        """What a setting is about does not change; only what it says."""
        return ["item_code", "unit"] if obj else []


def _add_route(actor: Person, values: Values) -> Route:
    given = dict(values)
    return actions.set_route(actor, item=given.pop("item_code"), **given)


def _change_route(actor: Person, route: Route, changed: Values) -> Route:
    section = changed.get("section", route.section)
    return actions.set_route(
        actor,
        item=route.item_code,
        category=route.category,
        place=route.place,
        unit=route.unit,
        section=section,
    )


@admin.register(Route)
class RouteAdmin(_OfItem):
    list_display = ["item", "category", "place", "unit", "section"]
    list_select_related = ["place", "unit", "section"]
    list_filter = ["item_code"]
    autocomplete_fields = ["place", "unit", "section"]
    search_fields = ["section__name", "place__full_name"]
    deletable = True
    add_action = staticmethod(_add_route)
    change_action = staticmethod(_change_route)

    def get_readonly_fields(self, request: Any, obj: Any = None) -> list[str]:
        """A rule is known by its conditions; only the section changes."""
        return ["item_code", "category", "place", "unit"] if obj else []

    def delete_model(self, request: Any, obj: Route) -> None:
        actions.unset_route(request.user, route=obj)
