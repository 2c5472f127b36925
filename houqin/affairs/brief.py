"""What the case engine adds to a manager's brief: what is late and warned of, over all services, and who has it."""

from urllib.parse import urlencode

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from houqin.affairs.models import Level, State, Task, TaskState
from houqin.affairs.warnings import queries
from houqin.affairs.warnings.declare import RULES
from houqin.foundation.brief.sources import SOURCES, Red, RedItem, Source
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person

#: The board's list of what is red; the portal stands above, so its address is written out.
LIST = f"/board/list?{urlencode({'colour': 'red'})}"
WARNINGS = f"/warnings?{urlencode({'level': 'red'})}"


def red(person: Person, most: int) -> Red | None:
    """Late tasks of the sections whose cases the person views or dispatches: two queries."""
    if not (scope.holds(person, "affairs.view") or scope.holds(person, "affairs.dispatch")):
        return None
    now = timezone.now()
    late = Task.objects.filter(
        _within(person), state=TaskState.OPEN, case__state=State.OPEN, paused_at__isnull=True, due_at__lt=now
    )
    worst = late.order_by("due_at", "pk").values_list(
        "case__title", "case__number", "assignee__name", "section__name", "due_at"
    )
    items = [
        RedItem(title, holder or section or "", now - (due_at or now), f"/cases/{number}")
        for title, number, holder, section, due_at in worst[:most]
    ]
    return Red(late.count(), items, LIST)


def red_warnings(person: Person, most: int) -> Red | None:
    """Red warnings that the person may see, the newest first, with who follows each: two queries."""
    if not queries.concerns(person):
        return None
    now = timezone.now()
    found = queries.visible(person).filter(
        resolved_at__isnull=True, level=Level.RED, rule__in=[rule.code for rule in RULES]
    )
    items = [
        RedItem(
            RULES[each.rule].words(each),
            str(each.acknowledged_by or each.organisation or gettext("全局")),
            now - (each.reddened_at or each.opened_at),
            each.get_absolute_url(),
        )
        for each in found.order_by("-reddened_at", "-id")[:most]
    ]
    return Red(found.count() if len(items) == most else len(items), items, WARNINGS)


def _within(person: Person) -> Q:
    """As the board does, so that the number here is the number there."""
    narrowing = {"place": "case__place__path", "service": "case__service"}
    found = Q(pk__in=[])
    for permission in ("affairs.view", "affairs.dispatch"):
        found |= scope.within(person, permission, organisation="section__path", **narrowing)
        queued = scope.within(person, permission, organisation="case__section__path", **narrowing)
        found |= Q(section__isnull=True) & queued
    return found


SOURCES.add("cases", Source(_("办件"), position=90, red=red, warnings=red_warnings))
