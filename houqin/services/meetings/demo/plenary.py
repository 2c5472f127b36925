"""The plenary of the coming Thursday: the largest hall and fifteen branch venues, posts, vehicles, a check-list, a run sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from houqin.foundation.demo import Spot, World, moment, seconds_of
from houqin.services.meetings.models import BigEvent, EventVehicle, Post, PostDuty, Rehearsal, RunStep

BRANCHES = 15
POSTS = (
    ("南门验证", "南门岗", "查验参会证，引导代表车辆"), ("签到台", "裙楼 3层 序厅", "签到、发放材料"),
    ("主会场内场", "迎宾厅", "引座、茶水、话筒传递"), ("车辆调度", "P4 地面停车场", "大巴停放与编队"), ("应急保障", "音控室", "备用电源与音响"),
)  # fmt: skip
RUN_SHEET = (
    (-30, 20, "代表签到入场", "签到台"), (-10, 10, "清点人数，提示静音", "会务组"), (0, 5, "宣布开会，奏唱国歌", "主持人"),
    (5, 60, "作工作报告", "市委主要负责人"), (65, 15, "休息", ""), (80, 40, "分会场讨论", "各召集人"), (120, 20, "表决", "主持人"),
    (140, 10, "宣布闭会", "主持人"),
)  # fmt: skip
REHEARSAL = (
    "主会场音响和话筒逐一试音",
    "15 个分会场视频信号联调",
    "投票器逐台测试",
    "消防通道和应急照明检查",
    "大巴停放路线走一遍",
)
HOUR, LASTS = 9.0, 2.5
DELEGATES, IN_BRANCHES, VEHICLES = 400, 60, 8
#: So many lines of the check-list are done, where the demo's day is near.
CHECKED = 2

Taken = dict[int, dict[date, list[tuple[float, float]]]]


def plenary(
    world: World, spots: list[Spot], taken: Taken, row: Callable[..., tuple[Any, ...]]
) -> Iterator[tuple[Any, ...]]:
    """The event with all that belongs to it; yields its venues as rows of meetings."""
    halls = sorted((spot for spot in spots if spot.building == "G"), key=lambda spot: -spot.capacity)
    clerk = world.accounts.get("clerk")
    if not halls or clerk is None:
        return
    day = world.today + timedelta(days=(3 - world.today.weekday() - 1) % 7 + 1)
    event = BigEvent.objects.create(
        title="江城市委全会（扩大）会议", starts_at=moment(seconds_of(day, HOUR)), ends_at=moment(seconds_of(day, HOUR + LASTS)),
        organiser_id=clerk.id, section_id=clerk.section, note="主会场 400 人，设 15 个分会场，8:30 前就座。",
    )  # fmt: skip
    _posts(world, event, day)
    _run_sheet(event, day)
    _rehearsal(world, event, day)
    _vehicles(world, event, day)
    for place, hall in enumerate(halls[: BRANCHES + 1]):
        taken.setdefault(hall.id, {}).setdefault(day, []).append((HOUR, HOUR + LASTS))
        title = f"{event.title}（{'主会场' if place == 0 else '分会场'}）"
        made = row(hall, clerk, day, HOUR, LASTS, title, DELEGATES if place == 0 else IN_BRANCHES)
        yield (*made[:2], False, *made[3:-2], event.pk, place == 0)


def _posts(world: World, event: BigEvent, day: date) -> None:
    crew = world.crews.get("MGB", [])
    begins, ends = moment(seconds_of(day, HOUR - 1)), moment(seconds_of(day, HOUR + LASTS + 0.5))
    for number, (name, where, task) in enumerate(POSTS):
        post = Post.objects.create(event=event, name=name, where=where, task=task, needed=2)
        PostDuty.objects.bulk_create(
            PostDuty(post=post, person_id=person.id, starts_at=begins, ends_at=ends)
            for person in crew[number * 2 : number * 2 + 2]
        )


def _run_sheet(event: BigEvent, day: date) -> None:
    RunStep.objects.bulk_create(
        RunStep(
            event=event, starts_at=moment(seconds_of(day, HOUR + minute / 60)), minutes=length, what=what, who=who,
            where="主会场",
        )
        for minute, length, what, who in RUN_SHEET
    )  # fmt: skip


def _rehearsal(world: World, event: BigEvent, day: date) -> None:
    clerk = world.accounts["clerk"]
    for number, text in enumerate(REHEARSAL):
        done = number < CHECKED
        Rehearsal.objects.create(
            event=event, text=text, due_at=moment(seconds_of(day, 8)), done_by_id=clerk.id if done else None,
            done_at=moment(world.now - 3600 * (CHECKED - number)) if done else None,
        )  # fmt: skip


def _vehicles(world: World, event: BigEvent, day: date) -> None:
    chance = world.chance("meetings/vehicles")
    arrives, leaves = moment(seconds_of(day, 8.25)), moment(seconds_of(day, HOUR + LASTS + 0.25))
    EventVehicle.objects.bulk_create(
        EventVehicle(
            event=event, plate=f"浙A{chance.randrange(10_000, 99_999)}", unit=f"第{number + 1}代表团", seats=45,
            arrives_at=arrives, leaves_at=leaves, where="P4 地面停车场",
        )
        for number in range(VEHICLES)
    )  # fmt: skip
