"""Every read around doors, within the actor's scope."""

from houqin.services.access.queries.areas import (
    areas_by_id,
    areas_kept,
    areas_managed,
    areas_named,
    areas_of,
    areas_to_ask_for,
    board,
    controller_of_secret,
    door_of,
)
from houqin.services.access.queries.events import event_page, events_of, inside, inside_counts
from houqin.services.access.queries.permits import (
    Standing,
    asked_by,
    expiring,
    may_enter,
    open_areas,
    permits_kept,
    permits_of,
    person_holder,
    standing,
    who_may_enter,
    with_last_use,
)
from houqin.services.access.queries.sync import latest_version, permit_list

__all__ = [
    "Standing",
    "areas_by_id",
    "areas_kept",
    "areas_managed",
    "areas_named",
    "areas_of",
    "areas_to_ask_for",
    "asked_by",
    "board",
    "controller_of_secret",
    "door_of",
    "event_page",
    "events_of",
    "expiring",
    "inside",
    "inside_counts",
    "latest_version",
    "may_enter",
    "open_areas",
    "permit_list",
    "permits_kept",
    "permits_of",
    "person_holder",
    "standing",
    "who_may_enter",
    "with_last_use",
]
