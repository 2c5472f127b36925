"""Everything that changes places. They end, they are never deleted: their codes hang on doors."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.errors import Conflict, Problem
from houqin.foundation.people.pinyin import pinyin_key
from houqin.foundation.people.scope import Grant
from houqin.foundation.places.models import Place, PlaceKind, SpaceKind
from houqin.foundation.places.names import full_name, write_full_names
from houqin.foundation.places.rights import authorise_place
from houqin.foundation.trail.actions import difference, record, values_of
from houqin.foundation.trail.actors import Actor

#: What may stand directly below what.
BELOW: dict[str | None, tuple[PlaceKind, ...]] = {
    None: (PlaceKind.SITE,),
    PlaceKind.SITE: (PlaceKind.BUILDING, PlaceKind.SPACE),
    PlaceKind.BUILDING: (PlaceKind.FLOOR, PlaceKind.SPACE),
    PlaceKind.FLOOR: (PlaceKind.SPACE,),
    PlaceKind.SPACE: (PlaceKind.SPACE,),
}
#: Whoever changes the tree holds this, so that nobody adds below what another is renaming or moving.
_TREE_LOCK = 0x706C6163  # "plac"


@transaction.atomic
def add_place(
    actor: Actor,
    *,
    parent: Place | None,
    kind: str,
    code: str,
    name: str,
    space_kind: str = "",
    area_m2: Decimal | None = None,
    capacity: int | None = None,
    position: int = 0,
) -> Place:
    """Add a place below ``parent`` (a site has none). Raises :class:`Problem` when it does not fit there."""
    grant = authorise_place(actor, parent)
    _lock_tree()
    parent = Place.objects.get(pk=parent.pk) if parent else None
    _check_fits(kind, parent)
    name, code = _clean(name, code)
    pinyin, initials = pinyin_key(name)
    place = Place(
        parent=parent,
        kind=kind,
        code=code,
        name=name,
        full_name=full_name(name, parent),
        pinyin=pinyin,
        initials=initials,
        space_kind=_use(kind, space_kind),
        area_m2=area_m2,
        capacity=capacity,
        position=position,
    )
    _save(place)
    record(actor, "places.add", place, after=values_of(place), grant=grant)
    return place


@transaction.atomic
def change_place(
    actor: Actor,
    place: Place,
    *,
    name: str,
    code: str,
    space_kind: str = "",
    area_m2: Decimal | None = None,
    capacity: int | None = None,
    position: int = 0,
) -> Place:
    """Change what is known of a place; a new name reaches every full name below it."""
    place, grant = _locked(actor, place)
    before = values_of(place)
    place.name, place.code = _clean(name, code)
    place.space_kind = _use(place.kind, space_kind)
    place.area_m2, place.capacity, place.position = area_m2, capacity, position
    return _changed(actor, "places.change", place, before, grant)


@transaction.atomic
def rename_place(actor: Actor, place: Place, *, name: str) -> Place:
    """Give a place another name; every full name below it follows in one statement."""
    place, grant = _locked(actor, place)
    before = values_of(place)
    place.name, _code = _clean(name, place.code)
    return _changed(actor, "places.rename", place, before, grant)


@transaction.atomic
def move_place(actor: Actor, place: Place, *, parent: Place) -> Place:
    """Hang a place, and all below it, elsewhere in the tree. The right is needed in both places."""
    place, grant = _locked(actor, place)
    authorise_place(actor, parent)
    parent = Place.objects.get(pk=parent.pk)
    if parent.path.startswith(place.path):
        raise Problem(errors={"parent": [_("不能移到自身或自己的下级之下，请另选上级。")]})
    _check_fits(place.kind, parent)
    before = values_of(place)
    place.parent = parent
    return _changed(actor, "places.move", place, before, grant)


@transaction.atomic
def end_place(actor: Actor, place: Place, *, on: date | None = None) -> int:
    """Close a place and all below it from ``on`` (today); answers how many. Their codes then say so."""
    place, grant = _locked(actor, place)
    ended_on = on or timezone.localdate()
    ended = Place.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=ended_on), path__startswith=place.path
    )
    count = ended.update(ended_on=ended_on)
    if count:
        after = {"ended_on": ended_on, "places": count}
        record(actor, "places.end", place, before={"ended_on": place.ended_on}, after=after, grant=grant)
    return count


@transaction.atomic
def reopen_place(actor: Actor, place: Place) -> int:
    """Take a closing back: the place and whatever was closed with it on the same day; answers how many."""
    place, grant = _locked(actor, place)
    if place.ended_on is None:
        return 0
    if place.parent is not None and place.parent.ended_on is not None:
        raise Conflict(_("上级“%(name)s”已停用，请先恢复上级。") % {"name": place.parent})
    below = Place.objects.filter(path__startswith=place.path, ended_on=place.ended_on)
    count = below.update(ended_on=None)
    after = {"ended_on": None, "places": count}
    record(actor, "places.reopen", place, before={"ended_on": place.ended_on}, after=after, grant=grant)
    return count


def _lock_tree() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TREE_LOCK])


def _locked(actor: Actor, place: Place) -> tuple[Place, Grant]:
    """The place as it is now, nobody else changing the tree, and the right to change it."""
    _lock_tree()
    fresh = Place.objects.select_related("parent").get(pk=place.pk)
    return fresh, authorise_place(actor, fresh)


def _check_fits(kind: str, parent: Place | None) -> None:
    if kind not in PlaceKind.values:
        raise Problem(errors={"kind": [_("请选择类别。")]})
    if kind not in BELOW[parent.kind if parent else None]:
        above = parent.get_kind_display() if parent else _("最上级")
        raise Problem(
            errors={
                "kind": [
                    _("%(kind)s不能放在%(above)s之下。") % {"kind": PlaceKind(kind).label, "above": above}
                ]
            }
        )
    if parent is not None and parent.ended_on is not None:
        raise Conflict(_("上级“%(name)s”已停用，请先恢复上级。") % {"name": parent})


def _clean(name: str, code: str) -> tuple[str, str]:
    name, code = " ".join(name.split()), code.strip()
    errors = {}
    if not name:
        errors["name"] = [_("请填写名称。")]
    if not code:
        errors["code"] = [_("请填写编码。")]
    if errors:
        raise Problem(errors=errors)
    return name, code


def _use(kind: str, space_kind: str) -> str:
    if kind != PlaceKind.SPACE:
        return ""
    if space_kind and space_kind not in SpaceKind.values:
        raise Problem(errors={"space_kind": [_("请选择用途。")]})
    return space_kind or SpaceKind.OTHER


def _changed(actor: Actor, action: str, place: Place, before: dict[str, Any], grant: Grant) -> Place:
    was, now = difference(before, values_of(place))
    if not was:
        return place
    place.pinyin, place.initials = pinyin_key(place.name)
    _save(place)
    write_full_names(place)
    place.refresh_from_db()
    record(actor, action, place, before=was, after=now, grant=grant)
    return place


def _save(place: Place) -> None:
    try:
        with transaction.atomic():
            place.save()
    except IntegrityError as error:
        if "code" not in str(error):
            raise
        raise Problem(
            errors={"code": [_("编码 %(code)s 已被使用，请换一个。") % {"code": place.code}]}
        ) from error
