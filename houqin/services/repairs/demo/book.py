"""The rows of repairs as they are told, and their way into the tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

from houqin.affairs import numbers, offers
from houqin.affairs.declare import ITEMS
from houqin.affairs.demo import Roster
from houqin.affairs.models import Case, Event, Follower, Rating, Task
from houqin.foundation.bulk import copy_in, set_sequence
from houqin.foundation.demo import LOCAL_SECONDS, Somebody, World, moment
from houqin.foundation.notices.models import Notice
from houqin.foundation.trail.models import Entry
from houqin.services.repairs.demo.faults import SECTION_OF
from houqin.services.repairs.models import FaultKind, RepairOrder

ITEM = "repairs.report"
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
ENTRY = ("id", "at", "actor_id", "actor_name", "appointment_id", "appointment_name", "address", "action", "record_type",
         "record_id", "record_name", "before", "after")  # fmt: skip
FOLLOWER = ("id", "case", "person", "name", "phone", "text", "at")
RATING = ("id", "case", "kind", "person", "person_name", "stars", "tags", "words", "at")
ORDER = ("case", "fault", "place", "device", "description", "planned", "worker", "reported_at", "accepted_at",
         "arrived_at", "finished_at", "labour_minutes", "labour_fen", "material_fen", "under_warranty", "repeat_of",
         "incident", "joinable")  # fmt: skip
NOTICE = ("id", "person", "kind", "title", "body", "url", "record_type", "record_id", "created_at", "delivered_at",
          "read_at")  # fmt: skip


class Book:
    """Collects what happened. Ids are given here, cases in the order of their submission."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.roster = Roster(world)
        self.clock = self.roster.clock
        self.chance = world.chance("repairs")
        self.faults = {fault.code: fault for fault in FaultKind.objects.all()}
        self.sections = {group: world.sections[code] for group, code in SECTION_OF.items()}
        self.heads = {crew[0].section: crew[0] for crew in world.crews.values() if crew}
        self.manager = world.accounts["manager"]
        offer = offers.offered(ITEMS[ITEM])
        self.item_name = offer.name
        self._snapshot = offers.snapshot(offer)
        self.steps: list[dict[str, Any]] = self._snapshot["steps"]
        self.limit = self._snapshot["limit"]["minutes"]
        self._flows: dict[tuple[tuple[int, int], ...], str] = {}
        self.case_ids, self.task_ids, self.event_ids = count(1), count(1), count(1)
        self.cases: list[tuple[Any, ...]] = []
        self.tasks: list[tuple[Any, ...]] = []
        self.events: list[tuple[Any, ...]] = []
        self.trail: list[tuple[Any, ...]] = []
        self.followers: list[tuple[Any, ...]] = []
        self.ratings: list[tuple[Any, ...]] = []
        self.orders: list[tuple[Any, ...]] = []
        self.notices: list[tuple[Any, ...]] = []
        self.greetings: list[tuple[Any, ...]] = []
        self.uses: list[tuple[int, int, Somebody, int, int]] = []  # at, order, worker, stock item, how many
        self.mended: dict[
            tuple[int, str], tuple[int, int]
        ] = {}  # place and fault → case and when it was finished
        self.busy: dict[tuple[int, str], int] = {}  # place and fault → until when a job runs there
        self.notices_from = world.now - NOTICE_DAYS * 86_400
        self._noons: dict[int, Any] = {}

    def number(self, identity: int, at: int) -> str:
        """The case's number; the year is what it takes of the moment."""
        day = (at + LOCAL_SECONDS) // 86_400
        noon = self._noons.get(day)
        if noon is None:
            noon = self._noons[day] = datetime.fromtimestamp(day * 86_400 + 14_400, UTC)
        return numbers.number_of(identity, noon)

    def flow(self, visits: dict[int, int]) -> str:
        """The snapshot a case carries, with how often each step was entered."""
        key = tuple(sorted(visits.items()))
        if key not in self._flows:
            kept = {**self._snapshot, "visits": {str(step): times for step, times in key}}
            self._flows[key] = json.dumps(kept, ensure_ascii=False)
        return self._flows[key]

    def grant(self, person: Somebody | None, role: str, section: int) -> Grant:
        """The appointment by which somebody acts in a role on a section's case."""
        if person is None:
            return NO_GRANT
        world = self.world
        over = section
        if role == "dispatcher":
            over = world.sections["BJB" if section == world.sections["BJB"] else "WXK"]
        return world.appointments.get((person.id, role, over), NO_GRANT)

    def tell(
        self, at: int, person: Somebody | None, kind: str, title: str, line: Any, body: str = ""
    ) -> None:
        """A notice, where it is recent enough to be kept."""
        if person is not None and at >= self.notices_from:
            url = f"/cases/{line.number}"
            self.notices.append((at, person.id, kind, title, body, url, "affairs.case", line.id))

    def write(self, *, after_cases: Callable[[], None]) -> None:
        """Everything into the tables; trail and notices in the order in which they came about."""
        self.trail.sort(key=lambda entry: entry[0])
        self.notices.sort(key=lambda notice: notice[0])
        advance = self.world.advance
        copy_in(Case, CASE, self.cases)
        advance(0.06)
        after_cases()
        copy_in(Task, TASK, self.tasks)
        copy_in(RepairOrder, ORDER, self.orders)
        copy_in(Event, EVENT, self.events)
        advance(0.1)
        copy_in(Follower, FOLLOWER, self.followers)
        copy_in(Rating, RATING, self.ratings)
        copy_in(Entry, ENTRY, self._entries())
        advance(0.13)
        copy_in(Notice, NOTICE, self._told())
        set_sequence(Case, Task, Event, Follower, Rating, Entry, Notice)

    def _entries(self) -> Iterator[tuple[Any, ...]]:
        for number, (at, actor, name, granted, *rest) in enumerate(self.trail, start=1):
            yield (number, moment(at), actor, name, *granted, *rest)

    def _told(self) -> Iterator[tuple[Any, ...]]:
        chance, now = self.world.chance("notices"), self.world.now
        accounts = {somebody.id for somebody in self.world.accounts.values()}
        for number, (at, person, *rest) in enumerate([*self.notices, *self.greetings], start=1):
            delivered = moment(min(at + chance.randint(0, 2), now))
            seen = at + round(chance.expovariate(1 / 1500)) + 5
            recent = now - at < 2 * 86_400
            unread = (
                seen > now or chance.random() < (0.4 if recent else 0.03) or (recent and person in accounts)
            )
            yield number, person, *rest, moment(at), delivered, None if unread else moment(seen)
