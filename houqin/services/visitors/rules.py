"""Whom a host may receive without being asked, and how long before and after its time a visit is let in. Nothing here writes."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation import tree
from houqin.foundation.calendar import clock
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.foundation.places.models import Place
from houqin.services.visitors.models import HostingRule, Rank

#: Who comes this much too early is let in; who stays this long after the end is not asked after yet.
EARLY, GRACE = timedelta(minutes=60), timedelta(minutes=15)
#: A visit lasts at most this long; who comes longer needs a permit of their own, or is a contractor's.
LONGEST = timedelta(days=14)
#: A visit is entered at most this far ahead.
HORIZON = timedelta(days=180)


def in_reason(moment: datetime) -> bool:
    """Whether a moment lies within what visits are reckoned in."""
    return 2000 <= moment.year <= 2100


def exceeds(host: Person, place: Place, from_at: datetime, until_at: datetime, people: int = 1) -> str:
    """Why ``host`` may not receive so without being asked; empty where a rule lets them. Two queries at most.

    The rules of the innermost place count. Of several refusals the one that says most is told: rank, number, day, hour.
    """
    around = tree.ids(place.path)
    found = list(
        HostingRule.objects.filter(Q(place=None) | Q(place__in=around), active=True).order_by("name", "pk")
    )
    if not found:
        return _("该区域没有设置接访规则")
    innermost = max(_depth(rule, around) for rule in found)
    refusals = [
        _refusal(rule, host, from_at, until_at, people) for rule in found if _depth(rule, around) == innermost
    ]
    return "" if "" in refusals else refusals[0]


def _depth(rule: HostingRule, around: list[int]) -> int:
    return around.index(rule.place_id) + 1 if rule.place_id else 0


def _refusal(rule: HostingRule, host: Person, from_at: datetime, until_at: datetime, people: int) -> str:
    start, end = timezone.localtime(from_at), timezone.localtime(until_at)
    if rule.rank == Rank.HEAD and not any(grant.head for grant in scope.grants(host)):
        return _("该区域须由处室负责人接待")
    if people > rule.most_people:
        return _("来访人数超过 %(most)d 人") % {"most": rule.most_people}
    calendar = clock.load()
    days = (start.date() + timedelta(days=n) for n in range((end.date() - start.date()).days + 1))
    if rule.workdays_only and not all(calendar.is_workday(day) for day in days):
        return _("非工作日来访")
    if start.time() < rule.from_time or end.time() > rule.until_time or start.date() != end.date():
        return _("超出接访时间 %(from)s–%(until)s") % {
            "from": f"{rule.from_time:%H:%M}",
            "until": f"{rule.until_time:%H:%M}",
        }
    return ""
