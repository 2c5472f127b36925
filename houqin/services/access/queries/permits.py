"""Permits: whose, for what, and what they open now."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from houqin.foundation import tree
from houqin.foundation.compiled import Compiled
from houqin.foundation.people.models import Organisation, Person
from houqin.foundation.places.models import Place
from houqin.foundation.trail.actors import Actor
from houqin.services.access import hours, keys
from houqin.services.access.models import Area, DoorEvent, Permit, PermitState, Reason, Way
from houqin.services.access.passes import WINDOW_SECONDS, BadPass, window_of
from houqin.services.access.queries.areas import areas_kept

#: A permit that opened no door for so many days is one to ask about.
UNUSED_DAYS = 90
LASTING = timedelta(days=30)

_PERSON = """
LEFT JOIN LATERAL (
  SELECT p.name, coalesce(p.ended_on <= %(today)s, false) AS gone, o.path
  FROM people_person p JOIN people_organisation o ON o.id = p.organisation_id
  WHERE p.id = %(person)s
) h ON true
"""
# The holder, and for a person the organisations they belong to, whose permits are theirs.
_HOLDERS = """ARRAY[%(holder)s] || coalesce((
  SELECT array_agg('organisation:' || part) FROM unnest(string_to_array(trim(BOTH '/' FROM h.path), '/')) part
), '{}')"""

_STANDING = f"""
SELECT d.id, d.way, d.active, d.controller_id, k.path, h.name, coalesce(h.gone, %(person)s IS NOT NULL), q.found
FROM access_door d
JOIN access_area a ON a.id = d.area_id
JOIN people_organisation k ON k.id = a.keeper_id
{_PERSON}
LEFT JOIN LATERAL (
  SELECT jsonb_agg(jsonb_build_object('id', p.id, 'name', p.name, 'holder', p.holder, 'from', p.from_at, 'until', p.until_at,
                                      'hours', p.hours) ORDER BY p.id) AS found
  FROM access_permit p
  WHERE p.state = 'active' AND p.holder = ANY ({_HOLDERS})
    AND p.areas && ARRAY(SELECT x.id FROM access_area x WHERE x.path LIKE a.path || '%%')
) q ON true
WHERE d.code = %(door)s
"""  # noqa: S608 - constants of ours

# What a holder's permits open: the areas themselves and those around them.
_OPEN = f"""
SELECT a.code, p.id, p.from_at, p.until_at, p.hours, h.gone
FROM (SELECT 1) one
{_PERSON}
JOIN access_permit p ON p.state = 'active' AND p.holder = ANY ({_HOLDERS})
JOIN access_area within ON within.id = ANY (p.areas)
JOIN access_area a ON within.path LIKE a.path || '%%'
WHERE p.from_at <= %(at)s AND (p.until_at IS NULL OR p.until_at > %(at)s)
ORDER BY a.path, p.until_at DESC NULLS FIRST, p.id
"""  # noqa: S608 - constants of ours


@dataclass(frozen=True)
class Standing:
    """A door and what a holder may at it: the permit that opens it now (its id), or why none does."""

    door: int
    way: Way
    controller: int | None
    keeper_path: str
    holder: str
    name: str
    permit: int | None
    reason: Reason


def standing(door: str, holder: str, at: datetime) -> Standing | None:
    """How ``holder`` stands to a door at a moment: one query. None where there is no such door."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"door": door, **_whose(holder)})
        row = cursor.fetchone()
    if row is None:
        return None
    pk, way, active, controller, keeper_path, name, gone, found = row
    permits: list[dict[str, Any]] = json.loads(found) if isinstance(found, str) else found or []
    permit, reason = _of(permits, at)
    if gone:
        reason = Reason.GONE
    if not active:
        reason = Reason.DOOR_CLOSED
    name = name or next((each["name"] for each in permits if each["holder"] == holder), "")
    return Standing(
        pk,
        Way(way),
        controller,
        keeper_path,
        holder,
        name,
        None if reason else permit,
        reason,
    )


def _of(permits: list[dict[str, Any]], at: datetime) -> tuple[int | None, Reason]:
    """The first permit that holds at ``at``; else the refusal that says most."""
    reasons = set()
    for permit in permits:
        until = permit["until"]
        if until and datetime.fromisoformat(until) <= at:
            reasons.add(Reason.EXPIRED)
        elif datetime.fromisoformat(permit["from"]) > at:
            reasons.add(Reason.NOT_YET)
        elif not hours.holds(permit["hours"], at):
            reasons.add(Reason.OUTSIDE_HOURS)
        else:
            return permit["id"], Reason.NONE
    for reason in (Reason.OUTSIDE_HOURS, Reason.NOT_YET, Reason.EXPIRED):
        if reason in reasons:
            return None, reason
    return None, Reason.NO_PERMIT


def read_pass(token: str, at: datetime) -> tuple[str, int | None, Reason]:
    """Whose pass a text is, for which window, and why it is none or none of that moment. It opens nothing and counts nothing."""
    try:
        said = keys.public().open(token)
    except BadPass:
        return "", None, Reason.BAD_PASS
    if not said.is_of(at.timestamp()):
        return said.holder, None, Reason.PASS_OLD
    return said.holder, said.window, Reason.NONE


def pass_window(at: datetime) -> int:
    """The window of a pass that is shown at a moment: while it is the same, so is the pass."""
    return window_of(at.timestamp())


def pass_changes_at(at: datetime) -> datetime:
    """When the pass that is shown at a moment gives way to the next."""
    return datetime.fromtimestamp((pass_window(at) + 1) * WINDOW_SECONDS, UTC)


def open_areas(holder: str, at: datetime) -> dict[str, tuple[int, datetime | None]]:
    """Code of each area that is open to ``holder`` at a moment → the permit behind it and its end. One query; nobody who has
    left has any."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, {"at": at, **_whose(holder)})
        rows = cursor.fetchall()
    found: dict[str, tuple[int, datetime | None]] = {}
    for code, permit, _from, until, when, gone in rows:
        span = json.loads(when) if isinstance(when, str) else when
        if code not in found and not gone and hours.holds(span, at):
            found[code] = permit, until
    return found


def _whose(holder: str) -> dict[str, Any]:
    kind, _, number = holder.partition(":")
    person = int(number) if kind == "person" and number.isdecimal() and len(number) < 19 else None
    return {"holder": holder, "person": person, "today": timezone.localdate()}


def permits_for(source: str) -> QuerySet[Permit]:
    """The permits that were made for a record of another service and hold."""
    return Permit.objects.filter(source=source, state=PermitState.ACTIVE)


def permits_of(holder: str) -> QuerySet[Permit]:
    """The permits that ``holder`` has and that have not ended: a person's own and those of their organisations."""
    holders, kind = [holder], holder.partition(":")[0]
    if kind == "person":
        path = Organisation.objects.filter(people=_whose(holder)["person"]).values_list("path", flat=True)
        holders += [f"organisation:{pk}" for pk in tree.ids(next(iter(path), ""))]
    return Permit.objects.filter(holder__in=holders, state=PermitState.ACTIVE).order_by("until_at", "pk")


def may_enter(place: Place) -> QuerySet[Permit]:
    """The permits that let somebody into ``place`` today: those for an area around it. None where no door stands before it."""
    around = Area.objects.filter(places__in=tree.ids(place.path))
    within = [pk for area in around for pk in _within(area)]
    return _in_force().filter(areas__overlap=within) if within else Permit.objects.none()


def who_may_enter(area: Area) -> QuerySet[Permit]:
    """The permits that open ``area``, those for what lies within it included."""
    return _in_force().filter(areas__overlap=_within(area))


def permits_kept(
    actor: Actor, area: Area | None = None, *, find: str = "", show: str = "", holder: str = ""
) -> QuerySet[Permit]:
    """Permits for areas that ``actor`` keeps. ``holder``: of people of ours (``person``), of organisations, of visitors alone. ``show``: ``unused`` never opened a door in 90 days, ``expiring`` ends within 30 and is
    no visitor's,
    ``long`` has no end, ``unreviewed`` nobody looked at for a year; ``find``: a part of the name."""
    kept = list(areas_kept(actor).values_list("pk", flat=True))
    wanted = [pk for pk in _within(area) if pk in kept] if area else kept
    found = _in_force().filter(areas__overlap=wanted) if wanted else Permit.objects.none()
    if find:
        found = found.filter(name__icontains=find)
    if holder:
        found = found.filter(holder__startswith=f"{holder}:")
    return found.filter(_SHOWN[show]()) if show in _SHOWN else found


def unused(days: int = UNUSED_DAYS) -> Q:
    """Given more than ``days`` ago and opened no door since then."""
    since = timezone.now() - timedelta(days=days)
    used = DoorEvent.objects.filter(permit=OuterRef("pk"), at__gte=since, allowed=True)
    return Q(~Exists(used), created_at__lt=since, from_at__lt=since)


def expiring(days: int) -> QuerySet[Permit]:
    """Lasting permits (a month or longer) of people and organisations that end within ``days``; shorter ones end as they should."""
    lasting = Q(until_at__gte=F("from_at") + LASTING, until_at__lt=timezone.now() + timedelta(days=days))
    return _in_force().filter(lasting).exclude(holder__startswith="visitor:")


_ENDS_FIRST = Compiled(
    lambda person, now, until: (
        Permit.objects.filter(person=person, state=PermitState.ACTIVE, until_at__gt=now, until_at__lt=until)
        .filter(until_at__gte=F("from_at") + LASTING)
        .order_by("until_at")
        .values_list("until_at")[:1]
    ),
    int,
    datetime,
    datetime,
)


def ends_first(person: Person, days: int) -> datetime | None:
    """When the first of somebody's own lasting permits ends, if within ``days``. One statement, made once: home asks it."""
    now = timezone.now()
    found = _ENDS_FIRST.values(person.pk, now, now + timedelta(days=days))
    return found[0][0] if found else None


_SHOWN = {
    "unused": unused,
    "expiring": lambda: (
        Q(until_at__lt=timezone.now() + timedelta(days=30)) & ~Q(holder__startswith="visitor:")
    ),
    "long": lambda: Q(until_at__isnull=True),
    "unreviewed": lambda: (
        Q(created_at__lt=timezone.now() - timedelta(days=365))
        & (Q(reviewed_at__isnull=True) | Q(reviewed_at__lt=timezone.now() - timedelta(days=365)))
    ),
}


def _in_force() -> QuerySet[Permit]:
    return Permit.objects.filter(
        Q(until_at__isnull=True) | Q(until_at__gt=timezone.now()), state=PermitState.ACTIVE
    ).select_related("person__organisation")


def _within(area: Area) -> list[int]:
    return list(Area.objects.filter(path__startswith=area.path).values_list("pk", flat=True))


def person_holder(person: Person) -> str:
    """The stable text for a person."""
    return f"person:{person.pk}"


def with_last_use(permits: QuerySet[Permit]) -> QuerySet[Permit]:
    """With ``used_at``: when each last opened a door."""
    used = DoorEvent.objects.filter(permit=OuterRef("pk"), allowed=True).order_by("-at").values("at")[:1]
    return permits.annotate(used_at=Subquery(used))


def asked_by(person: Person) -> QuerySet[Permit]:
    """What somebody has asked for and nobody has decided yet."""
    return Permit.objects.filter(person=person, state=PermitState.ASKED).select_related("case")
