"""What the frame of every page shows: counts on the badges, the entries of the rail, language and type size.

Everything is lazy: a page pays only for what its templates use, a fragment for nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from houqin.foundation import kept
from houqin.foundation.errors import Text
from houqin.foundation.people import scope
from houqin.foundation.people.installation import is_demo
from houqin.foundation.people.models import Person
from houqin.foundation.registry import Registry

LARGE_TYPE_COOKIE = "houqin_type"


@dataclass(frozen=True)
class Entry:
    """An entry of the rail for whoever holds one of ``permissions`` (none: for everybody who signed in).

    ``shown`` decides instead where that is not enough; ``count`` is the number beside it, and must cost next to nothing.
    """

    label: Text
    url_name: str
    icon: str = "list"
    permissions: tuple[str, ...] = ()
    position: int = 100
    shown: Callable[[Person], bool] | None = None
    count: Callable[[Person], int] | None = None

    @property
    def url(self) -> str:
        return _address(self.url_name)


@lru_cache(maxsize=128)
def _address(url_name: str) -> str:
    return reverse(url_name)


#: Entries of the rail beside 首页, 服务, 待办 and 我的. The portal and services announce them.
NAV: Registry[Entry] = Registry("entry of the rail")
NAV.add("board", Entry(_("派单看板"), "portal:board", "board", ("affairs.dispatch", "affairs.view"), 10))
NAV.add("intake", Entry(_("电话登记"), "portal:intake", "phone", ("affairs.intake",), 20))
NAV.add("duty", Entry(_("值班"), "people:duty", "calendar", ("duty.manage", "affairs.handle"), 30))
NAV.add("quality", Entry(_("质量回访"), "portal:quality", "star", ("affairs.quality",), 40))
NAV.add("integrity", Entry(_("廉政档案"), "people:integrity", "star", ("people.integrity",), 45))
NAV.add("settings", Entry(_("事项设置"), "portal:settings_items", "gear", ("affairs.manage",), 80))
NAV.add("places", Entry(pgettext_lazy("plural", "场所"), "places:tree", "place", ("places.manage",), 60))
NAV.add("brief", Entry(_("每日简报"), "brief:today", "chart", ("brief.read",), 5))
NAV.add("channels", Entry(_("通知渠道"), "channels:overview", "mail", ("channels.manage",), 75))
NAV.add("calendar", Entry(_("工作日历"), "calendar:this_year", "clock", ("calendar.manage",), 70))
NAV.add("trail", Entry(_("操作留痕"), "portal:trail", "lock", ("trail.view",), 85))
NAV.add("retention", Entry(_("保存期限"), "retention:kinds", "clock", ("retention.manage",), 85))
NAV.add("backoffice", Entry(_("管理后台"), "admin:index", "box", ("backoffice.enter",), 90))

#: Answers whether this is the demo compound.
DEMO: list[Callable[[], bool]] = [is_demo]

# One round trip for everything the frame counts. Plain SQL because every page pays for it: the same through the ORM
# costs more to put together than to run.
_STANDING = """
SELECT
  (SELECT count(*) FROM affairs_task t JOIN affairs_case c ON c.id = t.case_id
    WHERE t.state = 'open' AND c.state = 'open' AND (t.assignee_id = %(me)s OR t.assignee_id IN (
      SELECT person_id FROM affairs_delegation
      WHERE delegate_id = %(me)s AND starts_at <= %(now)s AND ends_at > %(now)s))),
  (SELECT count(*) FROM notices_notice WHERE person_id = %(me)s AND read_at IS NULL AND delivered_at IS NOT NULL),
  ARRAY(SELECT item_code FROM affairs_favourite WHERE person_id = %(me)s ORDER BY position, id),
  (SELECT number FROM kept_version)
"""


@dataclass(frozen=True)
class Standing:
    """How things stand for one person."""

    todo_count: int = 0
    unread_count: int = 0
    favourites: tuple[str, ...] = ()


class Shell:
    """The frame of one request; templates know it as ``shell``."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def person(self) -> Person | None:
        user = getattr(self.request, "user", None)
        return user if isinstance(user, Person) else None

    @cached_property
    def standing(self) -> Standing:
        if self.person is None:
            return Standing()
        with connection.cursor() as cursor:
            cursor.execute(_STANDING, {"me": self.person.pk, "now": timezone.now()})
            todo, unread, favourites, number = cursor.fetchone()
        kept.note(number)
        return Standing(todo, unread, tuple(favourites))

    @property
    def todo_count(self) -> int:
        return self.standing.todo_count

    @property
    def unread_count(self) -> int:
        return self.standing.unread_count

    @property
    def large_type(self) -> bool:
        if self.person is not None:
            return self.person.large_type
        return self.request.COOKIES.get(LARGE_TYPE_COOKIE) == "large"

    @property
    def organisation(self) -> str:
        return ""

    @property
    def person_unit(self) -> str:
        return str(self.person.organisation) if self.person else ""

    @property
    def demo(self) -> bool:
        return any(says() for says in DEMO)

    @cached_property
    def nav(self) -> list[dict[str, Any]]:
        """Entries this person may use, in their order; none that leads nowhere yet."""
        if self.person is None:
            return []
        entries = sorted(NAV, key=lambda entry: entry.position)
        return [drawn for entry in entries if self._holds(entry) if (drawn := _drawn(entry, self.person))]

    def _holds(self, entry: Entry) -> bool:
        assert self.person is not None
        if entry.shown is not None:
            return entry.shown(self.person)
        return not entry.permissions or any(scope.holds(self.person, each) for each in entry.permissions)


def _drawn(entry: Entry, person: Person) -> dict[str, Any] | None:
    try:
        url = entry.url
    except NoReverseMatch:
        return None
    badge = entry.count(person) if entry.count else 0
    return {"label": entry.label, "url": url, "icon": entry.icon, "badge": badge}


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor: ``shell`` in every template; the same one throughout a request."""
    made: Shell | None = getattr(request, "_shell", None)
    if made is None:
        made = Shell(request)
        request._shell = made  # type: ignore[attr-defined]  # as Django does with _messages
    return {"shell": made}
