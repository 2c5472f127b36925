"""What the portal's own pages read beyond the engine's queries."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from houqin.affairs import offers
from houqin.affairs import queries as affairs
from houqin.affairs.declare import Audience, Category, Kind
from houqin.affairs.models import Case, State
from houqin.affairs.naming import source
from houqin.affairs.offers import Offered
from houqin.foundation.errors import NotFound, Text
from houqin.foundation.people.models import Organisation, Person
from houqin.foundation.people.pinyin import pinyin_key

PAGE = 30
POPULAR_DAYS = 90
POPULAR_SHOWN = 6
_POPULAR_KEPT_SECONDS = 600
_KEYS_KEPT_SECONDS = 30 * 24 * 3600


@dataclass(frozen=True)
class Tile:
    """An item in the catalogue."""

    code: str
    name: str
    summary: str
    icon: str
    url: str
    favourite: bool
    promise: Any


@dataclass(frozen=True)
class Group:
    """A group of the catalogue with what it offers."""

    key: str
    name: Text
    tiles: list[Tile]


#: What home shows of the catalogue, by section and language: a process asks again after this long.
_OFFERED_KEPT_SECONDS = 30
_offered_kept: dict[tuple[int, str], tuple[float, list[Offered]]] = {}
_popular_kept: tuple[float, tuple[str, ...]] | None = None


def forget() -> None:
    """Let the next call ask the database."""
    global _popular_kept
    _popular_kept = None
    _offered_kept.clear()


def popular_codes() -> tuple[str, ...]:
    """The most used items of the last 90 days, most used first; a process counts at most every ten minutes."""
    global _popular_kept
    if _popular_kept and time.monotonic() - _popular_kept[0] < _POPULAR_KEPT_SECONDS:
        return _popular_kept[1]
    since = timezone.now() - timedelta(days=POPULAR_DAYS)
    used = (
        Case.objects.filter(submitted_at__gte=since)
        .order_by()
        .values_list("item_code")
        .annotate(n=Count("pk"))
        .order_by("-n", "item_code")
    )
    codes = tuple(code for code, _n in used)
    _popular_kept = (time.monotonic(), codes)
    return codes


def offered_to(person: Person | None) -> list[Offered]:
    """What this person, or a passer-by, may ask for here: not what is registered at a gate, or follows from a plan."""
    found = offers.catalogue(person.organisation if person else None)
    return [
        each
        for each in found
        if "web" in each.item.channels and (person or each.item.audience is Audience.PUBLIC)
    ]


def offered_lately(person: Person) -> list[Offered]:
    """As :func:`offered_to`, at most half a minute old: good enough for names and icons on the home page."""
    key = (person.organisation_id, translation.get_language() or "")
    kept = _offered_kept.get(key)
    if kept is None or time.monotonic() - kept[0] > _OFFERED_KEPT_SECONDS:
        if len(_offered_kept) > 1000:
            _offered_kept.clear()
        kept = _offered_kept[key] = (time.monotonic(), offered_to(person))
    return kept[1]


def offer_of(person: Person | None, code: str) -> Offered:
    """One item as it is offered; raises NotFound for an unknown one, one switched off, or not theirs to ask for."""
    for each in offered_to(person):
        if each.item.code == code:
            return each
    raise NotFound(_("没有这个服务事项，或目前未开放办理。"))


def popular(found: Sequence[Offered]) -> list[Offered]:
    """Of ``found`` the most used; while nothing has been used, what was declared popular."""
    by_code = {each.item.code: each for each in found}
    used = [by_code[code] for code in popular_codes() if code in by_code][:POPULAR_SHOWN]
    return used or [each for each in found if each.item.popular][:POPULAR_SHOWN]


def groups(found: Sequence[Offered], favourites: Iterable[str]) -> list[Group]:
    """The catalogue in its five groups; a group without an item is left out."""
    kept = set(favourites)
    drawn = [Group("popular", _("热门服务"), tiles(popular(found), kept))]
    for category in (Category.MANAGEMENT, Category.OFFICE, Category.LIFE, Category.CANTEEN):
        inside = [each for each in found if each.item.category == category]
        drawn.append(Group(category.value, category.label, tiles(inside, kept)))
    return [group for group in drawn if group.tiles]


def tiles(found: Iterable[Offered], favourites: Iterable[str]) -> list[Tile]:
    kept = set(favourites)
    return [
        Tile(
            code=each.item.code,
            name=each.name,
            summary=str(each.item.summary),
            icon=each.item.icon,
            url=f"/services/{each.item.code}",
            favourite=each.item.code in kept,
            promise=each.limit if each.item.kind is Kind.CASE else None,
        )
        for each in found
    ]


def find_items(found: Sequence[Offered], text: str) -> list[Offered]:
    """Items by word, keyword, pinyin or initials; those whose name begins so first."""
    wanted = "".join(text.split()).lower()
    if not wanted:
        return list(found)
    latin = wanted.isascii()
    named = [(each, _kept_name(each)) for each in found]
    keys = pinyin_keys([name for _each, name in named]) if latin else {}
    ranked = [
        (rank, each)
        for each, name in named
        if (rank := _rank(each, wanted, name, keys.get(name))) is not None
    ]
    return [each for _rank_, each in sorted(ranked, key=lambda pair: pair[0])]


def _kept_name(each: Offered) -> str:
    """The item's name as it is kept: Chinese and pinyin find it whatever the reader's language."""
    return source(each.item.name) if each.name == str(each.item.name) else each.name


def _rank(each: Offered, wanted: str, kept: str, key: tuple[str, str] | None) -> int | None:
    name, more = each.name.lower(), f"{kept} {each.item.summary} {each.item.keywords}".lower()
    pinyin, initials = key or ("", "")
    if name.startswith(wanted) or initials.startswith(wanted) or pinyin.startswith(wanted):
        return 0
    if wanted in name or (initials and wanted in initials):
        return 1
    return 2 if wanted in more or (pinyin and wanted in pinyin) else None


def pinyin_keys(names: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Pinyin keys of names from the shared cache: the dictionary itself is big, so it is read once for all processes."""
    marks = {f"pinyin:{sha256(name.encode()).hexdigest()[:24]}": name for name in names}
    known = cache.get_many(list(marks))
    missing = {mark: pinyin_key(name) for mark, name in marks.items() if mark not in known}
    if missing:
        cache.set_many(missing, _KEYS_KEPT_SECONDS)
    return {marks[mark]: tuple(key) for mark, key in {**known, **missing}.items()}


#: Filters of 我的办件: key, words, condition.
BOXES: tuple[tuple[str, Text, Q], ...] = (
    ("all", _("全部"), Q()),
    ("running", _("办理中"), Q(state=State.OPEN)),
    ("waiting", _("等我处理"), Q(state__in=[State.WAITING_APPLICANT, State.CONFIRMING])),
    ("completed", _("已办结"), Q(state=State.COMPLETED)),
    ("ended", _("已撤回或不予受理"), Q(state__in=[State.WITHDRAWN, State.REFUSED])),
)


def my_page(person: Person, *, box: str, before: int | None, size: int = PAGE) -> list[Case]:
    """One page of my cases by key, newest first: those with an id below ``before``, and one more to know of a next."""
    condition = next((condition for key, _name, condition in BOXES if key == box), Q())
    cases = affairs.my_cases(person).filter(condition)
    if before is not None:
        cases = cases.filter(pk__lt=before)
    return list(cases[: size + 1])


def my_counts(person: Person) -> dict[str, int]:
    """How many of my cases stand in each box; one query."""
    states = Counter(
        dict(affairs.my_cases(person).order_by().values_list("state").annotate(n=Count("pk", distinct=True)))
    )
    return {
        "all": sum(states.values()),
        "running": states[State.OPEN],
        "waiting": states[State.WAITING_APPLICANT] + states[State.CONFIRMING],
        "completed": states[State.COMPLETED],
        "ended": states[State.WITHDRAWN] + states[State.REFUSED],
    }


def tracked(number: str, phone: str) -> Case | None:
    """A passer-by's case by number and phone, as applicant or as one whose report joined it."""
    return (
        Case.objects.filter(
            Q(applicant__isnull=True, applicant_phone=phone)
            | Q(followers__person=None, followers__phone=phone),
            number=number,
        )
        .exclude(applicant_phone="", followers=None)
        .first()
    )


def receipt(number: str) -> Case | None:
    """A case with who has it, for somebody who has just submitted it; whose browser that is, the caller knows."""
    cases = Case.objects.select_related("place", "section").filter(number=number)
    return affairs.with_open_tasks(cases).first()


def sections_for(case: Case) -> QuerySet[Organisation]:
    """Sections a case could be given to: those somebody may handle such cases in, and its own."""
    today = timezone.localdate()
    handles = Q(
        appointments__role__permissions__contains=["affairs.handle"],
        appointments__service__in=["", case.service],
        appointments__from_on__lte=today,
    ) & (Q(appointments__to_on__isnull=True) | Q(appointments__to_on__gte=today))
    found = Organisation.objects.filter(handles, ended_on__isnull=True, kind__in=["section", "contractor"])
    return Organisation.objects.filter(Q(pk__in=found.values("pk")) | Q(pk=case.section_id)).order_by(
        "position", "pinyin", "id"
    )
