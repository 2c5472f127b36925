"""The brief of one person, and who gets one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from houqin.foundation.brief.models import Slot
from houqin.foundation.brief.sources import SOURCES, Figure, Period, Red, RedItem
from houqin.foundation.calendar import clock
from houqin.foundation.errors import Text
from houqin.foundation.people.models import Appointment, Person

RIGHT = "brief.read"
#: When each goes out, and how long after that a missed one is still worth sending.
AT: dict[str, time] = {Slot.MORNING: time(8, 0), Slot.EVENING: time(17, 30)}
LATE_BY = timedelta(hours=3)
#: From here on the page tells of today instead of the last workday.
NOON = time(12, 0)
RED_SHOWN = 10


@dataclass(frozen=True)
class Brief:
    """Figures by service, and what is red over all of them."""

    slot: str
    period: Period
    parts: Sequence[tuple[Text, Sequence[Figure]]]
    red_count: int
    red: Sequence[RedItem]
    red_url: str
    warnings: Red

    @property
    def empty(self) -> bool:
        """Whether nothing lies within the person's scope."""
        return not self.parts and not self.red_url and not self.warnings.url


def slot_at(now: datetime) -> str:
    """Which of the two a page shows at ``now``."""
    return Slot.MORNING if timezone.localtime(now).time() < NOON else Slot.EVENING


def slot_due(now: datetime) -> str:
    """Which brief should have gone out by ``now`` and is not stale yet; empty for none, and on days not worked."""
    local = timezone.localtime(now)
    if not clock.load().is_workday(local.date()):
        return ""
    for slot, at in AT.items():
        begins = timezone.make_aware(datetime.combine(local.date(), at))
        if begins <= now < begins + LATE_BY:
            return slot
    return ""


def period_of(slot: str, today: date) -> Period:
    """In the morning the last workday and what lies between, in the evening today."""
    if slot == Slot.EVENING:
        return Period(today, today)
    calendar, day = clock.load(), today - timedelta(days=1)
    for _ in range(30):
        if calendar.is_workday(day):
            break
        day -= timedelta(days=1)
    return Period(day, today - timedelta(days=1))


def brief_of(person: Person, *, slot: str, today: date) -> Brief:
    """What ``person`` should know now, within their scope."""
    period, count, red_url = period_of(slot, today), 0, ""
    parts: list[tuple[Text, Sequence[Figure]]] = []
    red: list[RedItem] = []
    warned = Red(0, (), "")
    for source in sorted(SOURCES, key=lambda each: each.position):
        figures = source.figures(person, period) if source.figures else ()
        if figures:
            parts.append((source.name, figures))
        late = source.red(person, RED_SHOWN) if source.red else None
        if late is not None:
            count += late.count
            red += late.items
            red_url = red_url or late.url
        warned = (source.warnings(person, RED_SHOWN) if source.warnings else None) or warned
    red.sort(key=lambda item: item.late, reverse=True)
    return Brief(slot, period, parts, count, red[:RED_SHOWN], red_url, warned)


def receivers() -> QuerySet[Person]:
    """Whoever holds the right today."""
    appointments = Appointment.objects.current().filter(role__permissions__contains=[RIGHT])
    return Person.objects.active().filter(pk__in=appointments.values("person")).order_by("pk")
