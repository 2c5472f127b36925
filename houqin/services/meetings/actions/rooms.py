"""Keeping rooms: what they hold, which walls open, when nobody may book them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.errors import Conflict, NotFound, Problem
from houqin.foundation.people import scope
from houqin.foundation.people.models import Organisation, Person
from houqin.foundation.places.models import Place
from houqin.foundation.trail import actions as trail
from houqin.services.meetings import queries
from houqin.services.meetings.actions.waiting import promote
from houqin.services.meetings.models import Blocking, Room, RoomPart

TAKEN = "room_taken_once"


@transaction.atomic
def make_room(actor: Person, *, place: Place, keeper: Organisation, capacity: int, **settings: Any) -> Room:
    """Make a space a meeting room. Raises NotPermitted, Problem for no seats, Conflict where it is one already."""
    grant = may_keep(actor, keeper, place)
    if capacity < 1:
        raise Problem(errors={"capacity": [_("座位数至少为 1。")]})
    if Room.objects.filter(pk=place.pk).exists():
        raise Conflict(_("%(place)s 已是会议室。") % {"place": place})
    room = Room(place=place, keeper=keeper, capacity=capacity, **settings)
    room.full_clean(exclude=["place", "keeper"])
    room.save(force_insert=True)
    RoomPart.objects.create(room=room, part=room)
    trail.record(actor, "meetings.make_room", room, after=trail.values_of(room), grant=grant)
    return room


@transaction.atomic
def set_room(actor: Person, *, room: int, **settings: Any) -> Room:
    """Change what a room holds or how it is booked. Bookings keep the buffers they were made with."""
    found = queries.room_of(room)
    grant = may_keep(actor, found.keeper, found.place)
    before = trail.values_of(found)
    for name, value in settings.items():
        setattr(found, name, value)
    found.full_clean(exclude=["place", "keeper", "only_for"])
    found.save(update_fields=list(settings))
    old, new = trail.difference(before, trail.values_of(found))
    if new:
        trail.record(actor, "meetings.set_room", found, before=old, after=new, grant=grant)
    return found


@transaction.atomic
def join_rooms(actor: Person, *, room: int, parts: Sequence[int]) -> Room:
    """Say of which rooms a room is made when their walls open; without parts it stands for itself again.

    What is booked in it is taken anew. Raises Conflict where that clashes with meetings in the parts, Problem for a part that
    is itself joined.
    """
    found = queries.room_of(room)
    grant = may_keep(actor, found.keeper, found.place)
    wanted = [queries.room_of(part) for part in dict.fromkeys(parts)] or [found]
    for part in wanted:
        if part.pk != found.pk and part.parts.exclude(part=part).exists():
            raise Problem(
                errors={"parts": [_("%(room)s 本身是合并会议室，请选其组成部分。") % {"room": part}]}
            )
    before = list(found.parts.values_list("part_id", flat=True))
    try:
        with transaction.atomic():
            found.parts.exclude(part__in=wanted).delete()
            for part in wanted:
                RoomPart.objects.get_or_create(room=found, part=part)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS meetings_parts IMMEDIATE")
                cursor.execute("SET CONSTRAINTS meetings_parts DEFERRED")
    except IntegrityError as error:
        if TAKEN not in str(error):
            raise
        raise Conflict(_("与已有预订冲突，请先调整相关会议，再合并或拆分。")) from error
    after = [part.pk for part in wanted]
    trail.record(
        actor, "meetings.join_rooms", found, before={"parts": before}, after={"parts": after}, grant=grant
    )
    return found


def close_room(actor: Person, *, room: int, bookable: bool) -> Room:
    """Open a room for booking, or close it; what is booked stays."""
    return set_room(actor, room=room, bookable=bookable)


@transaction.atomic
def block(actor: Person, *, room: int, starts_at: datetime, ends_at: datetime, reason: str) -> Blocking:
    """Keep a room from being booked for a while. Raises Problem without a reason, Conflict where meetings stand in the way."""
    found = queries.room_of(room)
    grant = may_keep(actor, found.keeper, found.place)
    errors = {}
    if not reason.strip():
        errors["reason"] = [_("请写明停用原因。")]
    if not max(timezone.now(), starts_at) < ends_at:
        errors["ends_at"] = [_("结束时间应晚于开始时间，且在今后。")]
    if errors:
        raise Problem(errors=errors)
    made = Blocking(room=found, starts_at=starts_at, ends_at=ends_at, reason=reason.strip(), blocked_by=actor)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        if TAKEN not in str(error):
            raise
        who = queries.taken_by(actor, [found.pk], starts_at, ends_at)
        raise Conflict(_("%(who)s。请先与组织者商量改期，再停用。") % {"who": who}) from error
    trail.record(actor, "meetings.block", made, after=trail.values_of(made), grant=grant)
    return made


@transaction.atomic
def unblock(actor: Person, *, blocking: int) -> Blocking:
    """The room may be booked again; who waits gets it. Raises NotFound outside the actor's rooms."""
    found = (
        Blocking.objects.select_for_update(of=("self",))
        .filter(pk=blocking, lifted_at__isnull=True, room__in=queries.rooms_kept(actor))
        .select_related("room__place", "room__keeper")
        .first()
    )
    if found is None:
        raise NotFound
    found.lifted_at = timezone.now()
    found.save(update_fields=["lifted_at"])
    trail.record(actor, "meetings.unblock", found, after={"lifted_at": found.lifted_at})
    promote(found.room, found.starts_at, found.ends_at)
    return found


def may_keep(actor: Person, keeper: Organisation, place: Place) -> scope.Grant:
    """The appointment by which ``actor`` manages rooms of that section and place, or all of them. Raises NotPermitted."""
    if scope.holds(actor, "meetings.manage"):
        return scope.authorise_everywhere(actor, "meetings.manage")
    return scope.authorise(
        actor, "meetings.rooms", organisation_path=keeper.path, place_path=place.path, service="meetings"
    )
