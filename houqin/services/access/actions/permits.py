"""Granting, moving and ending permits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.errors import Conflict, NotFound, Problem
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import Actor
from houqin.services.access import hours as weekly
from houqin.services.access import queries
from houqin.services.access.models import Area, Permit, PermitState

OPEN = (PermitState.ASKED, PermitState.ACTIVE)
#: A permit that is over stays on the lists for a day, so that doors can say "expired" and not "unknown".
KEPT_FOR = timedelta(days=1)


@transaction.atomic
def grant(
    actor: Actor,
    *,
    source: str,
    holder: str,
    name: str,
    areas: Iterable[Area | str],
    from_at: datetime,
    until_at: datetime | None,
    person: Person | None = None,
    hours: weekly.Hours | None = None,
    reason: str = "",
) -> Permit:
    """Let a holder into areas (or their codes) for a time, because of ``source``; that record's service has checked the right.

    The same source and holder again changes the permit there is. Raises Problem for no area, an unknown one, hours that cannot be
    read, or an end before the start.
    """
    ids = _areas(areas)
    _check(from_at, until_at, hours)
    wanted = {
        "name": name.strip(),
        "person": person or _people_of([holder]).get(holder),
        "areas": ids,
        "hours": list(hours) if hours is not None else None,
        "from_at": from_at,
        "until_at": until_at,
        "reason": reason,
    }
    found = _open_of(source).filter(holder=holder).first()
    if found is None:
        made = Permit(source=source, holder=holder, **wanted)
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError as error:
            if "permit_once_a_source" not in str(error):
                raise
            found = _open_of(source).get(holder=holder)
        else:
            trail.record(actor, "access.grant", made, after=_told(made, trail.values_of(made)))
            return made
    _change(actor, found, "access.grant", **wanted)
    return found


@transaction.atomic
def grant_many(
    actor: Actor,
    *,
    source: str,
    holders: Sequence[tuple[str, str, Person | None]],
    areas: Iterable[Area | str],
    from_at: datetime,
    until_at: datetime | None,
    reason: str = "",
) -> list[Permit]:
    """:func:`grant` for many holders (each with name and person) in a handful of statements, however many; in the order given.

    Whoever is named twice counts as named last. Controllers see all of it in one step, because their list waits for this
    transaction. Those of the source who are not named keep what they have. Raises as :func:`grant`, and then nobody has anything.
    """
    ids = _areas(areas)
    _check(from_at, until_at, None)
    named = {holder: (name.strip(), person) for holder, name, person in holders}
    people = _people_of(holder for holder, (_name, person) in named.items() if person is None)
    common = {"areas": ids, "hours": None, "from_at": from_at, "until_at": until_at, "reason": reason}
    wanted = {
        holder: {"name": name, "person": person or people.get(holder), **common}
        for holder, (name, person) in named.items()
    }
    found = _granted(actor, source, wanted)
    while found is None:
        found = _granted(actor, source, wanted)
    return [found[holder] for holder in wanted]


@transaction.atomic
def move(actor: Actor, *, source: str, from_at: datetime, until_at: datetime) -> int:
    """All permits of ``source`` hold from and to other times now; how many changed."""
    _check(from_at, until_at, None)
    found = list(_open_of(source).exclude(from_at=from_at, until_at=until_at))
    entries = [
        trail.entry(
            actor,
            "access.move",
            permit,
            before={"from_at": permit.from_at, "until_at": permit.until_at},
            after={"from_at": from_at, "until_at": until_at},
        )
        for permit in found
    ]
    Permit.objects.filter(pk__in=[permit.pk for permit in found]).update(from_at=from_at, until_at=until_at)
    trail.record_many(entries)
    return len(found)


@transaction.atomic
def end(actor: Actor, *, source: str, reason: str = "", holders: Collection[str] | None = None) -> int:
    """Take back all permits of ``source``, or only those of ``holders``; how many there were. Again: none."""
    found = _open_of(source)
    return _end(actor, list(found if holders is None else found.filter(holder__in=holders)), reason)


@transaction.atomic
def issue(
    actor: Person,
    *,
    person: Person,
    areas: Sequence[Area],
    from_at: datetime,
    until_at: datetime | None,
    hours: weekly.Hours | None = None,
    reason: str = "",
) -> Permit:
    """A keeper gives somebody a permit without being asked. Raises NotPermitted where an area is not the keeper's, Problem."""
    for area in areas:
        scope.authorise(actor, "access.keep", organisation_path=area.keeper.path)
    return grant(
        actor, source=f"access.keeper:{uuid4().hex[:12]}", holder=queries.person_holder(person), name=person.name,
        person=person, areas=areas, from_at=from_at, until_at=until_at, hours=hours, reason=reason,
    )  # fmt: skip


@transaction.atomic
def withdraw(actor: Actor, *, permits: Iterable[int], reason: str) -> int:
    """A keeper takes permits back; how many. Raises Problem without a reason, NotFound for one that is not the keeper's."""
    if not reason.strip():
        raise Problem(errors={"reason": [_("请写明收回原因，持有人会看到。")]})
    return _end(actor, _kept(actor, permits), reason.strip())


@transaction.atomic
def extend(actor: Actor, *, permits: Iterable[int], until_at: datetime) -> int:
    """Let permits hold longer (or end earlier, but not before now); how many. Raises as :func:`withdraw`."""
    if not timezone.now() < until_at or until_at.year > 2200:
        raise Problem(errors={"until_at": [_("新的到期时间应在今后；要立即停用请选择收回。")]})
    found = _kept(actor, permits)
    for permit in found:
        _change(actor, permit, "access.extend", until_at=until_at)
    return len(found)


@transaction.atomic
def review(actor: Person, *, permits: Iterable[int]) -> int:
    """A keeper has looked and lets them stand; how many."""
    found = _kept(actor, permits)
    now = timezone.now()
    Permit.objects.filter(pk__in=[permit.pk for permit in found]).update(reviewed_at=now, reviewed_by=actor)
    trail.record_many(
        trail.entry(actor, "access.review", permit, after={"reviewed_at": now}) for permit in found
    )
    return len(found)


@transaction.atomic
def forget(*, holders: Iterable[str]) -> int:
    """Take the names out of the permits of holders whose service forgets them; how many. Their permits have ended; twice does no harm."""
    found = Permit.objects.filter(holder__in=list(holders)).exclude(state__in=OPEN).exclude(name=F("holder"))
    return found.update(name=F("holder"), reason="")


@transaction.atomic
def settle() -> int:
    """End what has been over for a day; how many. Bounded; the next run goes on."""
    over = Permit.objects.select_for_update(skip_locked=True).filter(
        state=PermitState.ACTIVE, until_at__lt=timezone.now() - KEPT_FOR
    )
    found = list(over.order_by("until_at")[:2000])
    now = timezone.now()
    Permit.objects.filter(pk__in=[permit.pk for permit in found]).update(
        state=PermitState.ENDED, ended_at=now, ended_reason=_("到期")
    )
    return len(found)


def _open_of(source: str) -> QuerySet[Permit]:
    return Permit.objects.select_for_update(of=("self",)).filter(source=source, state__in=OPEN).order_by("pk")


def _kept(actor: Actor, permits: Iterable[int]) -> list[Permit]:
    """Permits by id, locked. A keeper must keep all areas a permit is for, else who keeps one could take away another's."""
    asked = set(permits)
    wanted = sorted(pk for pk in asked if 0 < pk < 2**63)
    kept = set(queries.areas_kept(actor).values_list("pk", flat=True))
    found = list(
        Permit.objects.select_for_update().filter(pk__in=wanted, areas__overlap=sorted(kept)).order_by("pk")
    )
    if not asked or len(found) != len(asked):
        raise NotFound
    for permit in found:
        if permit.state != PermitState.ACTIVE:
            raise Conflict(_("%(name)s 的通行权限已不在有效状态，请刷新后再选。") % {"name": permit.name})
        if not set(permit.areas) <= kept:
            raise Problem(
                _("%(name)s 的通行权限还涉及其他科室管理的区域，请由其共同的上级管理员办理。")
                % {"name": permit.name}
            )
    return found


def _end(actor: Actor, found: list[Permit], reason: str) -> int:
    now = timezone.now()
    Permit.objects.filter(pk__in=[permit.pk for permit in found]).update(
        state=PermitState.ENDED, ended_at=now, ended_reason=reason
    )
    trail.record_many(
        trail.entry(actor, "access.end", permit, before={"state": permit.state}, after={"reason": reason})
        for permit in found
    )
    return len(found)


def _change(actor: Actor, permit: Permit, action: str, **values: object) -> None:
    before = trail.values_of(permit)
    for name, value in values.items():
        setattr(permit, name, value)
    old, new = trail.difference(before, trail.values_of(permit))
    if new:
        permit.save(update_fields=list(values))
        trail.record(actor, action, permit, before=_told(permit, old), after=_told(permit, new))


def _told(permit: Permit, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the trail keeps for ever: whoever is nobody of ours stands there by their holder alone, and can be forgotten."""
    return {name: value for name, value in values.items() if permit.person_id or name != "name"}


def _granted(actor: Actor, source: str, wanted: Mapping[str, Mapping[str, Any]]) -> dict[str, Permit] | None:
    """By holder what is granted now; none where another client made one of them in the meantime, which is there to be changed then."""
    found = {permit.holder: permit for permit in _open_of(source).filter(holder__in=wanted)}
    # In one order, so that two clients that make the same ones wait for each other one way round.
    new = [Permit(source=source, holder=each, **wanted[each]) for each in sorted(wanted) if each not in found]
    try:
        with transaction.atomic():
            Permit.objects.bulk_create(new)
    except IntegrityError as error:
        if "permit_once_a_source" not in str(error):
            raise
        return None
    entries = [
        trail.entry(actor, "access.grant", permit, after=_told(permit, trail.values_of(permit)))
        for permit in new
    ]
    changed: dict[int, Permit] = {}
    fields: set[str] = set()
    for holder, permit in found.items():
        before = trail.values_of(permit)
        for name, value in wanted[holder].items():
            setattr(permit, name, value)
        old, now = trail.difference(before, trail.values_of(permit))
        if now:
            changed[permit.pk] = permit
            fields |= set(now)
            entries.append(
                trail.entry(
                    actor, "access.grant", permit, before=_told(permit, old), after=_told(permit, now)
                )
            )
    if changed:
        Permit.objects.bulk_update(changed.values(), sorted(fields))
    trail.record_many(entries)
    return found | {permit.holder: permit for permit in new}


def _areas(areas: Iterable[Area | str]) -> list[int]:
    given = list(areas)
    ids = {area.pk for area in given if isinstance(area, Area)}
    codes = {area for area in given if isinstance(area, str)}
    if codes:
        found = dict(Area.objects.filter(code__in=codes).values_list("code", "pk"))
        if missing := sorted(codes - set(found)):
            raise Problem(errors={"areas": [_("没有门禁区域 %(code)s。") % {"code": missing[0]}]})
        ids |= set(found.values())
    if not ids:
        raise Problem(errors={"areas": [_("请至少选择一个区域。")]})
    return sorted(ids)


def _check(from_at: datetime, until_at: datetime | None, hours: weekly.Hours | None) -> None:
    errors = {}
    if not 1969 < from_at.year < 2200:
        errors["from_at"] = [_("生效时间应在 1970 至 2200 年之间。")]
    if until_at is not None and not 1969 < until_at.year < 2200:
        errors["until_at"] = [_("到期时间应在 1970 至 2200 年之间；长期请留空。")]
    elif until_at is not None and until_at <= from_at:
        errors["until_at"] = [_("到期时间应晚于生效时间。")]
    if wrong := weekly.fault(list(hours) if hours is not None else None):
        errors["hours"] = [wrong]
    if errors:
        raise Problem(errors=errors)


def _people_of(holders: Iterable[str]) -> dict[str, Person]:
    """The people among holders that were given as texts."""
    parted = [holder.partition(":") for holder in holders]
    numbers = {int(number) for kind, _colon, number in parted if kind == "person" and number.isdecimal()}
    people = Person.objects.filter(pk__in=[each for each in numbers if each < 2**63])
    return {queries.person_holder(person): person for person in people} if numbers else {}
