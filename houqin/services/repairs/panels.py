"""What repairs puts on the portal's pages: entries of the rail, and the outages of today."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from houqin.foundation.people.models import Person
from houqin.portal.shell import NAV, Entry
from houqin.portal.today import TODAY, TodayNote
from houqin.services.repairs import queries

NAV.add("repairs.orders", Entry(gettext_lazy("报修台账"), "repairs:orders", "wrench", ("repairs.view",), 50))
NAV.add(
    "repairs.insights", Entry(gettext_lazy("报修分析"), "repairs:insights", "chart", ("repairs.insight",), 51)
)
NAV.add(
    "repairs.incidents",
    Entry(pgettext_lazy("plural", "区域事件"), "repairs:incidents", "water", ("repairs.incidents",), 52),
)
NAV.add("repairs.stock", Entry(gettext_lazy("维修物料"), "repairs:stock", "box", ("repairs.stock",), 53))


def outages(person: Person | None) -> Iterator[TodayNote]:
    """Open outages: one query."""
    for incident in queries.open_now():
        until = timezone.localtime(incident.until)
        yield TodayNote(
            incident.title,
            why=_("%(place)s，预计 %(until)s 恢复，无需重复报修。")
            % {"place": incident.place, "until": f"{until:%m-%d %H:%M}"},
        )


TODAY.add("repairs", outages)
