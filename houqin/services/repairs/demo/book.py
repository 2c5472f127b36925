"""The rows of repairs as they are told, and their way into the tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from houqin.affairs.demo.book import CaseBook
from houqin.foundation.bulk import copy_in
from houqin.foundation.demo import Somebody, World
from houqin.services.repairs.demo.faults import SECTION_OF
from houqin.services.repairs.models import FaultKind, RepairOrder

ITEM = "repairs.report"
ORDER = ("case", "fault", "place", "device", "description", "planned", "worker", "reported_at", "accepted_at",
         "arrived_at", "finished_at", "labour_minutes", "labour_fen", "material_fen", "under_warranty", "repeat_of",
         "incident", "joinable")  # fmt: skip


class Book(CaseBook):
    """Collects what happened, with the orders beside the cases."""

    def __init__(self, world: World) -> None:
        super().__init__(world, ITEM)
        self.chance = world.chance("repairs")
        self.faults = {fault.code: fault for fault in FaultKind.objects.all()}
        self.sections = {group: world.sections[code] for group, code in SECTION_OF.items()}
        self.orders: list[tuple[Any, ...]] = []
        self.uses: list[tuple[int, int, Somebody, int, int]] = []  # at, order, worker, stock item, how many
        self.mended: dict[
            tuple[int, str], tuple[int, int]
        ] = {}  # place and fault → case and when it was finished
        self.busy: dict[tuple[int, str], int] = {}  # place and fault → until when a job runs there

    def over(self, role: str, section: int) -> int:
        if role != "dispatcher":
            return section
        sections = self.world.sections
        return sections["BJB" if section == sections["BJB"] else "WXK"]

    def write_all(self, *, after_cases: Callable[[], None]) -> None:
        """Cases, what stands before their tasks, and the orders."""
        self.write(after_cases=after_cases, after_tasks=self._write_orders)

    def _write_orders(self) -> None:
        copy_in(RepairOrder, ORDER, self.orders)
