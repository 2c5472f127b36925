"""Repairs in a manager's brief: reported, mended, late; each number opens its list in the ledger."""

from collections.abc import Sequence
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from houqin.foundation.brief.sources import SOURCES, Figure, Period, Source
from houqin.foundation.errors import Text
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.services.repairs.queries import Filters, orders_of
from houqin.services.repairs.queries.orders import LONGEST_DAYS


def figures(person: Person, period: Period) -> Sequence[Figure]:
    """Three queries; nothing for whoever sees no orders."""
    if not scope.holds(person, "repairs.view"):
        return ()
    reported = Filters(since=period.since, until=period.until)
    mended = Filters(since=period.since, until=period.until, flag="finished")
    late = Filters.of(
        {
            "since": (period.until - timedelta(days=LONGEST_DAYS)).isoformat(),
            "until": timezone.localdate().isoformat(),
            "flag": "late",
        }
    )
    return (
        _figure(person, _("新报"), reported),
        _figure(person, pgettext_lazy("figure", "其中已修好"), mended, "done"),
        _figure(person, pgettext_lazy("figure", "超时未修好"), late, "red"),
    )


def _figure(person: Person, name: Text, filters: Filters, tone: str = "") -> Figure:
    count = orders_of(person).filter(filters.condition()).count()
    return Figure(name, count, f"{reverse('repairs:orders')}?{filters.query()}", tone if count else "")


SOURCES.add("repairs", Source(_("报修"), position=10, figures=figures))
