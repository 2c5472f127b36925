"""What people have chosen, filled up with the administrator's defaults and, where those are silent, the house's own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from houqin.foundation.calendar import clock
from houqin.foundation.channels.models import Group, Pace, Preference, QuietHours

#: Daily bundles go out at this hour of a workday.
DAILY_AT = time(17, 0)


@dataclass(frozen=True)
class Choice:
    """By which channels somebody hears of a group, and how often."""

    channels: tuple[str, ...]
    pace: str = Pace.AT_ONCE


@dataclass(frozen=True)
class Quiet:
    """Hours without messages, local time; none where both are empty."""

    starts: time | None
    ends: time | None

    def until(self, at: datetime) -> datetime:
        """The end of the quiet hours that ``at`` lies in; ``at`` itself outside of them."""
        if self.starts is None or self.ends is None:
            return at
        local = timezone.localtime(at)
        now, over_midnight = local.time(), self.starts > self.ends
        quiet = (now >= self.starts or now < self.ends) if over_midnight else self.starts <= now < self.ends
        if not quiet:
            return at
        day = local.date() + timedelta(days=1 if over_midnight and now >= self.starts else 0)
        return timezone.make_aware(datetime.combine(day, self.ends))


#: Until an administrator decides otherwise. Texts cost money: only warnings go by them.
HOUSE: dict[str, Choice] = {
    Group.TODO: Choice(("dingtalk",)),
    Group.PROGRESS: Choice(("dingtalk", "wechat")),
    Group.WARNING: Choice(("dingtalk", "sms")),
    Group.BRIEF: Choice(("dingtalk", "email")),
    Group.OTHER: Choice(()),
}
HOUSE_QUIET = Quiet(time(21, 0), time(7, 30))


@dataclass(frozen=True)
class Choices:
    """Everything one person has chosen; whatever they left open is the default."""

    by_group: dict[str, Choice]
    quiet: Quiet
    #: Groups, and "quiet", that the person decided themself.
    own: frozenset[str] = frozenset()


def defaults() -> Choices:
    """What holds for whoever has chosen nothing: two queries."""
    return choices_of([None])[None]


def choices_of(people: Collection[int | None]) -> dict[int | None, Choices]:
    """The choices of those people (ids; None: the defaults): two queries whatever their number."""
    wanted = {*people, None}
    own: dict[int | None, dict[str, Choice]] = {pk: {} for pk in wanted}
    quiet: dict[int | None, Quiet] = {}
    for row in Preference.objects.filter(_of(wanted)):
        own[row.person_id][row.group] = Choice(tuple(row.channels), row.pace)
    for hours in QuietHours.objects.filter(_of(wanted)):
        quiet[hours.person_id] = Quiet(hours.starts, hours.ends)
    base, base_quiet = {**HOUSE, **own[None]}, quiet.get(None, HOUSE_QUIET)
    return {
        pk: Choices(
            {**base, **own[pk]},
            quiet.get(pk, base_quiet),
            frozenset(own[pk]) | ({"quiet"} if pk in quiet else set()),
        )
        for pk in wanted
    }


def bundled_at(pace: str, now: datetime) -> datetime | None:
    """When the bundle that a notice of ``now`` belongs to goes out; nothing for single ones."""
    local = timezone.localtime(now)
    if pace == Pace.HOURLY:
        return local.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    if pace == Pace.DAILY:
        calendar, day = clock.load(), local.date()
        for _ in range(60):
            at = timezone.make_aware(datetime.combine(day, DAILY_AT))
            if at > now and calendar.is_workday(day):
                return at
            day += timedelta(days=1)
        return timezone.make_aware(datetime.combine(day, DAILY_AT))
    return None


def _of(wanted: Collection[int | None]) -> Q:
    return Q(person__isnull=True) | Q(person__in=[pk for pk in wanted if pk is not None])
