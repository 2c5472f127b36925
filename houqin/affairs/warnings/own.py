"""The platform's own rules about work: cases that are late, duty that nobody has, a calendar year that is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from houqin.affairs.declare import ITEMS
from houqin.affairs.models import Case, Level, Route, State, Warning
from houqin.affairs.warnings.declare import Breach, Rule, Thresholds, announce
from houqin.foundation.calendar import clock
from houqin.foundation.calendar.queries import missing_years
from houqin.foundation.people import roster
from houqin.foundation.people.models import DutyShift, Organisation

WEEK = timedelta(days=7)


def _overdue(thresholds: Thresholds) -> Iterator[Breach]:
    """Sections by how many of their open cases are past what was promised. One query."""
    late = (
        Case.objects.filter(state=State.OPEN, due_at__lte=timezone.now())
        .values("section_id", "section__name")
        .annotate(n=Count("id"))
        .order_by("section_id")
    )
    for row in late:
        section = row["section_id"]
        yield Breach(
            f"section:{section}",
            row["section__name"],
            row["n"],
            section,
            f"/board?section={section}&colour=red",
        )


def _overdue_words(warning: Warning) -> str:
    n = int(warning.value)
    words = ngettext(
        "%(name)s有 %(n)d 件超过承诺时限还没有办结", "%(name)s有 %(n)d 件超过承诺时限还没有办结", n
    )
    return words % {"name": warning.name, "n": n}


announce(
    Rule(
        code="affairs.overdue",
        name=gettext_lazy("科室超时办件"),
        about=gettext_lazy("一个科室有多少件在办的件超过了承诺时限。"),
        find=_overdue,
        words=_overdue_words,
        permission="affairs.dispatch",
        seen_by=("affairs.view",),
        amber=5,
        red=20,
        unit=pgettext_lazy("unit", "件"),
    )
)


def _gaps(thresholds: Thresholds) -> Iterator[Breach]:
    """Sections with a duty route and hours of the next week that nobody covers. Two queries whatever the shifts."""
    now = timezone.now()
    sections = {each.pk: each for each in _duty_sections()}
    shifts: dict[int, list[DutyShift]] = defaultdict(list)
    around = DutyShift.objects.filter(section__in=sections, starts_at__lt=now + WEEK, ends_at__gt=now - WEEK)
    for shift in around.select_related("person", "substitute").order_by("starts_at", "id"):
        shifts[shift.section_id].append(shift)
    working = clock.load().working_minutes(now, now + timedelta(minutes=1)) > 0
    for pk, section in sections.items():
        found = _gap(section, shifts[pk], now, working)
        if found:
            yield found


def _duty_sections() -> list[Organisation]:
    codes = [item.code for item in ITEMS if any(step.who == "duty" for step in item.flow)]
    routes = Route.objects.filter(item_code__in=codes)
    return list(Organisation.objects.filter(pk__in=routes.values("section_id"), ended_on__isnull=True))


def _gap(section: Organisation, shifts: list[DutyShift], now: datetime, working: bool) -> Breach | None:
    """What is amiss in one section: nobody at this moment of working time or not at all (red), or hours to come."""
    coming = [shift for shift in shifts if shift.ends_at > now]
    before = [shift for shift in shifts if shift.starts_at < now]
    here = any(roster.covers(shift, now) for shift in coming)
    spans = roster.gaps(coming, before, start=now, end=now + WEEK)
    hours = sum((end - start for start, end in spans), timedelta()) / timedelta(hours=1)
    absent = working and not here
    if not absent and coming and not hours:
        return None
    return Breach(
        f"section:{section.pk}",
        section.name,
        round(hours, 1),
        section.pk,
        f"{reverse('people:duty')}?section={section.pk}",
        level=Level.RED if absent or not coming else None,
        data={"now": absent, "none": not coming, "from": spans[0][0].isoformat() if spans else ""},
    )


def _gap_words(warning: Warning) -> str:
    if warning.data.get("none"):
        return _("%(name)s今后 7 天没有排班") % {"name": warning.name}
    if warning.data.get("now"):
        return _("%(name)s现在是工作时间，没有人值班") % {"name": warning.name}
    since = timezone.localtime(datetime.fromisoformat(warning.data["from"]))
    return _("%(name)s今后 7 天有 %(hours)s 小时无人值班，最早从 %(since)s 起") % {
        "name": warning.name,
        "hours": warning.measured,
        "since": f"{since:%m-%d %H:%M}",
    }


announce(
    Rule(
        code="affairs.duty_gap",
        name=gettext_lazy("值班空缺"),
        about=gettext_lazy(
            "按值班派单的科室，今后 7 天有多少小时应有人而无人值班。工作时间此刻无人或全周未排，直接为红色。"
        ),
        find=_gaps,
        words=_gap_words,
        permission="duty.manage",
        seen_by=("affairs.view",),
        amber=1,
        red=24,
        unit=pgettext_lazy("unit", "小时"),
    )
)


def _years(thresholds: Thresholds) -> Iterator[Breach]:
    """Years that limits are computed in, now or soon, and whose official notice is not entered. No query while kept."""
    today = timezone.localdate()
    for year in missing_years(today):
        days = max(0, (today.replace(year=year, month=1, day=1) - today).days)
        yield Breach(f"year:{year}", str(year), days, url=reverse("calendar:notice", args=[year]))


def _year_words(warning: Warning) -> str:
    return _("%(year)s 年的放假通知尚未录入，办理时限可能算错") % {"year": warning.name}


announce(
    Rule(
        code="calendar.year_missing",
        name=gettext_lazy("缺少放假通知"),
        about=gettext_lazy(
            "离一年开始还有多少天，而它的放假通知尚未录入；在此之前只按周末和日期固定的节日推算。"
        ),
        find=_years,
        words=_year_words,
        permission="calendar.manage",
        amber=92,
        red=31,
        unit=pgettext_lazy("unit", "天"),
        falling=True,
        minutes=15,
    )
)
