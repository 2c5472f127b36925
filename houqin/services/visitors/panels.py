"""What visitors put on the portal's pages: entries of the rail, and my visitors of today."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from houqin.foundation.people.models import Person
from houqin.portal.shell import NAV, Entry
from houqin.portal.today import TODAY, TodayNote
from houqin.services.visitors import queries

NAV.add("visitors", Entry(gettext_lazy("我的访客"), "visitors:mine", "people", (), 34))
NAV.add("visitors.gate", Entry(gettext_lazy("门岗"), "visitors:gate", "scan", ("visitors.gate",), 35))
NAV.add("visitors.trace", Entry(gettext_lazy("来访查询"), "visitors:trace", "search", ("visitors.view",), 35))


def coming(person: Person | None) -> Iterator[TodayNote]:
    """How many visitors somebody still has today: one query."""
    if person is None:
        return
    if n := queries.expected_today(person):
        said = ngettext("今天还有 %(n)d 位访客到访", "今天还有 %(n)d 位访客到访", n) % {"n": n}
        yield TodayNote(said, url=reverse("visitors:mine"), tone="")


TODAY.add("visitors", coming)
