"""What the demo compound's meetings need, as cases in several states: prepared, under way, still waiting, asked about, called off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from houqin.affairs.declare import StepKind
from houqin.affairs.demo.book import CaseBook
from houqin.affairs.demo.job import Clock, Job
from houqin.affairs.demo.line import Applicant, CaseLine
from houqin.foundation.bulk import copy_in
from houqin.foundation.demo import Somebody, World, moment, seconds_of
from houqin.services.meetings.actions.needs import AHEAD, ITEM
from houqin.services.meetings.models import OCCUPYING, Meeting, Need, NeedKind

#: Days around today whose meetings have needs, and the share of those that have.
BACK, AHEAD_OF_TODAY, SHARE = timedelta(days=3), timedelta(days=2), 0.06
NEED = ("case", "meeting", "kind", "text", "quantity", "fen_a_head", "wanted_at")
#: What is asked for, how often, in which words.
ASKED: tuple[tuple[NeedKind, int, tuple[str, ...]], ...] = (
    (NeedKind.TEA, 6, ("绿茶，会前 10 分钟上齐", "矿泉水即可", "红茶两壶，备纸杯")),
    (NeedKind.LAYOUT, 4, ("回字形，主席位 3 座", "课桌式，前排留空", "U 形，开口朝大屏")),
    (NeedKind.AV, 4, ("笔记本投屏，备 HDMI 转接头", "视频会议接入省厅，提前联调", "无线话筒 4 支")),
    (NeedKind.PLATES, 2, ("按名单打印，楷体", "主席台双面")),
    (NeedKind.MEALS, 1, ("工作餐，两份清淡", "自助，一位素食")),
    (NeedKind.LIVE, 1, ("内网直播，允许回看",)),
)
#: Which section prepares a kind; all others are the meeting service's.
BY: Mapping[NeedKind, str] = {NeedKind.AV: "RDB", NeedKind.LIVE: "RDB", NeedKind.MEALS: "CYK"}
DONE = ("已备好", "已摆好，桌签齐", "已联调，画面声音正常", "茶水已上")


class Wall(Clock):
    """A limit in minutes of the clock on the wall: a meeting begins when it begins."""

    def run(self, left: int, at: int) -> None:
        self.due = at + left * 60
        self.amber = max(at, self.due - round(self.limit * 0.2) * 60)

    def row(self) -> tuple[object, ...]:
        return (self.limit, "wall", *super().row()[2:])


class NeedLine(CaseLine):
    """The case of a need while it is told: one step, done or not."""

    roles: Mapping[str, str] = {StepKind.HANDLE: "clerk"}

    def __init__(self, book: CaseBook, at: int, who: Applicant, minutes: int, **more: Any) -> None:
        self._limit = minutes
        super().__init__(book, at, who, channel="plan", **more)
        self.limits[0] = minutes
        self.clock = self.open_job.clock = Wall(book, minutes, at)

    def _minutes(self) -> int:
        return self._limit

    def finish(self, at: int, text: str) -> None:
        """Prepared: the last step, so the case is over."""
        job = self.open_job
        assert job.assignee is not None
        grant = self._grant(job.assignee, job)
        self._close(job, at, "done", "complete", job.assignee)
        self._end(at, "completed")
        self._tell_applicants(at, "affairs.completed", f"已办结，去评价：{self.title}")
        self._write(at, job.assignee, "complete", job, text, grant=grant)

    def _told(self, job: Job, at: int, actor: Somebody | None) -> None:
        if job.assignee is not None:
            super()._told(job, at, actor)


class Kitchen(CaseBook):
    """Collects needs beside their cases."""

    clock_kind = "wall"

    def __init__(self, world: World) -> None:
        super().__init__(world, ITEM)
        self.needs: list[tuple[Any, ...]] = []
        self.chance = world.chance("meetings/needs")
        self.people = {person.id: person for person in world.people}

    def ask(self, meeting: Meeting, kind: NeedKind, words: str) -> None:
        """One need, told up to the demo's moment."""
        chance, begins = self.chance, int(meeting.starts_at.timestamp())
        at = min(begins - chance.randint(20, 60) * 3600, self.world.now - chance.randint(300, 7200))
        wanted = begins if kind != NeedKind.MEALS else seconds_of(meeting.starts_at.date(), 12)
        wanted = max(wanted, begins)
        minutes = max(15, (wanted - int(AHEAD[kind].total_seconds()) - at) // 60)
        who, holder = self.people[meeting.organiser_id], self._holder(kind, at)
        line = NeedLine(
            self, at, Applicant(who, who.name, who.phone), minutes, title=f"{kind.label}：{meeting.title}",
            section=holder.section if kind in BY and kind != NeedKind.MEALS else self.world.sections[BY.get(kind, "HWK")],
            category=str(kind), place=meeting.room_id, holder=holder,
        )  # fmt: skip
        self._tell(line, at, at + minutes * 60, holder)
        seats = min(meeting.expected or 8, 200)
        quantity = seats if kind in (NeedKind.MEALS, NeedKind.PLATES) else None
        line.end({"kind": str(kind), "text": words, "quantity": quantity})
        self.needs.append(
            (line.id, meeting.pk, str(kind), words, quantity, 4500 if kind == NeedKind.MEALS else None, moment(wanted))
        )  # fmt: skip

    def write_needs(self) -> None:
        """The needs, once their cases are there."""
        copy_in(Need, NEED, self.needs)

    def _holder(self, kind: NeedKind, at: int) -> Somebody:
        if kind == NeedKind.MEALS:
            return self.world.accounts["chef"]
        return self.roster.on_duty("RDB", at) if kind in BY else self.world.accounts["clerk"]

    def _tell(self, line: NeedLine, at: int, due: int, holder: Somebody) -> None:
        """As far as it has come by now: mostly prepared in time, then taken up, then waiting; few too late."""
        chance, now = self.chance, self.world.now
        taken = at + chance.randint(300, 3 * 3600)
        done = due - chance.randint(-600 if chance.random() < 0.1 else 600, 5400)
        if taken >= now:
            return
        line.accept(taken, holder)
        if taken < done < now:
            line.finish(done, chance.choice(DONE))
        elif chance.random() < 0.2 and now - taken > 1800:
            line.remind(now - chance.randint(300, 1500), "请确认能否按时备好")
        line.warn(now)


def prepare(world: World) -> None:
    """Needs of the meetings around today, of the plenary all kinds."""
    if not {"clerk", "chef"} <= world.accounts.keys():
        return
    kitchen, kinds = Kitchen(world), [kind for kind, _weight, _words in ASKED]
    for meeting in _meetings(world):
        wanted = kinds
        if not meeting.event_id:
            weights = [weight for _kind, weight, _words in ASKED]
            wanted = list(
                dict.fromkeys(kitchen.chance.choices(kinds, weights, k=kitchen.chance.randint(1, 3)))
            )
        for kind, _weight, words in ASKED:
            if kind in wanted:
                kitchen.ask(meeting, kind, kitchen.chance.choice(words))
    kitchen.write(after_cases=kitchen.write_needs)


def _meetings(world: World) -> Iterator[Meeting]:
    now, chance = datetime.fromisoformat(moment(world.now)), world.chance("meetings/needing")
    rows = Meeting.objects.filter(state__in=OCCUPYING).order_by("id")
    yield from rows.filter(event__isnull=False, is_main=True)
    near = rows.filter(event=None, starts_at__range=(now - BACK, now + AHEAD_OF_TODAY), expected__gte=8)
    yield from (meeting for meeting in near if chance.random() < SHARE)
