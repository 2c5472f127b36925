"""One repair on its line, told verb by verb as the case engine does it: case, tasks, timeline, trail and notices.

Kept beside :mod:`houqin.affairs.moves`, whose sums it repeats on plain numbers; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import NamedTuple

from houqin.affairs.moves import SILENCE_WORKDAYS
from houqin.foundation.demo import Somebody, Spot, moment
from houqin.services.repairs.demo.book import NO_GRANT, Book, Grant
from houqin.services.repairs.demo.job import Clock, Job, stamp
from houqin.services.repairs.models import FaultKind

SYSTEM_NAME = "系统"
DISPATCH, HANDLE, CONFIRM = 0, 1, 2
REPEAT_SECONDS = 30 * 86_400


class Applicant(NamedTuple):
    """Who reports: somebody of the compound, or a passer-by with name and phone."""

    person: Somebody | None
    name: str
    phone: str
    address: str | None = None


class Line:
    """The case and its order while they are told. Verbs must come in the order of time."""

    def __init__(
        self, book: Book, at: int, fault: FaultKind, spot: Spot, who: Applicant, *, words: str = "",
        channel: str = "web", clerk: Somebody | None = None, device: int | None = None, warranty: bool = False,
        holder: Somebody | None = None, title: str = "", incident: int | None = None,
    ) -> None:  # fmt: skip
        self.book, self.at, self.fault, self.spot, self.who = book, at, fault, spot, who
        self.words, self.channel, self.clerk, self.device, self.warranty = (
            words,
            channel,
            clerk,
            device,
            warranty,
        )
        self.id = next(book.case_ids)
        self.number = book.number(self.id, at)
        self.title = title or f"{spot.full_name.replace(' ', '')} {self._short()}"
        self.section = book.sections[fault.group]
        self.state, self.step, self.version = "open", 0, 0
        self.visits: dict[int, int] = {}
        self.jobs: list[Job] = []
        self.followers: list[Somebody] = []
        self.clock = Clock(book, book.limit, at)
        self.confirm_by: int | None = None
        self.ended: int | None = None
        self.reminded: int | None = None
        self.reminders = self.reopened = self.labour = self.material_fen = 0
        self.accepted: int | None = None
        self.arrived: int | None = None
        self.finished: int | None = None
        self.worker: Somebody | None = None
        self.incident = incident
        self.repeat_of = self._repeats(at)
        self._before = '{"state": "open", "step": 0, "version": 0, "tasks": {}}'
        self._submit(holder)

    # -- the verbs -------------------------------------------------------------------------------------------------

    def _submit(self, holder: Somebody | None) -> None:
        self.step = DISPATCH if self.fault.group == "other" else HANDLE
        actor = self.clerk or self.who.person
        job = self._give(self.at, self.section, None if self.step == DISPATCH else holder)
        self._told(job, self.at, actor)
        name = actor.name if actor else self.who.name
        self._write(self.at, actor, "submit", name=name, data=f'{{"channel": "{self.channel}"}}')

    def join(self, at: int, who: Applicant, text: str) -> None:
        """Somebody else reports the same."""
        book = self.book
        if who.person is not None and (who.person is self.who.person or who.person in self.followers):
            return
        person = who.person.id if who.person else None
        number = len(book.followers) + 1
        book.followers.append((number, self.id, person, who.name, who.phone, self.title, moment(at)))
        book.events.append(
            (next(book.event_ids), self.id, moment(at), person, who.name, "join", None, "", text, "{}", False)
        )
        if who.person:
            self.followers.append(who.person)

    def dispatch(self, at: int, dispatcher: Somebody, section: int, to: Somebody | None, text: str) -> None:
        """Out of the dispatchers' queue to somebody who mends."""
        job, grant = self.open_job, self.book.grant(dispatcher, "dispatcher", self.section)
        self.section = section
        self._close(job, at, "done", "dispatch", dispatcher)
        self.step = HANDLE
        given = self._give(at, section, to)
        self._told(given, at, dispatcher)
        name = to.name if to else self.book.world.names[section]
        self._write(at, dispatcher, "dispatch", job, text, f'{{"to": ["{name}"]}}', grant=grant)

    def accept(self, at: int, worker: Somebody) -> None:
        job = self.open_job
        job.assignee, job.accepted = worker, at
        self.worker, self.accepted = worker, self.accepted or at
        self._tell_applicants(at, "affairs.accepted", f"{worker.name}已接单：{self.title}")
        self._write(at, worker, "accept", job, grant=self._worker_grant(worker))

    def arrive(self, at: int, worker: Somebody, *, scanned: bool) -> None:
        job = self.open_job
        job.arrived = at
        self.arrived = self.arrived or at
        self._write(at, worker, "arrive", job, "", f'{{"scanned": {"true" if scanned else "false"}}}',
                    grant=self._worker_grant(worker))  # fmt: skip

    def transfer(
        self,
        at: int,
        actor: Somebody,
        section: int,
        to: Somebody | None,
        text: str,
        *,
        dispatcher: bool = False,
    ) -> None:
        """To somebody else, the clock going on."""
        job = self.open_job
        grant = self.book.grant(actor, "dispatcher" if dispatcher else "worker", self.section)
        self._close(job, at, "moved", "transfer", actor)
        given = self._give(at, section, to, like=job)
        self._told(given, at, actor)
        self.section = section
        name = to.name if to else self.book.world.names[section]
        self._write(at, actor, "transfer", job, text, f'{{"to": "{name}"}}', grant=grant)

    def complete(self, at: int, text: str, minutes: int, uses: Sequence[tuple[int, int, int]] = ()) -> None:
        """Done: the applicant is asked. ``uses`` are stock item, quantity and price."""
        job, worker, book = self.open_job, self.worker, self.book
        assert worker is not None
        grant = self._worker_grant(worker)
        self._close(job, at, "done", "complete", worker)
        self.step, self.state = CONFIRM, "confirming"
        self.confirm_by = book.clock.add_workdays(at, SILENCE_WORKDAYS)
        self.clock.pause(at)
        self.finished = at
        self.labour += minutes
        for item, quantity, price in uses:
            book.uses.append((at, self.id, worker, item, quantity))
            self.material_fen += quantity * price
        book.mended[self.spot.id, self.fault.code] = (self.id, at)
        self._tell_applicants(at, "affairs.confirm", f"已办好，请确认：{self.title}")
        self._write(at, worker, "complete", job, text, grant=grant)

    def confirm(self, at: int) -> None:
        self._end(at, "completed")
        self._by_applicant(at, "confirm")

    def silence(self, at: int) -> None:
        """Three workdays without a word."""
        self._end(at, "completed")
        self._tell_applicants(at, "affairs.completed", f"已自动办结，去评价：{self.title}")
        self._write(at, None, "confirm_by_silence", name=SYSTEM_NAME)

    def reopen(self, at: int, text: str) -> None:
        """Not fixed: back to whoever did it, with a new limit."""
        self.reopened += 1
        self.state, self.confirm_by, self.finished, self.step = "open", None, None, HANDLE
        self.clock.resume(at)
        job = self._give(at, self.section, self.worker)
        self._told(job, at, self.who.person)
        self._by_applicant(at, "reopen", text)

    def remind(self, at: int, text: str) -> None:
        self.reminded, self.reminders = at, self.reminders + 1
        job = self.open_job
        if job.assignee:
            self.book.tell(at, job.assignee, "affairs.reminded", f"催办：{self.title}", self, text)
        self._by_applicant(at, "remind", text)

    def withdraw(self, at: int, text: str) -> None:
        job = self.open_job
        self._end(at, "withdrawn")
        self.book.tell(at, job.assignee, "affairs.withdrawn", f"申请人已撤回：{self.title}", self)
        self._by_applicant(at, "withdraw", text)

    def refuse(self, at: int, dispatcher: Somebody, text: str) -> None:
        job = self.open_job
        self._close(job, at, "done", "refuse", dispatcher)
        self._end(at, "refused")
        self._tell_applicants(at, "affairs.refused", f"未予受理：{self.title}", text)
        self._write(
            at, dispatcher, "refuse", job, text, grant=self.book.grant(dispatcher, "dispatcher", self.section)
        )

    def ask_more(self, at: int, actor: Somebody, text: str) -> None:
        """Wait for the applicant, the clocks standing still."""
        job = self.open_job
        self.clock.pause(at)
        job.clock.pause(at)
        self.state = "waiting_applicant"
        self._tell_applicants(at, "affairs.supplement", f"请补正：{self.title}", text)
        role = "dispatcher" if job.step == DISPATCH else "worker"
        self._write(
            at, actor, "request_supplement", job, text, grant=self.book.grant(actor, role, self.section)
        )

    def warn(self, now: int) -> None:
        """What the watch over limits has done by ``now`` with the open task: amber said, red escalated."""
        if self.state != "open":
            return
        job = self.open_job
        if job.clock.amber is not None and job.clock.amber <= now:
            job.ambered = job.clock.amber
            self.book.tell(job.clock.amber, job.assignee, "affairs.amber", f"即将超时：{self.title}", self)
        if job.clock.due is not None and job.clock.due <= now:
            self._escalate(job, job.clock.due + 20)

    def _escalate(self, job: Job, at: int) -> None:
        job.escalated = at
        head = self.book.heads.get(job.section)
        for person in dict.fromkeys(each for each in (job.assignee, head) if each):
            self.book.tell(at, person, "affairs.overdue", f"已超时：{self.title}", self)
        if (manager := self.book.manager) not in (job.assignee, head):
            self.book.tell(at, manager, "affairs.red", f"已超时：{self.title}", self)
        name = f'"{head.name}"' if head else ""
        self._write(at, None, "escalate", job, "", f'{{"to": [{name}]}}', inside=True, name=SYSTEM_NAME)

    def rate(self, at: int, stars: int, tags: Sequence[str], words: str) -> None:
        listed = ", ".join(f'"{tag}"' for tag in tags)
        self._rating(at, "applicant", self.who.person, self.who.name, stars, f"[{listed}]", words)
        self._by_applicant(at, "rate", words, f'{{"stars": {stars}, "tags": [{listed}]}}')

    def check(self, at: int, inspector: Somebody, stars: int, words: str) -> None:
        """Quality control's own rating: in the trail, not on the line."""
        self._rating(at, "quality", inspector, inspector.name, stars, "[]", words)
        grant = self.book.grant(inspector, "quality", self.book.world.sections["JGSW"])
        self.book.trail.append(
            (at, inspector.id, inspector.name, grant, None, "affairs.rate_quality", "affairs.case", self.id, self.number, None,
             f'{{"stars": {stars}}}')
        )  # fmt: skip

    # -- underneath ------------------------------------------------------------------------------------------------

    @property
    def open_job(self) -> Job:
        return self.jobs[-1]

    def _short(self) -> str:
        words = self.fault.name if self.fault.says_enough else self.words or self.fault.name
        return words if len(words) <= 24 else words[:24] + "…"

    def _repeats(self, at: int) -> int | None:
        before = self.book.mended.get((self.spot.id, self.fault.code))
        return before[0] if before and at - REPEAT_SECONDS <= before[1] < at else None

    def _worker_grant(self, worker: Somebody) -> Grant:
        return self.book.grant(worker, "worker", self.section)

    def _give(self, at: int, section: int, to: Somebody | None, like: Job | None = None) -> Job:
        visit = like.visit if like else self.visits.get(self.step, 0) + 1
        clock = (
            copy(like.clock) if like else Clock(self.book, self.book.steps[self.step]["limit"]["minutes"], at)
        )
        job = Job(next(self.book.task_ids), self.step, visit, section, to, at, clock)
        if like:
            job.moved_from = like.id
        self.visits[self.step] = visit
        self.jobs.append(job)
        return job

    def _told(self, job: Job, at: int, actor: Somebody | None) -> None:
        if job.assignee and job.assignee is not actor:
            name = self.book.steps[job.step]["name"]
            self.book.tell(at, job.assignee, "affairs.task", f"{name}：{self.title}", self)
        elif job.assignee is None:
            for each in self.book.world.crews["BXDD"]:
                self.book.tell(at, each, "affairs.task", f"待派单：{self.title}", self)

    def _close(self, job: Job, at: int, state: str, outcome: str, by: Somebody) -> None:
        job.state, job.outcome, job.closed, job.closed_by = state, outcome, at, by.id
        job.accepted = job.accepted or (at if outcome == "complete" else None)

    def _end(self, at: int, state: str) -> None:
        job = self.open_job
        if job.state == "open":
            job.state, job.outcome, job.closed = "ended", {"withdrawn": "withdraw"}.get(state, "confirm"), at
        self.state, self.ended, self.confirm_by = state, at, None

    def _by_applicant(self, at: int, verb: str, text: str = "", data: str = "{}") -> None:
        self._write(at, self.who.person, verb, None, text, data, name=self.who.name, address=self.who.address)

    def _tell_applicants(self, at: int, kind: str, title: str, body: str = "") -> None:
        for person in (*self.followers, self.who.person):
            if person:
                self.book.tell(at, person, kind, title, self, body)

    def _rating(
        self, at: int, kind: str, person: Somebody | None, name: str, stars: int, tags: str, words: str
    ) -> None:
        number = len(self.book.ratings) + 1
        self.book.ratings.append(
            (number, self.id, kind, person.id if person else None, name, stars, tags, words, moment(at))
        )

    def _write(
        self, at: int, actor: Somebody | None, verb: str, job: Job | None = None, text: str = "", data: str = "{}", *,
        inside: bool = False, name: str = "", grant: Grant = NO_GRANT, address: str | None = None,
    ) -> None:  # fmt: skip
        self.version += 1
        book, job_id = self.book, job.id if job else None
        step_name = book.steps[job.step]["name"] if job else ""
        actor_id, name = (actor.id, actor.name) if actor else (None, name)
        tasks = ""
        last = self.jobs[-1]
        if last.state == "open":
            tasks = f'"{last.id}": {{"assignee": {last.assignee.id if last.assignee else "null"}, "section": {last.section}}}'
        after = f'{{"state": "{self.state}", "step": {self.step}, "version": {self.version}, "tasks": {{{tasks}}}}}'
        book.events.append(
            (
                next(book.event_ids),
                self.id,
                moment(at),
                actor_id,
                name,
                verb,
                job_id,
                step_name,
                text,
                data,
                inside,
            )
        )
        book.trail.append(
            (at, actor_id, name, grant, address or (self.who.address if verb == "submit" else None),
             f"affairs.{verb}", "affairs.case", self.id, self.number, self._before, after)
        )  # fmt: skip
        self._before = after

    def end(self) -> None:
        """Hand the rows over; nothing is told after that."""
        book, who = self.book, self.who
        description = self.words.replace("\\", "").replace('"', "”")
        data = (
            f'{{"place": {self.spot.id}, "device": {self.device or "null"}, "fault": {self.fault.id}, '
            f'"description": "{description}"}}'
        )
        book.cases.append((
            self.id, self.number, "repairs.report", "repairs", book.item_name, self.title, data, self.fault.group,
            book.flow(self.visits), self.state, self.step, self.version, self.channel,
            who.person.id if who.person else None, who.name, who.phone, who.person.section if who.person else None,
            self.clerk.id if self.clerk else None, self.spot.id, self.section, moment(self.at), stamp(self.confirm_by),
            stamp(self.ended), stamp(self.reminded), self.reminders, self.reopened, *self.clock.row(),
        ))  # fmt: skip
        for job in self.jobs:
            step = book.steps[job.step]
            book.tasks.append((
                job.id, self.id, job.step, step["key"], step["name"], step["kind"], job.visit, job.state, job.section,
                job.assignee.id if job.assignee else None, False, job.moved_from, moment(job.opened),
                stamp(job.accepted), stamp(job.arrived), stamp(job.closed), job.closed_by, job.outcome,
                stamp(job.ambered), stamp(job.escalated), *job.clock.row(),
            ))  # fmt: skip
        running = self.state in ("open", "waiting_applicant")
        book.orders.append((
            self.id, self.fault.id, self.spot.id, self.device, self.words, False,
            self.worker.id if self.worker else None, moment(self.at), stamp(self.accepted), stamp(self.arrived),
            stamp(self.finished), self.labour, round(self.labour * self.fault.hour_fen / 60), self.material_fen,
            self.warranty, self.repeat_of, self.incident, running and self.fault.joins,
        ))  # fmt: skip
