"""One case on its line, told verb by verb as the case engine does it: case, tasks, timeline, trail and notices.

Kept beside :mod:`houqin.affairs.moves`, whose sums it repeats on plain numbers; tests of the services compare the two.
A service subclasses :class:`CaseLine` with what its own record takes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any, NamedTuple

from houqin.affairs.declare import StepKind
from houqin.affairs.demo.book import NO_GRANT, CaseBook, Grant
from houqin.affairs.demo.job import Clock, Job, stamp
from houqin.affairs.moves import SILENCE_WORKDAYS
from houqin.foundation.demo import Somebody, moment

SYSTEM_NAME = "系统"
_ENDED_BY = {"withdrawn": "withdraw"}


class Applicant(NamedTuple):
    """Who asks: somebody of the compound, or a passer-by with name and phone."""

    person: Somebody | None
    name: str
    phone: str
    address: str | None = None


class CaseLine:
    """A case while it is told. Verbs must come in the order of time.

    ``roles`` says in which role whoever has a step of that kind acts; ``queue_crew`` hears of what waits in a queue.
    """

    roles: Mapping[str, str] = {}
    queue_crew = ""

    def __init__(
        self, book: CaseBook, at: int, who: Applicant, *, title: str, section: int, step: int = 0, category: str = "",
        place: int | None = None, channel: str = "web", clerk: Somebody | None = None, holder: Somebody | None = None,
    ) -> None:  # fmt: skip
        self.book, self.at, self.who, self.title = book, at, who, title
        self.section, self.category, self.place = section, category, place
        self.channel, self.clerk = channel, clerk
        self.id = book.case_id(at)
        self.number = book.number(self.id, at)
        self.state, self.step, self.version = "open", step, 0
        self.visits: dict[int, int] = {}
        self.limits: dict[int, int] = {}
        self.jobs: list[Job] = []
        self.followers: list[Somebody] = []
        self.clock = Clock(book, book.limit, at)
        self.confirm_by: int | None = None
        self.ended: int | None = None
        self.reminded: int | None = None
        self.reminders = self.reopened = 0
        self._before = '{"state": "open", "step": 0, "version": 0, "tasks": {}}'
        self._submit(holder)

    # -- the verbs -------------------------------------------------------------------------------------------------

    def _submit(self, holder: Somebody | None) -> None:
        actor = self.clerk or self.who.person
        job = self._give(self.at, self.section, holder)
        self._told(job, self.at, actor)
        name = actor.name if actor else self.who.name
        self._write(self.at, actor, "submit", name=name, data=f'{{"channel": "{self.channel}"}}')

    def join(self, at: int, who: Applicant, text: str) -> None:
        """Somebody else reports the same."""
        book = self.book
        if who.person is not None and (who.person is self.who.person or who.person in self.followers):
            return
        person = who.person.id if who.person else None
        number = next(book.follower_ids)
        book.followers.append((number, self.id, person, who.name, who.phone, self.title, moment(at)))
        book.events.append(
            (next(book.event_ids), self.id, moment(at), person, who.name, "join", None, "", text, "{}", False)
        )
        if who.person:
            self.followers.append(who.person)

    def dispatch(self, at: int, dispatcher: Somebody, section: int, to: Somebody | None, text: str) -> None:
        """Out of the queue to somebody who does it."""
        job, grant = self.open_job, self._grant(dispatcher, self.open_job)
        self.section = section
        self._close(job, at, "done", "dispatch", dispatcher)
        self.step += 1
        given = self._give(at, section, to)
        self._told(given, at, dispatcher)
        name = to.name if to else self.book.world.names[section]
        self._write(at, dispatcher, "dispatch", job, text, f'{{"to": ["{name}"]}}', grant=grant)

    def accept(self, at: int, worker: Somebody) -> None:
        job = self.open_job
        job.assignee, job.accepted = worker, at
        self._tell_applicants(at, "affairs.accepted", f"{worker.name}已接单：{self.title}")
        self._write(at, worker, "accept", job, grant=self._grant(worker, job))

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
        role = self.roles[StepKind.DISPATCH if dispatcher else StepKind.HANDLE]
        grant = self.book.grant(actor, role, self.section)
        self._close(job, at, "moved", "transfer", actor)
        given = self._give(at, section, to, like=job)
        self._told(given, at, actor)
        self.section = section
        name = to.name if to else self.book.world.names[section]
        self._write(at, actor, "transfer", job, text, f'{{"to": "{name}"}}', grant=grant)

    def complete(self, at: int, text: str, *, to_step: int, holders: Sequence[Somebody] = ()) -> None:
        """Done: on to an approval by ``holders``, or to the applicant who is asked."""
        job = self.open_job
        worker = job.assignee
        assert worker is not None
        grant = self._grant(worker, job)
        self._close(job, at, "done", "complete", worker)
        self._go_on(at, to_step, holders, worker)
        self._write(at, worker, "complete", job, text, grant=grant)

    def approve(self, at: int, text: str, *, to_step: int) -> None:
        """The head agrees."""
        job = self.open_job
        head = job.assignee
        assert head is not None
        grant = self._grant(head, job)
        self._close(job, at, "done", "approve", head)
        self._go_on(at, to_step, (), head)
        inside = bool(self.book.steps[job.step].get("inside"))
        self._write(at, head, "approve", job, text, grant=grant, inside=inside)

    def _go_on(self, at: int, to_step: int, holders: Sequence[Somebody], actor: Somebody) -> None:
        self.step = to_step
        if self.book.steps[to_step]["kind"] != StepKind.CONFIRM:
            for holder in holders:
                self._told(self._give(at, self.section, holder), at, actor)
            return
        self.ask_applicant(at)

    def ask_applicant(self, at: int) -> None:
        """Wait for the applicant's word."""
        self.state = "confirming"
        self.confirm_by = self.book.clock.add_workdays(at, SILENCE_WORKDAYS)
        self.clock.pause(at)
        self._tell_applicants_done(at)

    def _tell_applicants_done(self, at: int) -> None:
        self._tell_applicants(at, "affairs.confirm", f"已办好，请确认：{self.title}")

    def confirm(self, at: int) -> None:
        self._end(at, "completed")
        self._by_applicant(at, "confirm")

    def silence(self, at: int) -> None:
        """Three workdays without a word."""
        self._end(at, "completed")
        self._tell_applicants(at, "affairs.completed", f"已自动办结，去评价：{self.title}")
        self._write(at, None, "confirm_by_silence", name=SYSTEM_NAME)

    def reopen(self, at: int, text: str) -> None:
        """Not done: back to whoever did it, with a new limit."""
        self.reopened += 1
        did = next(
            job for job in reversed(self.jobs) if self.kind_of(job) == StepKind.HANDLE and job.state == "done"
        )
        self.state, self.confirm_by, self.step = "open", None, did.step
        self.clock.resume(at)
        job = self._give(at, self.section, did.assignee)
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
        self._write(at, dispatcher, "refuse", job, text, grant=self._grant(dispatcher, job))

    def ask_more(self, at: int, actor: Somebody, text: str) -> None:
        """Wait for the applicant, the clocks standing still."""
        job = self.open_job
        self.clock.pause(at)
        job.clock.pause(at)
        self.state = "waiting_applicant"
        self._tell_applicants(at, "affairs.supplement", f"请补正：{self.title}", text)
        self._write(at, actor, "request_supplement", job, text, grant=self._grant(actor, job))

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
        self.book.add_rating(
            at, self.id, "applicant", self.who.person, self.who.name, stars, f"[{listed}]", words
        )
        self._by_applicant(at, "rate", words, f'{{"stars": {stars}, "tags": [{listed}]}}')

    # -- underneath ------------------------------------------------------------------------------------------------

    @property
    def open_job(self) -> Job:
        return self.jobs[-1]

    def kind_of(self, job: Job) -> str:
        return str(self.book.steps[job.step]["kind"])

    def _grant(self, actor: Somebody, job: Job) -> Grant:
        return self.book.grant(actor, self.roles[self.kind_of(job)], self.section)

    def _give(self, at: int, section: int, to: Somebody | None, like: Job | None = None) -> Job:
        visit = like.visit if like else self.visits.get(self.step, 0) + 1
        clock = copy(like.clock) if like else Clock(self.book, self._minutes(), at)
        job = Job(next(self.book.task_ids), self.step, visit, section, to, at, clock)
        if like:
            job.moved_from = like.id
        self.visits[self.step] = visit
        self.jobs.append(job)
        return job

    def _minutes(self) -> int:
        return self.limits.get(self.step) or int(self.book.steps[self.step]["limit"]["minutes"])

    def _told(self, job: Job, at: int, actor: Somebody | None) -> None:
        if job.assignee and job.assignee is not actor:
            name = self.book.steps[job.step]["name"]
            self.book.tell(at, job.assignee, "affairs.task", f"{name}：{self.title}", self)
        elif job.assignee is None:
            for each in self.book.world.crews[self.queue_crew]:
                self.book.tell(at, each, "affairs.task", f"待派单：{self.title}", self)

    def _close(self, job: Job, at: int, state: str, outcome: str, by: Somebody) -> None:
        job.state, job.outcome, job.closed, job.closed_by = state, outcome, at, by.id
        job.accepted = job.accepted or (at if outcome == "complete" else None)

    def _end(self, at: int, state: str) -> None:
        job = self.open_job
        if job.state == "open":
            job.state, job.outcome, job.closed = "ended", _ENDED_BY.get(state, "confirm"), at
        self.state, self.ended, self.confirm_by = state, at, None

    def _by_applicant(self, at: int, verb: str, text: str = "", data: str = "{}") -> None:
        self._write(at, self.who.person, verb, None, text, data, name=self.who.name, address=self.who.address)

    def _tell_applicants(self, at: int, kind: str, title: str, body: str = "") -> None:
        for person in (*self.followers, self.who.person):
            if person:
                self.book.tell(at, person, kind, title, self, body)

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

    def end(self, data: Mapping[str, Any]) -> None:
        """Hand the rows over, with what the applicant filled in; nothing is told after that."""
        book, who = self.book, self.who
        limits = tuple(sorted(self.limits.items()))
        book.cases.append((
            self.id, self.number, book.item, book.item.partition(".")[0], book.item_name, self.title,
            json.dumps(data, ensure_ascii=False), self.category, book.flow(self.visits, limits), self.state, self.step,
            self.version, self.channel, who.person.id if who.person else None, who.name, who.phone,
            who.person.section if who.person else None, self.clerk.id if self.clerk else None, self.place, self.section,
            moment(self.at), stamp(self.confirm_by), stamp(self.ended), stamp(self.reminded), self.reminders, self.reopened,
            *self.clock.row(),
        ))  # fmt: skip
        for job in self.jobs:
            step = book.steps[job.step]
            book.tasks.append((
                job.id, self.id, job.step, step["key"], step["name"], step["kind"], job.visit, job.state, job.section,
                job.assignee.id if job.assignee else None, False, job.moved_from, moment(job.opened),
                stamp(job.accepted), stamp(job.arrived), stamp(job.closed), job.closed_by, job.outcome,
                stamp(job.ambered), stamp(job.escalated), *job.clock.row(),
            ))  # fmt: skip
