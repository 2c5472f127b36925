"""The back office of meetings: rooms, when booking one needs approval, quotas, limits of classes, the names of equipment."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from houqin.foundation.people.backoffice import BackOfficeAdmin
from houqin.services.meetings import actions
from houqin.services.meetings.forms_keeping import RoomForm
from houqin.services.meetings.models import ApprovalRule, ClassLimit, Equipment, Quota, Room


class RoomRecordForm(RoomForm):
    """A room with what its keepers cannot change: where it is, whose it is, for whom it is."""

    class Meta(RoomForm.Meta):
        fields: tuple[str, ...] = ("place", "keeper", "only_for", *RoomForm.Meta.fields)


@admin.register(Room)
class RoomAdmin(BackOfficeAdmin):
    permission = "meetings.manage"
    form = RoomRecordForm
    list_display = [
        "place", "keeper", "capacity", "opens_at", "closes_at", "horizon_days", "release_minutes", "bookable",
    ]  # fmt: skip
    list_filter = ["bookable"]
    list_select_related = ["place", "keeper"]
    search_fields = ["place__full_name", "place__code", "keeper__name"]
    raw_id_fields = ["place", "keeper", "only_for"]
    add_action = staticmethod(lambda actor, values: actions.make_room(actor, **values))
    change_action = staticmethod(lambda actor, room, values: actions.set_room(actor, room=room.pk, **values))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["place"] if obj else []


@admin.register(ApprovalRule)
class ApprovalRuleAdmin(BackOfficeAdmin):
    permission = "meetings.manage"
    list_display = ["name", "room", "seats_from", "unit", "minutes_over", "after_hours", "external", "active"]
    list_filter = ["active"]
    list_select_related = ["room__place", "unit"]
    search_fields = ["name"]
    raw_id_fields = ["room", "unit"]
    add_action = staticmethod(lambda actor, values: actions.make_rule(actor, **values))
    change_action = staticmethod(lambda actor, rule, values: actions.set_rule(actor, rule=rule.pk, **values))


@admin.register(Quota)
class QuotaAdmin(BackOfficeAdmin):
    permission = "meetings.manage"
    deletable = True
    list_display = ["unit", "minutes_a_month"]
    list_select_related = ["unit"]
    search_fields = ["unit__name"]
    raw_id_fields = ["unit"]
    add_action = staticmethod(lambda actor, values: actions.set_quota(actor, **values))
    change_action = staticmethod(
        lambda actor, quota, values: actions.set_quota(
            actor, **{"unit": quota.unit, "minutes_a_month": quota.minutes_a_month, **values}
        )
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["unit"] if obj else []

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        actions.drop_quota(request.user, quota=obj.pk)  # type: ignore[arg-type]  # who may be here is a person


@admin.register(ClassLimit)
class ClassLimitAdmin(BackOfficeAdmin):
    permission = "meetings.manage"
    list_display = ["meeting_class", "days_most", "people_most", "fen_a_head_day", "source"]


@admin.register(Equipment)
class EquipmentAdmin(BackOfficeAdmin):
    permission = "meetings.manage"
    list_display = ["name", "code", "position"]
    search_fields = ["name", "code"]
