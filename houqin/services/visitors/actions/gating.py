"""At the gate: in, out, and what a guard is told."""

from __future__ import annotations

from datetime import datetime, time

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.errors import Conflict, NotFound
from houqin.foundation.notices.actions import tell
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import SYSTEM, Actor
from houqin.services.access import actions as access
from houqin.services.access import queries as doors
from houqin.services.visitors import queries, rules
from houqin.services.visitors.actions.inviting import make
from houqin.services.visitors.models import Crossing, Direction, How, Kind, Visit, VisitState, Worker
from houqin.services.visitors.problems import AskDutyOffice, Lapsed, NotLetIn


def enter(
    actor: Actor, *, visit: int, gate: str = "", token: str = "", how: str = How.NAME, people: int = 0, items: str = "",
) -> Visit:  # fmt: skip
    """Let a visitor in at a gate (the code of its door; empty where the gate has none), by the pass shown or known otherwise.

    Raises NotFound for a visit that is not of the actor's gate, AskDutyOffice, Lapsed, NotLetIn with what the doors say, Conflict where
    they are inside already, before or after their time.
    """
    with transaction.atomic():
        found = _at_gate(actor, visit)
        _may_enter(found)
        said = _doors(found, gate, token, Direction.IN)
        if not said:
            _cross(actor, found, Direction.IN, gate, how, people or found.people, items)
    # What the doors refused stays recorded, so it is told only now.
    if said:
        raise NotLetIn(said)
    return found


@transaction.atomic
def leave(actor: Actor, *, visit: int, gate: str = "", token: str = "", how: str = How.NAME) -> Visit:
    """A visitor has left. Nobody is kept inside, so no door is asked. Raises NotFound, Conflict for somebody who is not inside."""
    found = _at_gate(actor, visit)
    if found.state != VisitState.INSIDE:
        raise Conflict(_("%(name)s 没有在内记录。") % {"name": found.name})
    _doors(found, gate, token, Direction.OUT)
    _cross(actor, found, Direction.OUT, gate, how, found.people, "")
    return found


def pass_by(actor: Actor, *, token: str, gate: str = "") -> tuple[Visit, str]:
    """A pass was shown: in, or out for somebody who is inside. Answers the visit and the direction.

    Raises NotLetIn for what is no pass of this moment, and as :func:`enter`.
    """
    found = queries.visit_of_token(token)
    if found.state == VisitState.INSIDE:
        return leave(actor, visit=found.pk, gate=gate, token=token, how=How.PASS), Direction.OUT
    return enter(actor, visit=found.pk, gate=gate, token=token, how=How.PASS), Direction.IN


def enter_worker(actor: Actor, *, worker: int, gate: str = "") -> Visit:
    """A contractor's worker comes for the day. Raises NotFound, Lapsed with the day on which induction or insurance ended."""
    with transaction.atomic():
        found = (
            Worker.objects.select_for_update(of=("self",))
            .select_related("contractor__host", "contractor__place", "contractor__section")
            .filter(
                scope.within(
                    actor,
                    "visitors.gate",
                    organisation="contractor__section__path",
                    place="contractor__place__path",
                ),
                pk=worker,
                ended_at=None,
                contractor__ended_at=None,
            )
            .first()
        )
        if found is None:
            raise NotFound
        check_worker(found)
        visit = _todays(actor, found)
    return enter(actor, visit=visit.pk, gate=gate, how=How.WORKER)


def check_worker(worker: Worker) -> None:
    """Raises Lapsed where the induction of a worker, or the insurance of the company, is over."""
    today, contractor = timezone.localdate(), worker.contractor
    for day, words in (
        (
            worker.inducted_until,
            _("%(name)s的安全培训已于 %(day)s 到期，请联系责任人%(host)s安排培训后再进入。"),
        ),
        (
            contractor.insured_until,
            _("%(company)s的保险已于 %(day)s 到期，请联系责任人%(host)s更新后再进入。"),
        ),
    ):
        if day < today:
            named = {"name": worker.name, "company": contractor.name, "host": contractor.host.name}
            raise Lapsed(words % {**named, "day": f"{day:%Y-%m-%d}"})


def _todays(actor: Actor, worker: Worker) -> Visit:
    """The worker's visit of today, made when they first come."""
    now, contractor = timezone.now(), worker.contractor
    begins, ends = (_at(contractor.from_time, now), _at(contractor.until_time, now))
    found = worker.visits.filter(
        until_at=ends, state__in=[VisitState.EXPECTED, VisitState.INSIDE, VisitState.LEFT]
    ).first()
    return found or make(
        actor, host=contractor.host, state=VisitState.EXPECTED, worker=worker, name=worker.name, phone=worker.phone,
        id_number=worker.id_number, organisation=contractor.name, kind=Kind.WORKS, purpose=contractor.work,
        place=contractor.place, from_at=begins, until_at=ends,
    )  # fmt: skip


def _at(hour: time, now: datetime) -> datetime:
    return timezone.make_aware(datetime.combine(timezone.localdate(now), hour))


def _at_gate(actor: Actor, visit: int) -> Visit:
    found = (
        queries.visits_at_gate(actor)
        .select_for_update(of=("self",))
        .select_related("worker__contractor__host")
        .filter(pk=visit)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def _may_enter(visit: Visit) -> None:
    """Raises the problem that says whom to ask or what to wait for."""
    now = timezone.now()
    if visit.held or (not visit.cleared_at and queries.is_denied(visit)):
        raise AskDutyOffice
    if visit.state == VisitState.INSIDE:
        raise Conflict(_("%(name)s 已在内，未登记离开。") % {"name": visit.name})
    if visit.state not in (VisitState.EXPECTED, VisitState.LEFT):
        words = _("%(name)s 的来访%(state)s，不能进入。")
        raise Conflict(words % {"name": visit.name, "state": visit.get_state_display()})
    start = timezone.localtime(visit.from_at)
    if now < visit.from_at - rules.EARLY:
        raise Conflict(
            _("%(name)s 约在 %(when)s，尚未到时间。") % {"name": visit.name, "when": f"{start:%m-%d %H:%M}"}
        )
    if now > visit.until_at + rules.GRACE:
        raise Conflict(_("%(name)s 的来访时间已过，请接待人改时间。") % {"name": visit.name})
    if visit.worker:
        check_worker(visit.worker)


def _doors(visit: Visit, gate: str, token: str, direction: Direction) -> str:
    """Ask the doors, which let a pass in once and nobody in twice; why they refuse, empty where they do not."""
    door = doors.door_of(gate) if gate else None
    if door is None or not (token or doors.permits_of(visit.holder).exists()):
        return ""
    holder = "" if token else visit.holder
    said = access.admit(SYSTEM, door=door, direction=direction, token=token, holder=holder)
    return "" if said.allowed else str(said.words)


def _cross(
    actor: Actor, visit: Visit, direction: Direction, gate: str, how: str, people: int, items: str
) -> None:
    """Write the crossing; the database says what that makes of the visit."""
    door = doors.door_of(gate) if gate else None
    Crossing.objects.create(
        visit=visit, number=visit.crossings.count() + 1, direction=direction, gate=door.name if door else gate, how=how,
        by=actor if isinstance(actor, Person) else None, people=people, items=items.strip(),
    )  # fmt: skip
    visit.refresh_from_db(fields=["state", "entered_at", "left_at"])
    after = {"gate": door.name if door else gate, "how": str(how), "people": people}
    trail.record(actor, f"visitors.{'enter' if direction == Direction.IN else 'leave'}", visit, after=after)
    if direction == Direction.IN and visit.host_id != actor.pk:
        tell(
            [visit.host],
            kind="visitors.arrived",
            title=lambda: _("%(name)s 已到") % {"name": visit.name},
            body=lambda: (
                _("%(gate)s，%(people)d 人。") % {"gate": after["gate"] or _("门岗"), "people": people}
            ),
            url=visit.get_absolute_url(),
            record=visit,
        )
