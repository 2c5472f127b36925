"""One repair on its line: the case as every case is told, and the order beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from houqin.affairs.declare import StepKind
from houqin.affairs.demo.job import stamp
from houqin.affairs.demo.line import Applicant, CaseLine
from houqin.foundation.demo import Somebody, Spot, moment
from houqin.services.repairs.demo.book import Book
from houqin.services.repairs.models import FaultKind

__all__ = ["Applicant", "Line"]
DISPATCH, HANDLE, CONFIRM = 0, 1, 2
REPEAT_SECONDS = 30 * 86_400


class Line(CaseLine):
    """The case and its order while they are told."""

    book: Book
    roles: Mapping[str, str] = {StepKind.DISPATCH: "dispatcher", StepKind.HANDLE: "worker"}
    queue_crew = "BXDD"

    def __init__(
        self, book: Book, at: int, fault: FaultKind, spot: Spot, who: Applicant, *, words: str = "",
        channel: str = "web", clerk: Somebody | None = None, device: int | None = None, warranty: bool = False,
        holder: Somebody | None = None, title: str = "", incident: int | None = None,
    ) -> None:  # fmt: skip
        self.fault, self.spot, self.words, self.device, self.warranty = fault, spot, words, device, warranty
        self.incident = incident
        self.labour = self.material_fen = 0
        self.accepted: int | None = None
        self.arrived: int | None = None
        self.finished: int | None = None
        self.worker: Somebody | None = None
        before = book.mended.get((spot.id, fault.code))
        self.repeat_of = before[0] if before and at - REPEAT_SECONDS <= before[1] < at else None
        unclear = fault.group == "other"
        super().__init__(
            book, at, who, title=title or f"{spot.full_name.replace(' ', '')} {self._short()}",
            section=book.sections[fault.group], step=DISPATCH if unclear else HANDLE, category=fault.group, place=spot.id,
            channel=channel, clerk=clerk, holder=None if unclear else holder,
        )  # fmt: skip

    def accept(self, at: int, worker: Somebody) -> None:
        self.worker, self.accepted = worker, self.accepted or at
        super().accept(at, worker)

    def arrive(self, at: int, worker: Somebody, *, scanned: bool) -> None:
        job = self.open_job
        job.arrived = at
        self.arrived = self.arrived or at
        self._write(at, worker, "arrive", job, "", f'{{"scanned": {"true" if scanned else "false"}}}',
                    grant=self._grant(worker, job))  # fmt: skip

    def finish(self, at: int, text: str, minutes: int, uses: Sequence[tuple[int, int, int]] = ()) -> None:
        """Done: the applicant is asked. ``uses`` are stock item, quantity and price."""
        worker, book = self.worker, self.book
        assert worker is not None
        self.finished = at
        self.labour += minutes
        for item, quantity, price in uses:
            book.uses.append((at, self.id, worker, item, quantity))
            self.material_fen += quantity * price
        book.mended[self.spot.id, self.fault.code] = (self.id, at)
        self.open_job.assignee = worker
        self.complete(at, text, to_step=CONFIRM)

    def reopen(self, at: int, text: str) -> None:
        self.finished = None
        super().reopen(at, text)

    def check(self, at: int, inspector: Somebody, stars: int, words: str) -> None:
        """Quality control's own rating: in the trail, not on the line."""
        self.book.add_rating(at, self.id, "quality", inspector, inspector.name, stars, "[]", words)
        grant = self.book.grant(inspector, "quality", self.book.world.sections["JGSW"])
        self.book.trail.append(
            (at, inspector.id, inspector.name, grant, None, "affairs.rate_quality", "affairs.case", self.id, self.number, None,
             f'{{"stars": {stars}}}')
        )  # fmt: skip

    def _short(self) -> str:
        words = self.fault.name if self.fault.says_enough else self.words or self.fault.name
        return words if len(words) <= 24 else words[:24] + "…"

    def close(self) -> None:
        """Hand the rows over, the order's beside the case's."""
        description = self.words.replace("\\", "").replace('"', "”")
        data = {
            "place": self.spot.id, "device": self.device, "fault": self.fault.id, "description": description,
        }  # fmt: skip
        self.end(data)
        running = self.state in ("open", "waiting_applicant")
        self.book.orders.append((
            self.id, self.fault.id, self.spot.id, self.device, self.words, False,
            self.worker.id if self.worker else None, moment(self.at), stamp(self.accepted), stamp(self.arrived),
            stamp(self.finished), self.labour, round(self.labour * self.fault.hour_fen / 60), self.material_fen,
            self.warranty, self.repeat_of, self.incident, running and self.fault.joins,
        ))  # fmt: skip
