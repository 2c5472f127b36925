"""The rows of one item's cases as a service tells them, and their way into the tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from houqin.affairs import numbers, offers
from houqin.affairs.declare import ITEMS
from houqin.affairs.demo import Roster
from houqin.affairs.models import Case, Event, Follower, Rating, Task
from houqin.foundation.bulk import copy_in, set_sequence
from houqin.foundation.demo import LOCAL_SECONDS, Somebody, World, moment

Grant = tuple[int | None, str]
NO_GRANT: Grant = (None, "")
#: For so many days back the demo keeps what people were told; older notices would only fill the table.
NOTICE_DAYS = 30

CASE = ("id", "number", "item_code", "service", "item_name", "title", "data", "category", "flow", "state", "step",
        "version", "channel", "applicant", "applicant_name", "applicant_phone", "organisation", "registered_by", "place",
        "section", "submitted_at", "confirm_by", "ended_at", "reminded_at", "reminders", "reopened", "limit_minutes",
        "clock", "due_at", "amber_at", "paused_at", "left_minutes")  # fmt: skip
TASK = ("id", "case", "step", "step_key", "step_name", "kind", "visit", "state", "section", "assignee", "required",
        "moved_from", "opened_at", "accepted_at", "arrived_at", "closed_at", "closed_by", "outcome", "ambered_at",
        "escalated_at", "limit_minutes", "clock", "due_at", "amber_at", "paused_at", "left_minutes")  # fmt: skip
EVENT = ("id", "case", "at", "actor", "actor_name", "verb", "task", "step_name", "text", "data", "inside")
FOLLOWER = ("id", "case", "person", "name", "phone", "text", "at")
RATING = ("id", "case", "kind", "person", "person_name", "stars", "tags", "words", "at")


class CaseBook:
    """Collects what happened to the cases of one item. Ids come from the world, which other services draw from too."""

    #: In which time the limits of its steps are counted.
    clock_kind = "working"

    def __init__(self, world: World, item: str) -> None:
        self.world, self.item = world, item
        self.roster = Roster(world)
        self.clock = self.roster.clock
        self.heads = {crew[0].section: crew[0] for crew in world.crews.values() if crew}
        self.manager = world.accounts["manager"]
        offer = offers.offered(ITEMS[item])
        self.item_name = offer.name
        self._snapshot = offers.snapshot(offer)
        self.steps: list[dict[str, Any]] = self._snapshot["steps"]
        #: Of an item without a limit of its own the service sets one for each case.
        self.limit = (self._snapshot["limit"] or {"minutes": 60})["minutes"]
        self._flows: dict[Any, str] = {}
        self.case_id: Callable[[int], int] = world.case_id
        self.task_ids: Iterator[int] = world.ids("affairs.task")
        self.event_ids = world.ids("affairs.event")
        self.follower_ids = world.ids("affairs.follower")
        self.rating_ids = world.ids("affairs.rating")
        self.cases: list[tuple[Any, ...]] = []
        self.tasks: list[tuple[Any, ...]] = []
        self.events: list[tuple[Any, ...]] = []
        self.followers: list[tuple[Any, ...]] = []
        self.ratings: list[tuple[Any, ...]] = []
        self.trail: list[tuple[Any, ...]] = []
        self.notices: list[tuple[Any, ...]] = []
        self.notices_from = world.now - NOTICE_DAYS * 86_400
        self._noons: dict[int, Any] = {}

    def number(self, identity: int, at: int) -> str:
        """The case's number; the year is what it takes of the moment."""
        day = (at + LOCAL_SECONDS) // 86_400
        noon = self._noons.get(day)
        if noon is None:
            noon = self._noons[day] = datetime.fromtimestamp(day * 86_400 + 14_400, UTC)
        return numbers.number_of(identity, noon)

    def flow(self, visits: dict[int, int], limits: tuple[tuple[int, int], ...] = ()) -> str:
        """The snapshot a case carries, with how often each step was entered and the minutes of steps set for it."""
        key = tuple(sorted(visits.items())), limits
        if key not in self._flows:
            kept = {**self._snapshot, "visits": {str(step): times for step, times in key[0]}}
            if limits:
                kept["steps"] = [dict(step) for step in self.steps]
                for index, minutes in limits:
                    kept["steps"][index]["limit"] = {"minutes": minutes, "clock": self.clock_kind}
            self._flows[key] = json.dumps(kept, ensure_ascii=False)
        return self._flows[key]

    def grant(self, person: Somebody | None, role: str, section: int) -> Grant:
        """The appointment by which somebody acts in a role on a section's case."""
        if person is None:
            return NO_GRANT
        return self.world.appointments.get((person.id, role, self.over(role, section)), NO_GRANT)

    def over(self, role: str, section: int) -> int:
        """The organisation over which whoever acts in ``role`` on a case of ``section`` is appointed."""
        return section

    def tell(
        self, at: int, person: Somebody | None, kind: str, title: str, line: Any, body: str = ""
    ) -> None:
        """A notice, where it is recent enough to be kept."""
        if person is not None and at >= self.notices_from:
            url = f"/cases/{line.number}"
            self.notices.append((at, person.id, kind, title, body, url, "affairs.case", line.id))

    def write(
        self, *, after_cases: Callable[[], None], after_tasks: Callable[[], None] = lambda: None
    ) -> None:
        """Everything into the tables; trail and notices are handed to the world, to be written with those of others."""
        advance = self.world.advance
        copy_in(Case, CASE, self.cases)
        advance(0.06)
        after_cases()
        copy_in(Task, TASK, self.tasks)
        after_tasks()
        copy_in(Event, EVENT, self.events)
        advance(0.1)
        copy_in(Follower, FOLLOWER, self.followers)
        copy_in(Rating, RATING, self.ratings)
        set_sequence(Case, Task, Event, Follower, Rating)
        self.world.trail += self.trail
        self.world.notices += self.notices

    def add_rating(
        self,
        at: int,
        case: int,
        kind: str,
        person: Somebody | None,
        name: str,
        stars: int,
        tags: str,
        words: str,
    ) -> None:
        """A rating; ``tags`` as JSON."""
        self.ratings.append(
            (
                next(self.rating_ids),
                case,
                kind,
                person.id if person else None,
                name,
                stars,
                tags,
                words,
                moment(at),
            )
        )
