"""Places in the back office; the tree's own pages are the comfortable way."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from houqin.foundation.people.backoffice import BackOfficeAdmin, Values
from houqin.foundation.people.models import Person
from houqin.foundation.places import actions
from houqin.foundation.places.models import Place

_CHANGED = ("name", "code", "space_kind", "area_m2", "capacity", "position")


def _change(actor: Person, place: Place, changed: Values) -> Place:
    return actions.change_place(
        actor, place, **{name: getattr(place, name) for name in _CHANGED} | dict(changed)
    )


@admin.register(Place)
class PlaceAdmin(BackOfficeAdmin):
    permission = "places.manage"
    list_display = ["full_name", "code", "kind", "space_kind", "area_m2", "ended_on"]
    list_filter = ["kind", "space_kind"]
    search_fields = ["code", "full_name", "initials", "qr"]
    ordering = ["full_name", "id"]
    autocomplete_fields = ["parent"]
    add_action = staticmethod(lambda actor, values: actions.add_place(actor, **values))
    change_action = staticmethod(_change)

    def get_readonly_fields(self, request: Any, obj: Any = None) -> list[str]:
        return ["parent", "kind", "full_name", "qr", "ended_on"] if obj else []

    def get_fields(self, request: Any, obj: Any = None) -> list[Any]:
        base = ["parent", "kind", "code", "name", "space_kind", "area_m2", "capacity", "position"]
        return [*base, "full_name", "qr", "ended_on"] if obj else base
