"""What doors put on the portal's pages: the entries of the rail, and permits of one's own that end soon."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext

from houqin.foundation.people.models import Person
from houqin.portal.shell import NAV, Entry
from houqin.portal.today import TODAY, TodayNote
from houqin.services.access import queries

#: Who holds a permit hears of its end so many days before.
DAYS = 14

NAV.add("access", Entry(gettext_lazy("通行码"), "access:mine", "scan", (), 36))
NAV.add(
    "access.board",
    Entry(gettext_lazy("门禁管理"), "access:board", "door", ("access.view", "access.manage"), 37),
)


def ending(person: Person | None) -> Iterator[TodayNote]:
    """One's own permit that ends first, within two weeks: one query."""
    if person is None:
        return
    ends = queries.ends_first(person, DAYS)
    if ends is None:
        return
    n = (timezone.localdate(ends) - timezone.localdate()).days
    said = ngettext("您的通行权限还有 %(n)d 天到期", "您的通行权限还有 %(n)d 天到期", n) % {"n": n}
    yield TodayNote(said, url=reverse("access:mine"))


TODAY.add("access", ending)
