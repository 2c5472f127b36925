"""One meeting in one room, for asking every address of the service."""

from typing import Any

from houqin.services.meetings import actions
from houqin.services.meetings.tests.conftest import make_rooms
from houqin.testing.cast import Cast


def make(cast: Cast) -> dict[str, Any]:
    rooms = make_rooms(cast)
    meeting = rooms.book(rooms.small)
    wait = actions.wait(
        cast.staff, room=rooms.small, title="候补", starts_at=meeting.starts_at, ends_at=meeting.ends_at
    )
    return {"meetings": meeting.pk, "meetings:room": rooms.small.pk, "meetings:stop_waiting": wait.pk}
