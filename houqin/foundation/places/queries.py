"""Finding places and walking their tree."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import reduce
from operator import and_

from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Length
from django.utils.translation import gettext as _

from houqin.foundation import tree
from houqin.foundation.errors import NotFound
from houqin.foundation.people.scope import grants
from houqin.foundation.places.models import Place, PlaceKind, SpaceKind
from houqin.foundation.places.rights import PERMISSION, keeper_grant
from houqin.foundation.today import Today
from houqin.foundation.trail.actors import Actor

#: What somebody who has not signed in may pick: where anybody may walk.
PUBLIC_USES = [
    SpaceKind.CORRIDOR,
    SpaceKind.TOILET,
    SpaceKind.TEA,
    SpaceKind.LIFT,
    SpaceKind.CANTEEN,
    SpaceKind.LOBBY,
    SpaceKind.PARKING,
    SpaceKind.OUTDOOR,
]
PUBLIC = ~Q(kind=PlaceKind.SPACE) | Q(space_kind__in=PUBLIC_USES)
#: Letters, a number with its word, characters up to a word of the building ("b座卫生间3层": b, 座, 卫生间, 3层).
_PART = re.compile(
    r"[A-Za-z]+|\d+(?:号?楼|[层座栋幢])|\d+|[^\W\d_A-Za-z座楼层栋幢]*[座楼层栋幢]|[^\W\d_A-Za-z]+"
)
_LONGEST_QUERY = 60


def in_use() -> Q:
    """Places that are not closed today."""
    return Q(ended_on__isnull=True) | Q(ended_on__gt=Today())


def find_places(
    text: str, *, kind: str | None = None, under: Place | None = None, limit: int = 20, public: bool = False
) -> list[Place]:
    """Places by code, name, pinyin, initials or the number of their QR code, the likeliest first; one query.

    Letters, figures and characters are looked for apart, so that "A312" finds room 0312 of tower A (A座) and
    "a座 hys" its meeting rooms. Buildings come before their rooms. ``public``: only what anybody may walk into.
    """
    text = text.strip()[:_LONGEST_QUERY]
    parts = _PART.findall(text)
    if not parts:
        return []
    named = reduce(and_, map(_part_matches, parts))
    found = Place.objects.filter(in_use(), named | Q(qr=text.lower()))
    if kind:
        found = found.filter(kind=kind)
    if under:
        found = found.filter(path__startswith=under.path)
    if public:
        found = found.filter(PUBLIC)
    return list(
        found.annotate(rank=_rank(text, parts)).order_by("rank", Length("full_name"), "full_name", "id")[
            :limit
        ]
    )


def _part_matches(part: str) -> Q:
    condition = Q(full_name__icontains=part) | Q(code__icontains=part)
    if part.isascii() and part.isalpha():
        key = part.lower()
        condition |= Q(initials__contains=key) if len(key) > 1 else Q(initials__startswith=key)
        if len(key) > 2:
            condition |= Q(pinyin__contains=key)
    return condition


def _rank(text: str, parts: Sequence[str]) -> Case:
    exact = Q(qr=text.lower()) | Q(code__iexact=text) | Q(name__iexact=text) | Q(full_name__iexact=text)
    begins = Q(code__istartswith=text) | Q(name__istartswith=text) | Q(full_name__istartswith=text)
    if len(parts) > 1 and parts[-1].isdigit():
        # "A312", "1号楼 301": the right building, and the number itself but for leading noughts.
        begins |= Q(full_name__istartswith=parts[0], name__regex=rf"^0*{parts[-1]}(\D|$)")
    key = "".join(parts).lower()
    sounds = Q(initials__startswith=key) | Q(pinyin__startswith=key)
    return Case(
        When(exact, then=Value(0)),
        When(begins, then=Value(1)),
        When(sounds, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )


def children(place: Place | None, *, ended: bool = False, public: bool = False) -> QuerySet[Place]:
    """What stands directly below ``place`` (or the sites), each with ``below``: how many stand below it."""
    inner = Place.objects.filter(in_use(), parent=OuterRef("pk")).order_by().values("parent")
    below = Coalesce(Subquery(inner.annotate(n=Count("pk")).values("n")), 0)
    rows = Place.objects.filter(parent=place).annotate(below=below).order_by("position", "pinyin", "id")
    if not ended:
        rows = rows.filter(in_use())
    return rows.filter(PUBLIC) if public else rows


def above(place: Place) -> list[Place]:
    """From the site down to the parent of ``place``: one query."""
    ids = tree.ids(place.path)[:-1]
    return sorted(Place.objects.filter(pk__in=ids), key=lambda row: ids.index(row.pk))


def place_of(pk: int) -> Place:
    """One place by id; raises ``NotFound``."""
    place = Place.objects.filter(pk=pk).first()
    if place is None:
        raise NotFound
    return place


def by_code(code: str) -> Place:
    """The place in use of that code (what pickers send) or of that QR number; raises ``NotFound``."""
    place = Place.objects.filter(Q(code=code) | Q(qr=code), in_use()).first()
    if place is None:
        raise NotFound(_("没有找到编码为 %(code)s 的地点，请重新选择。") % {"code": code})
    return place


def by_qr(qr: str) -> Place:
    """The place whose code hangs there; raises ``NotFound``. Closed places answer too: their codes still hang."""
    place = Place.objects.filter(qr=qr).first()
    if place is None:
        raise NotFound
    return place


def walk(top: Place) -> list[Place]:
    """``top`` and all in use below it, in the order one meets them on a walk: one query."""
    rows = Place.objects.filter(in_use(), path__startswith=top.path).order_by("position", "pinyin", "id")
    below: dict[int | None, list[Place]] = {}
    for row in rows:
        below.setdefault(row.parent_id if row.pk != top.pk else None, []).append(row)
    met, ahead = [], below.get(None, [])
    while ahead:
        place = ahead.pop(0)
        met.append(place)
        ahead = below.get(place.pk, []) + ahead
    return met


def counts_below(place: Place | None) -> dict[str, int]:
    """How many places of each kind are in use below ``place`` (in all)."""
    rows = Place.objects.filter(in_use())
    if place is not None:
        rows = rows.filter(path__startswith=place.path).exclude(pk=place.pk)
    counted = rows.order_by().values_list("kind").annotate(n=Count("pk"))
    return dict(counted)


def kept_tops(actor: Actor) -> list[Place]:
    """Where the parts of the tree begin that ``actor`` keeps: the sites, or the places of the appointments."""
    if keeper_grant(actor, None):
        return list(children(None, ended=True))
    paths = {
        grant.place_path for grant in grants(actor) if PERMISSION in grant.permissions and not grant.service
    }
    return list(Place.objects.filter(path__in=paths).order_by("position", "pinyin", "id"))


def page_below(place: Place, *, after: str, size: int) -> tuple[list[Place], int | None]:
    """One page of what stands directly below ``place``, closed ones too, and the key of the next (``after``).

    ``after`` is the id of the last row seen; what is no id of a child begins at the front.
    """
    rows = children(place, ended=True)
    last = Place.objects.filter(pk=int(after), parent=place).first() if _is_id(after) else None
    if last is not None:
        rows = rows.filter(
            Q(position__gt=last.position)
            | Q(position=last.position, pinyin__gt=last.pinyin)
            | Q(position=last.position, pinyin=last.pinyin, pk__gt=last.pk)
        )
    page = list(rows[: size + 1])
    return page[:size], page[size - 1].pk if len(page) > size else None


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
