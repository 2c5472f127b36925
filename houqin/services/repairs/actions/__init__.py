"""Every write of repairs: orders as their cases move, parts on the shelf, outages of an area, the dictionaries."""

from houqin.services.repairs.actions.dictionary import keep_device, keep_fault
from houqin.services.repairs.actions.incidents import (
    close_incident,
    extend_incident,
    open_incident,
    tell_overdue,
)
from houqin.services.repairs.actions.orders import Plan, follow, plan_work
from houqin.services.repairs.actions.stock import add_item, correct, receive

__all__ = [
    "Plan",
    "add_item",
    "close_incident",
    "correct",
    "extend_incident",
    "follow",
    "keep_device",
    "keep_fault",
    "open_incident",
    "plan_work",
    "receive",
    "tell_overdue",
]
