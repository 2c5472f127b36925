"""What the frame of every page shows: counts on the badges, the entries of the rail, language and type size.

Everything is lazy: a page pays only for what its templates use, a fragment for nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from django.db import connection
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from houqin.foundation import kept
from houqin.foundation.errors import Text
from houqin.foundation.people import scope
from houqin.foundation.people.installation import is_demo
from houqin.foundation.people.models import Person
from houqin.foundation.registry import Registry
from houqin.portal.drawn import drawn, filled
from houqin.portal.templatetags.look import CSRF

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


@dataclass(frozen=True)
class Line:
    """An entry as one reader sees it."""

    label: str
    url: str
    icon: str
    badge: int


@lru_cache(maxsize=128)
def _address(url_name: str) -> str:
    return reverse(url_name)


#: What the navigation always has: the first four for whoever signed in, the others for passers-by.
_MAIN_PAGES = ("portal:home", "portal:services", "portal:todo", "portal:mine", "portal:report", "portal:track", "people:sign_in")  # fmt: skip

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

    def ask(self) -> Standing:
        """Ask now for what the frame counts: the number that everything kept is compared with comes along in one statement."""
        return self.standing

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
    def person_unit(self) -> str:
        return str(self.person.organisation) if self.person else ""

    @property
    def demo(self) -> bool:
        return any(says() for says in DEMO)

    @cached_property
    def nav(self) -> tuple[Line, ...]:
        """Entries this person may use, in their order; none that leads nowhere yet."""
        if self.person is None:
            return ()
        self.ask()
        open_to = (e for e in _entries(scope.grants(self.person)) if e.shown is None or e.shown(self.person))
        return tuple(line for entry in open_to if (line := _line(entry, self.person)))

    @property
    def rail(self) -> SafeString:
        """The navigation, with the page that is open marked in it."""
        path, signed_in = self.request.path, self.person is not None
        known = path in _main_pages() or any(path == line.url for line in self.nav)
        here = path if known else ""
        piece = drawn("components/nav.html", signed_in=signed_in, here=here, entries=self.nav)
        return filled(piece, {"@todo@": drawn("components/todo_count.html", n=self.todo_count)})

    @property
    def topbar(self) -> SafeString:
        """Search, notices and one's own menu."""
        request, person = self.request, self.person
        piece = drawn(
            "components/topbar.html",
            signed_in=person is not None,
            large=self.large_type,
            entries=self.nav,
            at_door=request.path == _address("people:sign_in"),
        )
        places = {
            CSRF: get_token(request),
            "@here@": request.get_full_path(),
            "@searched@": request.GET.get("q", ""),
            "@name@": (person.name or person.username or "") if person else "",
            "@unit@": self.person_unit,
            "@unread@": drawn("notices/badge.html", unread=self.unread_count),
        }
        return filled(piece, places)


@cache
def _main_pages() -> frozenset[str]:
    return frozenset(reverse(name) for name in _MAIN_PAGES)


@lru_cache(maxsize=256)
def _entries(grants: tuple[scope.Grant, ...]) -> tuple[Entry, ...]:
    """The entries for whoever has these appointments, in their order; those that decide for themselves are among them."""
    held = frozenset[str]().union(*(grant.permissions for grant in grants))
    found = (e for e in NAV if e.shown is not None or not e.permissions or held.intersection(e.permissions))
    return tuple(sorted(found, key=lambda entry: entry.position))


def _line(entry: Entry, person: Person) -> Line | None:
    try:
        url = entry.url
    except NoReverseMatch:
        return None
    badge = entry.count(person) if entry.count else 0
    return Line(str(entry.label), url, entry.icon, badge)


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor: ``shell`` in every template; the same one throughout a request."""
    made: Shell | None = getattr(request, "_shell", None)
    if made is None:
        made = Shell(request)
        request._shell = made  # type: ignore[attr-defined]  # as Django does with _messages
    return {"shell": made}
