"""What meetings put on the portal's pages: the entry of the rail, and one's own meetings of today."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from houqin.foundation.people.models import Person
from houqin.portal.shell import NAV, Entry
from houqin.portal.today import TODAY, TodayNote
from houqin.services.meetings import queries

NAV.add("meetings", Entry(pgettext_lazy("plural", "会议室"), "meetings:grid", "calendar", (), 35))
NAV.add(
    "meetings.rooms", Entry(gettext_lazy("管理会议室"), "meetings:rooms", "gear", ("meetings.rooms",), 36)
)
NAV.add(
    "meetings.events",
    Entry(pgettext_lazy("plural", "大型活动"), "meetings:events", "people", ("meetings.serve",), 37),
)
NAV.add(
    "meetings.figures",
    Entry(gettext_lazy("会议室分析"), "meetings:figures", "chart", ("meetings.insight",), 38),
)


def of_today(person: Person | None) -> Iterator[TodayNote]:
    """The meetings somebody has today and still to come: one query."""
    if person is None:
        return
    for pk, title, starts_at, room in queries.own_meetings_today(person):
        begins = timezone.localtime(starts_at)
        yield TodayNote(
            _("%(when)s %(title)s") % {"when": f"{begins:%H:%M}", "title": title},
            why=room,
            url=reverse("meetings:meeting", args=[pk]),
            tone="",
        )


TODAY.add("meetings", of_today)
