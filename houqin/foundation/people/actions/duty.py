"""Duty: planned by the week, taken over by substitutes, handed over to the next."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.errors import Conflict, NotPermitted, Problem
from houqin.foundation.people import queries, scope
from houqin.foundation.people.actions import writing
from houqin.foundation.people.models import DutyShift, Organisation, Person
from houqin.foundation.people.moments import DUTY_LISTENERS
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import Actor

MANAGE = "duty.manage"
WEEK = timedelta(days=7)


def _authorise(actor: Actor, section: Organisation) -> scope.Grant:
    return scope.authorise(actor, MANAGE, organisation_path=section.path)


@transaction.atomic
def plan_shift(
    actor: Actor,
    *,
    section: Organisation,
    person: Person,
    starts_at: datetime,
    ends_at: datetime,
    place: Any = None,
    name: str = "",
) -> DutyShift:
    """Plan one shift; raises ``Problem`` where the person already has duty in that section at that time."""
    grant = _authorise(actor, section)
    if not person.is_active:
        raise Problem(_("该人员已离开，不能排班。"), errors={"person": [_("该人员已离开，不能排班。")]})
    shift = DutyShift(
        section=section, person=person, starts_at=starts_at, ends_at=ends_at, place=place, name=name
    )
    _refuse_overlap(shift)
    return writing.add(actor, "people.plan_shift", shift, grant=grant)


def _refuse_overlap(shift: DutyShift) -> None:
    there = DutyShift.objects.filter(
        section=shift.section,
        person=shift.person,
        starts_at__lt=shift.ends_at,
        ends_at__gt=shift.starts_at,
    ).exclude(pk=shift.pk)
    if there.exists():
        message = _("%(person)s在这一时段已有值班，请调整时间或换人。") % {"person": shift.person.name}
        raise Conflict(message, code="overlap", errors={"person": [message]})


@transaction.atomic
def drop_shift(actor: Actor, *, shift: DutyShift) -> None:
    """Take a shift that has not begun out of the plan; the trail keeps what was planned."""
    stored = writing.locked(DutyShift, shift.pk)
    grant = _authorise(actor, stored.section)
    if stored.starts_at <= timezone.now():
        raise Conflict(_("这一班已经开始，不能取消；可安排替班。"), code="begun")
    trail.record(actor, "people.drop_shift", stored, before=trail.values_of(stored), grant=grant)
    stored.delete()


@transaction.atomic
def copy_week(actor: Actor, *, section: Organisation, monday: date) -> tuple[int, int]:
    """Plan the week from ``monday`` as the week before it. Answers how many were planned and how many left out.

    Left out are shifts of people who have left, and those that would stand beside duty already planned.
    """
    grant = _authorise(actor, section)
    planned = list(queries.week_of(section, monday=monday))
    taken = [(shift.person_id, shift.starts_at, shift.ends_at) for shift in planned]
    copies = []
    before = list(queries.week_of(section, monday=monday - WEEK))
    for shift in before:
        start, end = shift.starts_at + WEEK, shift.ends_at + WEEK
        busy = any(who == shift.person_id and a < end and start < b for who, a, b in taken)
        if shift.person.is_active and not busy:
            copies.append(
                DutyShift(
                    section=section,
                    person=shift.person,
                    place=shift.place,
                    name=shift.name,
                    starts_at=start,
                    ends_at=end,
                )
            )
    DutyShift.objects.bulk_create(copies)
    trail.record_many(
        trail.entry(actor, "people.plan_shift", shift, after=trail.values_of(shift), grant=grant)
        for shift in copies
    )
    return len(copies), len(before) - len(copies)


@transaction.atomic
def substitute_shift(
    actor: Actor, *, shift: DutyShift, substitute: Person | None, reason: str = ""
) -> DutyShift:
    """Let somebody else take a shift (None: the person takes it after all). Both are told."""
    stored = writing.locked(DutyShift, shift.pk)
    grant = _authorise(actor, stored.section)
    if stored.handed_over_at or stored.ends_at <= timezone.now():
        raise Conflict(_("这一班已经结束，不能再安排替班。"), code="over")
    if substitute is not None and substitute.pk == stored.person_id:
        raise Problem(errors={"substitute": [_("替班人不能是值班人本人。")]})
    if substitute is not None and not substitute.is_active:
        raise Problem(errors={"substitute": [_("该人员已离开，不能替班。")]})
    values = {"substitute": substitute, "substitute_reason": reason if substitute else ""}
    changed = writing.change(actor, "people.substitute_shift", stored, values, grant=grant)
    for listener in DUTY_LISTENERS:
        listener.substituted(changed)
    return changed


@transaction.atomic
def hand_over_shift(actor: Actor, *, shift: DutyShift, note: str = "") -> DutyShift:
    """End a shift and leave word for the next one, who is told. For whoever has the duty, or who plans it."""
    stored = writing.locked(DutyShift, shift.pk)
    holder = stored.substitute_id or stored.person_id
    grant = scope.EVERYTHING if actor.pk == holder else _authorise_other(actor, stored)
    now = timezone.now()
    if stored.handed_over_at:
        raise Conflict(_("这一班已经交班。"), code="handed_over")
    if stored.starts_at > now:
        raise Conflict(_("这一班还没有开始，不能交班。"), code="not_begun")
    values = {"handed_over_at": now, "handover_note": note.strip()}
    changed = writing.change(actor, "people.hand_over_shift", stored, values, grant=grant)
    for listener in DUTY_LISTENERS:
        listener.handed_over(changed, queries.next_on_duty(changed))
    return changed


def _authorise_other(actor: Actor, shift: DutyShift) -> scope.Grant:
    grant = scope.grant_for(actor, MANAGE, organisation_path=shift.section.path)
    if grant is None:
        raise NotPermitted(_("只有当班人员或排班人员可以交班。"))
    return grant
