"""Whom a host may receive without being asked, and how long before and after its time a visit is let in. Nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation import tree
from houqin.foundation.calendar import clock
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.foundation.places.models import Place
from houqin.services.visitors.models import HostingRule, Level, Rank

#: Who comes this much too early is let in; who stays this long after the end is not asked after yet.
EARLY, GRACE = timedelta(minutes=60), timedelta(minutes=15)
#: A visit lasts at most this long; who comes longer needs a permit of their own, or is a contractor's.
LONGEST = timedelta(days=14)
#: A visit is entered at most this far ahead.
HORIZON = timedelta(days=180)


def in_reason(moment: datetime) -> bool:
    """Whether a moment lies within what visits are reckoned in."""
    return 2000 <= moment.year <= 2100


@dataclass(frozen=True)
class _Asked:
    """What a host would receive: how many people, when."""

    start: datetime
    end: datetime
    people: int


def exceeds(host: Person, place: Place, from_at: datetime, until_at: datetime, people: int = 1) -> str:
    """Why ``host`` may not receive so without being asked, and who may; empty where a rule lets them. Three queries at most.

    The rules of the innermost place count. Where one of them would do but for the host's rank, it says who may; otherwise what is
    wrong with number, day or hour under a rule that the host comes under, or who may receive there at all.
    """
    around = tree.ids(place.path)
    here = Q(place=None) | Q(place__in=around)
    found = list(HostingRule.objects.filter(here, active=True).select_related("level").order_by("name", "pk"))
    if not found:
        return _("该区域没有设置接访规则")
    innermost = max(_depth(rule, around) for rule in found)
    found = [rule for rule in found if _depth(rule, around) == innermost]
    asked = _Asked(timezone.localtime(from_at), timezone.localtime(until_at), people)
    levels = list(Level.objects.order_by("position")) if any(rule.level_id for rule in found) else []
    covered = [rule for rule in found if _covers(rule, host, levels)]
    refusals = [_refusal(rule, asked) for rule in covered]
    if (3, "") in refusals:
        return ""
    others = [rule for rule in found if rule not in covered]
    if fitting := [rule.who for rule in others if not _refusal(rule, asked)[1]]:
        words = _("这个时间和人数须由%(who)s接待") if covered else _("该区域须由%(who)s接待")
        return words % {"who": _("或").join(dict.fromkeys(fitting))}
    if refusals:
        return max(refusals, key=lambda each: each[0])[1]
    return _("该区域须由%(who)s接待") % {"who": others[0].who}


def level_of(post: str, levels: Sequence[Level]) -> Level | None:
    """The level of a post by the longest of the words that stand in it: 三级主任科员 is no 主任."""
    fitting = [(len(word), level) for level in levels for word in level.words if word and word in post]
    return max(fitting, key=lambda each: each[0])[1] if fitting else None


def _depth(rule: HostingRule, around: list[int]) -> int:
    return around.index(rule.place_id) + 1 if rule.place_id else 0


def _covers(rule: HostingRule, host: Person, levels: Sequence[Level]) -> bool:
    """Whether the host is of those whom a rule lets receive."""
    if rule.rank == Rank.HEAD and not any(grant.head for grant in scope.grants(host)):
        return False
    if rule.level is None:
        return True
    own = level_of(host.post, levels)
    return own is not None and own.position <= rule.level.position


def _refusal(rule: HostingRule, asked: _Asked) -> tuple[int, str]:
    """What is wrong with day, hour or number, and how far it went: 3 and nothing for what the rule allows."""
    start, end = asked.start, asked.end
    calendar = clock.load()
    days = (start.date() + timedelta(days=n) for n in range((end.date() - start.date()).days + 1))
    if rule.workdays_only and not all(calendar.is_workday(day) for day in days):
        return 0, _("非工作日来访")
    if start.time() < rule.from_time or end.time() > rule.until_time or start.date() != end.date():
        named = {"from": f"{rule.from_time:%H:%M}", "until": f"{rule.until_time:%H:%M}"}
        return 1, _("超出接访时间 %(from)s–%(until)s") % named
    if asked.people > rule.most_people:
        return 2, _("来访人数超过 %(most)d 人") % {"most": rule.most_people}
    return 3, ""
