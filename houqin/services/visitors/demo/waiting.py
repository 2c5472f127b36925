"""Visits that wait for somebody: a host's big group and an evening, people who asked by phone, somebody at the gate."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone

from houqin.affairs import actions as affairs
from houqin.foundation.calendar import clock
from houqin.foundation.demo import World
from houqin.foundation.people.models import Person
from houqin.foundation.trail.actors import Outsider
from houqin.services.visitors import actions

#: When somebody may stand at the gate without an invitation.
OPEN_HOURS = range(8, 18)
#: Name, phone, from where, what for: by phone without an account; at the gate.
ASKING = (
    ("盛海燕", "13900081001", "滨江数据科技", "项目验收资料签字"),
    ("闻立新", "13900081002", "", "咨询专项资金申报"),
)
AT_THE_GATE = (
    ("邵建平", "13900082001", "大成工程咨询", "送审计报告", 0),
    ("柯文斌", "13900082002", "江城晚报", "采访预算公开", 1),
)


def ask(world: World) -> None:
    """For the accounts of the demo, where it has them and rooms for them; told by the clock on the wall."""
    people = Person.objects.select_related("organisation", "usual_place")
    staff, guard = (people.filter(username=name).first() for name in ("staff", "guard"))
    if staff is None or guard is None or staff.usual_place is None:
        return
    now = timezone.localtime()
    # Only of this very day: the compound of another day is told the same each time.
    if now.date() != world.today or int(now.timestamp()) <= world.now:
        return
    day = _workday_after(now)
    for hour, purpose, companions in ((10, "财政干部业务交流", 14), (19, "加班对账", 0)):
        start = timezone.make_aware(datetime.combine(day, time(hour)))
        actions.invite(
            staff, host=staff, name="金素芬", phone=f"1390008000{hour % 10}", from_at=start, until_at=start + timedelta(hours=2),
            place=staff.usual_place, purpose=purpose, organisation="临江县财政局", companions=companions,
        )  # fmt: skip
    _ask_by_phone(staff, day)
    if now.hour in OPEN_HOURS:
        for name, phone, organisation, purpose, companions in AT_THE_GATE:
            data = {
                "host": str(staff.pk), "name": name, "phone": phone, "organisation": organisation, "kind": "business",
                "purpose": purpose, "companions": companions, "minutes": "240", "gate": "院区南门",
            }  # fmt: skip
            actions.register_walk_in(guard, data=data)


def _ask_by_phone(host: Person, day: datetime) -> None:
    for number, (name, phone, organisation, purpose) in enumerate(ASKING):
        start = timezone.make_aware(datetime.combine(day, time(14 + number)))
        data = {
            "name": name, "organisation": organisation, "host_name": host.name, "host_tail": host.phone.clear[-4:],
            "kind": "service", "purpose": purpose, "from_at": start, "until_at": start + timedelta(hours=1),
        }  # fmt: skip
        affairs.submit(Outsider(name, phone), item="visitors.request", data=data, channel="guest")


def _workday_after(now: datetime) -> datetime:
    calendar, day = clock.load(), now + timedelta(days=1)
    while not calendar.is_workday(day.date()):
        day += timedelta(days=1)
    return day
