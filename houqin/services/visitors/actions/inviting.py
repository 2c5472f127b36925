"""Inviting somebody, another time, calling it off. Doors and parking follow by themselves."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.affairs import actions as affairs
from houqin.affairs.declare import ITEMS
from houqin.affairs.models import Case
from houqin.affairs.offers import section_for
from houqin.foundation.errors import Conflict, NotFound, NotPermitted, Problem
from houqin.foundation.notices.actions import tell
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.foundation.people.queries import organisation_of
from houqin.foundation.places.models import Place
from houqin.foundation.standards import mobile
from houqin.foundation.standards import phone as any_phone
from houqin.foundation.standards import plate as checked_plate
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import Actor
from houqin.services.visitors import queries, rules
from houqin.services.visitors.actions.ways import close_ways, set_ways, text_visitor
from houqin.services.visitors.models import OPEN, Group, Kind, Visit, VisitState, Worker

INVITE = "visitors.invite"
#: What the database says when the same source invites the same visitor at the same moment.
ONCE = "visitor_once_a_source"


@transaction.atomic
def invite(
    actor: Actor,
    *,
    source: str = "",
    host: Person,
    name: str,
    phone: str,
    from_at: datetime,
    until_at: datetime,
    place: Place,
    purpose: str,
    organisation: str = "",
    plate: str = "",
    kind: str = "",
    companions: int = 0,
    items: str = "",
    id_number: str = "",
    group: Group | None = None,
) -> Visit:
    """Expect somebody from outside; doors open for them and a space is kept for their vehicle.

    With a ``source`` (``meetings.meeting:123``) the calling service has asked for the right, and the same source and visitor
    again change the visit there is. Without one the host's own right counts: where the rules go further than that, a case is opened
    and the visit waits for it (``state`` pending). ``kind`` empty: a meeting for a source, official business otherwise. ``phone``
    may be empty for a source. Raises NotPermitted for somebody else's guest, Problem by field.
    """
    told: dict[str, Any] = {
        "name": " ".join(name.split()), "phone": phone, "organisation": organisation.strip(), "purpose": purpose.strip(),
        "kind": kind or (Kind.MEETING if source else Kind.BUSINESS), "place": place, "from_at": from_at, "until_at": until_at,
        "plate": plate, "companions": companions, "items": items.strip(), "id_number": id_number,
    }  # fmt: skip
    check(told, needs_phone=not source)
    if not source:
        may_host(actor, host)
        exceeds = rules.exceeds(host, place, from_at, until_at, 1 + companions)
        if exceeds:
            return by_case(actor, host, told, group)
    elif found := _same(source, told):
        return _change(actor, found, **told)
    try:
        with transaction.atomic():
            made = make(actor, host=host, source=source, group=group, state=VisitState.EXPECTED, **told)
    except IntegrityError as error:
        found = _same(source, told) if ONCE in str(error) else None
        if found is None:
            raise
        return _change(actor, found, **told)
    if host.pk != actor.pk:
        _tell_host(made, lambda: _("已为您登记访客"))
    return made


def make(
    actor: Actor, *, host: Person, state: str, case: Case | None = None, exceeds: str = "", source: str = "",
    group: Group | None = None, worker: Worker | None = None, **told: Any,
) -> Visit:  # fmt: skip
    """The record of a visit and what follows from it. Somebody on the list of those not let in is held, and told nothing of it."""
    organisation = organisation_of(host)
    section = (
        case.section
        if case
        else section_for(ITEMS[INVITE], category="", place=told["place"], organisation=organisation)
    )
    visit = Visit(
        case=case, host=host, state=state, exceeds=exceeds, source=source, group=group, worker=worker, section=section,
        made_by=actor if isinstance(actor, Person) else None, **told,
    )  # fmt: skip
    visit.held = queries.is_denied(visit)
    visit.save(force_insert=True)
    trail.record(actor, "visitors.invite", visit, after=picture(visit))
    if state == VisitState.EXPECTED:
        expect(visit)
    elif visit.held:
        tell_duty_office(visit)
    return visit


def expect(visit: Visit) -> None:
    """Nothing stands in the way any more but, perhaps, the duty office."""
    set_ways(visit)
    if visit.held:
        tell_duty_office(visit)
    else:
        text_visitor(visit, "pass")


@transaction.atomic
def move(actor: Actor, *, source: str, from_at: datetime, until_at: datetime) -> int:
    """All visits of a source at another time, with doors and parking; how many. Again: nothing changes."""
    _check_period(from_at, until_at)
    found = list(_locked(Visit.objects.filter(source=source, state__in=OPEN)) if source else ())
    for visit in found:
        _change(actor, visit, from_at=from_at, until_at=until_at)
    return len(found)


@transaction.atomic
def cancel(actor: Actor, *, source: str, reason: str, visits: Collection[int] | None = None) -> int:
    """Call off all visits of a source that have not begun, or those of them in ``visits``; how many. Who is inside stays until
    they leave. Again: none.
    """
    open_ones = Visit.objects.filter(source=source, state__in=OPEN[:2])
    if visits is not None:
        open_ones = open_ones.filter(pk__in=visits)
    found = list(_locked(open_ones) if source else ())
    for visit in found:
        drop_visit(actor, visit, reason)
    return len(found)


@transaction.atomic
def move_visit(actor: Person, *, visit: int, from_at: datetime, until_at: datetime) -> Visit:
    """One's own visitor at another time. Raises NotFound for a visit of somebody else's, Conflict where that needs approval or the
    visit belongs to a meeting, Problem.
    """
    found = _own(actor, visit)
    _check_period(from_at, until_at)
    if found.state == VisitState.PENDING:
        raise Conflict(_("审批期间不能改时间，请先撤回再重新登记。"))
    why = rules.exceeds(found.host, found.place, from_at, until_at, found.people)
    if why and not found.exceeds:
        raise Conflict(_("新的时间%(why)s，需要审批：请取消后重新邀请。") % {"why": why})
    if why and (from_at, until_at) != (found.from_at, found.until_at):
        raise Conflict(_("这次来访经过审批，改时间请取消后重新邀请。"))
    return _change(actor, found, from_at=from_at, until_at=until_at)


@transaction.atomic
def cancel_visit(actor: Person, *, visit: int, reason: str = "") -> Visit:
    """Call off one's own visitor; what is being approved is withdrawn. Raises as :func:`move_visit`."""
    found = _own(actor, visit)
    if found.state == VisitState.INSIDE:
        raise Conflict(_("访客已在内，离开时由门岗登记。"))
    if found.case and not found.case.ended and found.case.applicant_id == actor.pk:
        affairs.perform(actor, "withdraw", case=found.case.number, version=found.case.version, data={})
        found.refresh_from_db()
        return found
    drop_visit(actor, found, reason.strip() or _("接待人取消"))
    return found


def may_host(actor: Actor, host: Person) -> None:
    """For whom one may invite: oneself and colleagues of one's section. Raises NotPermitted."""
    if not isinstance(actor, Person):
        return
    if actor.pk != host.pk and actor.organisation_id != host.organisation_id:
        raise NotPermitted(_("只能为本人或本科室同事邀请访客。"))


def picture(visit: Visit) -> dict[str, Any]:
    """A visit as the trail keeps it."""
    return {
        "host": visit.host_id, "place": visit.place_id, "from_at": visit.from_at, "until_at": visit.until_at,
        "state": str(visit.state), "kind": str(visit.kind), "source": visit.source, "held": visit.held,
        "phone": visit.phone.masked if visit.phone else "", "plate": visit.masked_plate, "companions": visit.companions,
    }  # fmt: skip


def tell_duty_office(visit: Visit) -> None:
    """Whoever keeps the list of those not let in has to decide."""
    tell(
        scope.holders("visitors.deny", organisation_path=visit.section.path),
        kind="visitors.held",
        title=lambda: _("有来访待值班室确认"),
        body=lambda: _("%(when)s 到访 %(place)s，接待人%(host)s。") % _named(visit),
        url="/visitors/denials",
        record=visit,
    )


def by_case(actor: Actor, host: Person, told: dict[str, Any], group: Group | None) -> Visit:
    """The visit beside a case that is opened for it."""
    if not isinstance(actor, Person):
        raise NotPermitted
    data = {**told, "place": told["place"].code, "host": str(host.pk)}
    case = affairs.submit(actor, item=INVITE, data=data)
    Visit.objects.filter(case=case).update(group=group)
    return Visit.objects.select_related("place", "host", "section", "case").get(case=case)


def check(told: dict[str, Any], *, needs_phone: bool) -> None:
    """What is told of a visitor: numbers in their normal form, and bounds. Raises Problem by field (``Unfit`` for a number)."""
    _check_period(told["from_at"], told["until_at"])
    if not told["name"]:
        raise Problem(errors={"name": [_("请填写来访人姓名。")]})
    if told["kind"] not in Kind.values:
        raise Problem(errors={"kind": [_("没有这个来访类别。")]})
    if needs_phone and not told["phone"]:
        raise Problem(errors={"phone": [_("请填写来访人手机号。")]})
    number = str(getattr(told["phone"], "clear", told["phone"]))
    told["phone"] = mobile(number) if needs_phone else (any_phone(number) if number else "")
    told["plate"] = checked_plate(told["plate"]) if told["plate"] else ""


def _check_period(from_at: datetime, until_at: datetime) -> None:
    if not (rules.in_reason(from_at) and rules.in_reason(until_at)):
        raise Problem(errors={"from_at": [_("时间不在合理范围，请核对。")]})
    if until_at <= from_at:
        raise Problem(errors={"until_at": [_("离开时间应晚于到达时间。")]})


def _same(source: str, told: dict[str, Any]) -> Visit | None:
    """The open visit of a source for the same visitor: by phone, without one by name."""
    found = _locked(Visit.objects.filter(source=source, state__in=OPEN))
    if told["phone"]:
        return found.filter(phone=told["phone"]).first()
    return found.filter(phone="", name=told["name"]).first()


def _locked(found: QuerySet[Visit]) -> QuerySet[Visit]:
    related = ("host", "place", "section", "case")
    return found.select_for_update(of=("self",)).select_related(*related).order_by("pk")


def _own(actor: Person, visit: int) -> Visit:
    """An open visit that ``actor`` receives, made, or looks after. Raises NotFound, Conflict."""
    found = _locked(queries.visits_run_by(actor).filter(pk=visit)).first()
    if found is None:
        raise NotFound
    if found.source:
        raise Conflict(_("这位访客随会议登记，请在会议页面修改。"))
    if not found.is_open:
        raise Conflict(_("这次来访%(state)s，不能再改。") % {"state": found.get_state_display()})
    return found


def _change(actor: Actor, visit: Visit, **values: Any) -> Visit:
    before = picture(visit)
    changed = [name for name, value in values.items() if getattr(visit, name) != value]
    if not changed:
        return visit
    for name in changed:
        setattr(visit, name, values[name])
    visit.held = visit.held or (not visit.cleared_at and queries.is_denied(visit))
    visit.save(update_fields=[*changed, "held"])
    old, new = trail.difference(before, picture(visit))
    trail.record(actor, "visitors.change", visit, before=old, after=new)
    if visit.state != VisitState.PENDING:
        set_ways(visit)
        if {"from_at", "until_at", "place"} & set(changed):
            text_visitor(visit, "moved")
    return visit


def drop_visit(actor: Actor, visit: Visit, why: str, state: VisitState = VisitState.CANCELLED) -> None:
    before = visit.state
    visit.state, visit.ended_why = state, why
    visit.save(update_fields=["state", "ended_why"])
    trail.record(
        actor,
        "visitors.cancel",
        visit,
        before={"state": str(before)},
        after={"state": str(state), "why": why},
    )
    close_ways(visit, why)
    if before == VisitState.EXPECTED:
        text_visitor(visit, "cancelled")
    if visit.host_id != actor.pk:
        _tell_host(visit, lambda: _("来访已取消"))


def _tell_host(visit: Visit, title: Any) -> None:
    tell(
        [visit.host],
        kind="visitors.changed",
        title=title,
        body=lambda: _("%(name)s，%(when)s 到访 %(place)s。") % _named(visit),
        url=visit.get_absolute_url(),
        record=visit,
    )


def _named(visit: Visit) -> dict[str, str]:
    start = timezone.localtime(visit.from_at)
    return {
        "name": visit.name,
        "when": f"{start:%m-%d %H:%M}",
        "place": str(visit.place),
        "host": visit.host.name,
    }
