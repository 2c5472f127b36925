"""The back office of repairs: the dictionary of faults, and devices."""

from django.contrib import admin

from houqin.foundation.people.backoffice import BackOfficeAdmin, ReadOnlyAdmin
from houqin.services.repairs import actions
from houqin.services.repairs.models import Device, FaultKind, StockMove


@admin.register(FaultKind)
class FaultKindAdmin(BackOfficeAdmin):
    permission = "repairs.manage"
    list_display = ["name", "group", "code", "usual_minutes", "joins", "active", "position"]
    list_filter = ["group", "active"]
    search_fields = ["name", "code", "keywords", "pinyin__startswith", "initials__startswith"]
    add_action = staticmethod(lambda actor, values: actions.keep_fault(actor, FaultKind(**values)))
    change_action = staticmethod(lambda actor, fault, values: actions.keep_fault(actor, fault))


@admin.register(Device)
class DeviceAdmin(BackOfficeAdmin):
    permission = "repairs.manage"
    list_display = ["name", "code", "group", "place", "supplier", "warranty_until", "ended_on"]
    list_filter = ["group"]
    list_select_related = ["place"]
    search_fields = ["name", "code", "place__full_name", "supplier"]
    raw_id_fields = ["place"]
    add_action = staticmethod(lambda actor, values: actions.keep_device(actor, Device(**values)))
    change_action = staticmethod(lambda actor, device, values: actions.keep_device(actor, device))


@admin.register(StockMove)
class StockMoveAdmin(ReadOnlyAdmin):
    permission = "repairs.stock"
    scope_path = "item__keeper__path"
    list_display = ["at", "item", "kind", "quantity", "left", "actor_name", "note"]
    list_filter = ["kind"]
    list_select_related = ["item"]
    search_fields = ["item__name", "item__code"]
