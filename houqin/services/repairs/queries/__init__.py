"""Every read of repairs: spots and faults, orders within one's scope, insight, stock, outages."""

from houqin.services.repairs.queries.incidents import concerned_by, incidents_of, open_incidents
from houqin.services.repairs.queries.insights import (
    HeatMap,
    costs_by_month,
    heat_map,
    percentiles_by_section,
    percentiles_by_worker,
    repeats,
)
from houqin.services.repairs.queries.orders import Filters, find_order, ledger, orders_of, panel
from houqin.services.repairs.queries.spots import (
    device_of,
    devices_of,
    faults,
    find_faults,
    known_faults,
    open_task_at,
    scanned_device,
    spot,
)
from houqin.services.repairs.queries.stock import find_item, moves_of, shelf_of, stock_of

__all__ = [
    "Filters",
    "HeatMap",
    "concerned_by",
    "costs_by_month",
    "device_of",
    "devices_of",
    "faults",
    "find_faults",
    "find_item",
    "find_order",
    "heat_map",
    "incidents_of",
    "known_faults",
    "ledger",
    "moves_of",
    "open_incidents",
    "open_task_at",
    "orders_of",
    "panel",
    "percentiles_by_section",
    "percentiles_by_worker",
    "repeats",
    "scanned_device",
    "shelf_of",
    "spot",
    "stock_of",
]
