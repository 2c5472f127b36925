"""The promised limit of repairs was changed and changed back: what an auditor looks for in the demo compound."""

from __future__ import annotations

import json

from houqin.affairs.demo.book import NO_GRANT
from houqin.affairs.models import ItemSetting
from houqin.foundation.bulk import copy_in, set_sequence
from houqin.foundation.demo import seconds_of
from houqin.foundation.people.demo.roles import CITY
from houqin.services.repairs.demo.book import ITEM, Book

#: How many days ago, at which hour, to how many minutes; the last one is what is declared.
CHANGES = ((24, 9.35, 720), (9, 16.6, 480))
ADDRESS = "10.22.0.15"


def tell(book: Book) -> None:
    """Two entries of the trail by the system administrator, and the setting as they left it."""
    world = book.world
    administrator = world.accounts["sysadmin"]
    grant = world.appointments.get((administrator.id, "sysadmin", world.sections[CITY]), NO_GRANT)
    before = None
    for days, hour, minutes in CHANGES:
        at = seconds_of(world.today, hour) - days * 86_400
        after = _picture(minutes)
        book.trail.append(
            (at, administrator.id, administrator.name, grant, ADDRESS, "affairs.change_item", "affairs.itemsetting", 1,
             book.item_name, before, after)
        )  # fmt: skip
        before = after
    fields = ("id", "item_code", "unit", "name", "position", "enabled", "limit_minutes", "steps")
    copy_in(ItemSetting, fields, [(1, ITEM, None, "", 0, True, CHANGES[-1][2], "{}")])
    set_sequence(ItemSetting)


def _picture(minutes: int) -> str:
    return json.dumps({"name": "", "position": 0, "enabled": True, "limit_minutes": minutes, "steps": {}})
