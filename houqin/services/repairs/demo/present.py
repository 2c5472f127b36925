"""The demo's morning: some sixty running repairs in every state, an outage, and what the accounts have before them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from houqin.foundation.bulk import copy_in, set_sequence
from houqin.foundation.demo import Somebody, Spot, moment, seconds_of
from houqin.foundation.people.demo import TOWERS
from houqin.services.repairs.demo import words
from houqin.services.repairs.demo.faults import HABITS, SEASONS
from houqin.services.repairs.demo.history import History, with_address
from houqin.services.repairs.demo.line import Line
from houqin.services.repairs.models import Incident

MINUTE = 60
#: Neither stands on the board as a matter of course.
EMERGENCIES = frozenset({"lifts.stuck", "power.smell", "water.none"})
OUT_OF_SEASON = 0.2
TRADES = ("power", "air", "doors", "network", "furniture", "cleaning", "lifts")
#: The outage, in the tower after the staff account's: so many working minutes ago, until that hour of the day.
OUTAGE_AGO, OUTAGE_UNTIL = 35, 15.0
GREETINGS = {
    "staff": "“我的”里有几件报修：一件待您确认，一件待评价，一件师傅在路上，一件要您补充说明。",
    "head": "您是市财政局预算处处长，可查看本处同事的办件；需要审批的事项会出现在待办里。",
    "dispatcher": "派单看板上有六十来件在办报修，几件待派，几件已超时；{outage}座停水抢修正在进行。",
    "worker": "您今天在 {tower} 座驻楼备勤，手上有三件活；到场请扫房间里的码。",
    "clerk": "您可以做电话登记：输入来电号码，找到人、地点和故障，二十秒登记一件。",
    "chef": "食堂服务将在后续版本开通；现在可以报修厨房和餐厅的故障。",
    "cashier": "餐卡窗口将在后续版本开通；现在可以报修餐厅的故障。",
    "guard": "门岗服务将在后续版本开通；看到公共区域的故障，扫码就能报修。",
    "liaison": "节能联络员的填报将在后续版本开通；现在可以报修和查询。",
    "bureau": "能耗监管将在后续版本开通；现在可以报修和查询。",
    "driver": "用车服务将在后续版本开通；现在可以报修和查询。",
    "tenant": "住房服务将在后续版本开通；现在可以报修和查询。",
    "manager": "您可以查看全部办件、维修分析与质量回访：过去一年两万四千件报修都在这里。",
    "sysadmin": "您负责场所、日历、值班、事项与时限；管理后台在右上角菜单里。",
    "secadmin": "您负责人员、角色与任职；管理后台在右上角菜单里。",
    "auditor": "您可以查看操作留痕：一年来每件报修的每一步都在其中。",
    "admin": "这个账号只在演示环境里存在，同时具有三员的权限。",
}


class Plan(NamedTuple):
    """A repair of the present: when it was reported, and what happens then."""

    at: int
    tell: Callable[[int], None]


class Present:
    """Plans the repairs that are running, so that they can be told in their turn among the past ones."""

    def __init__(self, history: History) -> None:
        self.history, self.book, self.world = history, history.book, history.world
        self.chance = self.world.chance("present")
        self.given = 0
        self.outage: Line | None = None
        room = self.world.accounts["staff"].room
        self.tower = room.building if room else TOWERS[0]
        self.outage_tower = TOWERS[(TOWERS.index(self.tower) + 1) % len(TOWERS)]

    def plans(self) -> list[Plan]:
        """Every running repair, and a few ended ones of the accounts."""
        found: list[Plan] = []
        shrink = self.world.scale

        def add(count: int, ages: tuple[int, int], tell: Callable[[int], None]) -> None:
            for _ in range(count if shrink >= 1 else max(1, round(count * 0.4))):
                found.append(Plan(self.ago(self.chance.uniform(*ages)), tell))

        add(5, (3, 40), self._queued)
        add(1, (52, 56), self._queued)
        add(1, (75, 90), self._queued)
        add(4, (2, 18), lambda at: self._running(at, accepted=False))
        add(4, (15, 45), lambda at: self._running(at, arrived=False))
        add(5, (35, 150), self._running)
        add(3, (196, 228), self._running)
        add(3, (260, 420), self._running)
        add(3, (60, 200), self._waiting)
        add(10, (90, 1000), self._confirming)
        add(2, (300, 520), self._reopened)
        for waterer in self.book.roster.mobile["SNB"]:
            # Each has more in hand than the worker account, so that what staff reports goes to the worker.
            found += [
                Plan(self.ago(self.chance.uniform(3, 20)), partial(self._water, waterer, accepted=False)),
                Plan(self.ago(self.chance.uniform(20, 60)), partial(self._water, waterer, arrived=False)),
                Plan(self.ago(self.chance.uniform(60, 110)), partial(self._water, waterer)),
                Plan(self.ago(self.chance.uniform(110, 180)), partial(self._water, waterer)),
            ]
        return found + self._of_accounts()

    def ago(self, minutes: float) -> int:
        """So many working minutes before now."""
        clock = self.book.clock
        return clock.at(clock.passed(self.world.now) - round(minutes * MINUTE))

    def later(self, at: int, minutes: float) -> int:
        """So many working minutes after a moment, but not ahead of now."""
        clock = self.book.clock
        return min(clock.at(clock.passed(at) + round(minutes * MINUTE)), self.world.now - 5)

    # -- kinds of them ---------------------------------------------------------------------------------------------

    def _report(self, at: int, group: str = "", code: str = "", **more: object) -> Line:
        """A report of a trade (any but water) by somebody in the compound."""
        if not group and not code:
            group = TRADES[self.given % len(TRADES)]
            self.given += 1
        fitting = [habit for habit in HABITS if (habit.code == code if code else habit.group == group)]
        month = self.world.today.month - 1
        fitting = [
            habit
            for habit in fitting
            if habit.code not in EMERGENCIES and SEASONS[habit.season][month] > OUT_OF_SEASON
        ]
        building = str(more.pop("building", ""))
        spot = None
        while spot is None:
            habit = self.chance.choice(fitting)
            spot = self.history.spot(habit, at, building)
        line = self.history.report(at, habit, spot, **more)  # type: ignore[arg-type]  # keywords of report
        self.book.busy[spot.id, habit.code] = self.world.now + 86_400
        return line

    def _queued(self, at: int) -> None:
        line = self._report(at, group="other")
        line.warn(self.world.now)
        line.close()

    def _water(self, holder: Somebody, at: int, *, accepted: bool = True, arrived: bool = True) -> None:
        line = self._report(at, group="water", holder=holder)
        self._work(line, accepted=accepted, arrived=accepted and arrived)
        line.warn(self.world.now)
        line.close()

    def _running(self, at: int, *, accepted: bool = True, arrived: bool = True) -> None:
        line = self._report(at)
        self._work(line, accepted=accepted, arrived=accepted and arrived)
        line.warn(self.world.now)
        line.close()

    def _work(self, line: Line, *, accepted: bool = True, arrived: bool = True) -> None:
        worker = line.open_job.assignee
        assert worker is not None
        if accepted:
            line.accept(self.later(line.at, self.chance.uniform(1, 6)), worker)
        if arrived:
            line.arrive(
                self.later(line.at, self.chance.uniform(9, 30)), worker, scanned=self.chance.random() < 0.85
            )

    def _waiting(self, at: int) -> None:
        line = self._report(at)
        worker = line.open_job.assignee
        assert worker is not None
        line.accept(self.later(at, 5), worker)
        line.ask_more(self.later(at, 15), worker, self.chance.choice(words.SUPPLEMENT))
        line.close()

    def _confirming(self, at: int) -> None:
        line = self._report(at)
        self._work(line)
        self._complete(line, self.later(at, self.chance.uniform(35, 85)))
        line.close()

    def _complete(self, line: Line, at: int) -> None:
        text = self.chance.choice(self.history.done[line.fault.group])
        line.finish(at, text, 30, self.history.parts.taken(line.fault, self.chance))

    def _reopened(self, at: int) -> None:
        line = self._report(at)
        self._work(line)
        self._complete(line, self.later(at, 70))
        line.reopen(self.later(at, 180), self.chance.choice(words.NOT_FIXED))
        self._work(line, arrived=False) if self.chance.random() < 0.5 else None
        line.warn(self.world.now)
        line.close()

    # -- the accounts ----------------------------------------------------------------------------------------------

    def _of_accounts(self) -> list[Plan]:
        ago = self.ago
        return [
            Plan(ago(48), self._on_the_way),
            Plan(ago(22), lambda at: self._workers(at, "water.flush", accepted=False)),
            Plan(ago(64), lambda at: self._workers(at, "water.drain")),
            Plan(ago(140), lambda at: self._of_staff(at, "air.control", state="confirming")),
            Plan(ago(400), lambda at: self._of_staff(at, "doors.lock", state="rating")),
            Plan(ago(95), lambda at: self._of_staff(at, "other.move", state="waiting")),
            Plan(ago(5200), lambda at: self._of_staff(at, "power.light", state="rated")),
            Plan(ago(14_000), lambda at: self._of_staff(at, "network.down", state="rated")),
            Plan(ago(30_000), lambda at: self._of_staff(at, "furniture.chair", state="rated")),
            Plan(ago(OUTAGE_AGO), self._outage),
        ]

    def _at_staffs(
        self, at: int, code: str, spot: Spot | None = None, holder: Somebody | None = None
    ) -> Line:
        """A report by the staff account, from their own room unless told otherwise."""
        staff = self.world.accounts["staff"]
        habit = self.history.habits[code]
        assert staff.room is not None
        spot = spot or staff.room
        line = self.history.report(at, habit, spot, who=with_address(staff), holder=holder)
        self.book.busy[spot.id, code] = self.world.now + 86_400
        return line

    def _on_the_way(self, at: int) -> None:
        """Staff's dripping tap on their own floor; the worker account is on the way."""
        staff, worker = self.world.accounts["staff"], self.world.accounts["worker"]
        assert staff.room is not None
        near = [spot for spot in self.world.spots
                if spot.kind == "toilet" and (spot.building, spot.floor) == (staff.room.building, staff.room.floor)]  # fmt: skip
        line = self._at_staffs(at, "water.tap", near[0], worker)
        line.accept(self.later(at, 6), worker)
        line.close()

    def _workers(self, at: int, code: str, *, accepted: bool = True) -> None:
        worker = self.world.accounts["worker"]
        line = self._report(at, code=code, holder=worker, building=self.tower)
        self._work(line, accepted=accepted, arrived=accepted)
        line.close()

    def _of_staff(self, at: int, code: str, *, state: str) -> None:
        line = self._at_staffs(at, code)
        if line.fault.group == "other":
            dispatcher = self.world.accounts["dispatcher"]
            self.history.send(line, self.later(at, 12), dispatcher)
        worker = line.open_job.assignee
        assert worker is not None
        line.accept(self.later(at, 18), worker)
        if state == "waiting":
            line.ask_more(self.later(at, 30), worker, "请补充要搬到哪一间，以及大致件数")
            line.close()
            return
        line.arrive(self.later(at, 32), worker, scanned=True)
        self._complete(line, self.later(at, 70))
        if state != "confirming":
            line.confirm(self.later(at, 110))
        if state == "rated":
            line.rate(self.later(at, 150), 5, ["来得快", "修得好"], "师傅很专业，问题一次解决")
        line.close()

    # -- the outage ------------------------------------------------------------------------------------------------

    def _outage(self, at: int) -> None:
        """Water is off in a tower; people report it and are taken in."""
        book, dispatcher = self.book, self.world.accounts["dispatcher"]
        fault = book.faults["water.none"]
        tower = self.outage_tower
        place = Spot(self.world.places[tower], tower, 0, "", tower, f"{tower}座", 0)
        title = words.INCIDENT.format(tower=tower, floors=12)
        line = Line(
            book, at, fault, place, with_address(dispatcher), words=title, holder=book.roster.leader("SNB"), incident=1
        )  # fmt: skip
        line.accept(at + 90, book.roster.leader("SNB"))
        upstairs = self.history.people_of(tower)
        for minute, person in enumerate(self.chance.sample(upstairs, k=min(7, len(upstairs))), start=4):
            line.join(at + minute * 97, with_address(person), "卫生间没水")
        line.arrive(at + 15 * MINUTE, book.roster.leader("SNB"), scanned=False)
        line.close()
        self.outage = line
        grant = book.grant(dispatcher, "dispatcher", line.section)
        book.trail.append(
            (at + 20, dispatcher.id, dispatcher.name, grant, None, "repairs.open_incident", "repairs.incident", 1,
             title, None, f'{{"place_id": {place.id}, "group": "water", "title": "{title}", "case_id": {line.id}}}')
        )  # fmt: skip
        for person in line.followers:
            book.tell(at + 1200, person, "repairs.incident", f"{title}，抢修中", line)

    def write(self) -> None:
        """The outage itself, once its case is stored; and a word for each account."""
        line = self.outage
        assert line is not None
        row = (
            1, line.spot.id, "water", line.words, moment(seconds_of(self.world.today, OUTAGE_UNTIL)), line.id,
            self.world.accounts["dispatcher"].id, moment(line.at + 20),
        )  # fmt: skip
        copy_in(Incident, ("id", "place", "group", "title", "until", "case", "opened_by", "opened_at"), [row])
        set_sequence(Incident)

    def greet(self) -> None:
        """One unread word of welcome to every account."""
        where = {"tower": self.tower, "outage": self.outage_tower}
        for username, person in self.world.accounts.items():
            text = GREETINGS[username].format(**where)
            self.book.world.greetings.append(
                (
                    self.world.now - 30,
                    person.id,
                    "portal.welcome",
                    "欢迎来到江城市民中心演示环境",
                    text,
                    "/",
                    "",
                    None,
                )
            )
