"""The lists a gate goes by: who is not let in, contractors and their people, hosting rules. Changed and ended, never deleted."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.affairs.declare import ITEMS
from houqin.affairs.offers import section_for
from houqin.foundation.errors import Conflict, NotFound, Problem
from houqin.foundation.people import scope
from houqin.foundation.people.models import Organisation, Person
from houqin.foundation.places.models import Place
from houqin.foundation.sealed.scrub import scrubbed
from houqin.foundation.trail import actions as trail
from houqin.services.visitors import queries
from houqin.services.visitors.actions.inviting import INVITE, expect, picture
from houqin.services.visitors.actions.ways import close_ways
from houqin.services.visitors.models import (
    OPEN,
    Contractor,
    Denial,
    HostingRule,
    Level,
    Visit,
    VisitState,
    Worker,
)

Kept = TypeVar("Kept", Contractor, Worker, HostingRule, Level)


@transaction.atomic
def deny(
    actor: Person,
    *,
    name: str,
    phone: str = "",
    id_number: str = "",
    reason: str,
    until_on: date | None = None,
) -> Denial:
    """Let somebody in no more until the duty office says so; who is expected is held. Raises NotPermitted, Problem without a number or
    a reason. The trail keeps that it was done, not the reason.
    """
    section = section_for(ITEMS[INVITE], category="", place=None, organisation=None)
    grant = scope.authorise(actor, "visitors.deny", organisation_path=section.path)
    if not (phone or id_number):
        raise Problem(errors={"phone": [_("请填写手机号或身份证号，门岗据此识别。")]})
    if until_on and until_on < timezone.localdate():
        raise Problem(errors={"until_on": [_("有效期不能早于今天。")]})
    made = Denial(
        section=section, name=name.strip(), phone=phone, id_number=id_number, reason=scrubbed(reason.strip()), until_on=until_on,
        made_by=actor,
    )  # fmt: skip
    _checked(made)
    made.save(force_insert=True)
    trail.record(actor, "visitors.deny", made, after={"until_on": until_on}, grant=grant)
    numbers = Q(pk__in=[])
    for field in ("phone", "id_number"):
        if value := getattr(made, field):
            numbers |= Q(**{field: value.clear})
    for visit in _locked(Visit.objects.filter(numbers, state__in=OPEN[:2], held=False)):
        visit.held, visit.cleared_at = True, None
        visit.save(update_fields=["held", "cleared_at"])
        close_ways(visit, _("待值班室确认"))
        trail.record(actor, "visitors.hold", visit, after=picture(visit), grant=grant)
    return made


@transaction.atomic
def lift(actor: Person, *, denial: int, why: str) -> Denial:
    """Let them in again from now on; what is held stays for the duty office to clear. Raises NotFound, Problem without a reason; a second
    time nothing.
    """
    found = queries.denials_kept(actor).select_for_update(of=("self",)).filter(pk=denial).first()
    if found is None:
        raise NotFound
    if not why.strip():
        raise Problem(errors={"why": [_("请写明解除原因。")]})
    if found.lifted_at is None:
        grant = scope.authorise(actor, "visitors.deny", organisation_path=found.section.path)
        found.lifted_at, found.lifted_by, found.lifted_why = timezone.now(), actor, scrubbed(why.strip())
        found.save(update_fields=["lifted_at", "lifted_by", "lifted_why"])
        trail.record(actor, "visitors.lift", found, after={"lifted_at": found.lifted_at}, grant=grant)
    return found


@transaction.atomic
def clear(actor: Person, *, visit: int) -> Visit:
    """The duty office has looked: this visit, and no other, is let in. Raises NotFound, Conflict when nothing is held."""
    found = _locked(queries.visits_held(actor).filter(pk=visit)).first()
    if found is None:
        raise NotFound
    if not found.held:
        raise Conflict(_("这次来访已经处理。"))
    grant = scope.authorise(
        actor,
        "visitors.deny",
        organisation_path=found.section.path,
        place_path=found.place.path,
        service="visitors",
    )
    found.held, found.cleared_at = False, timezone.now()
    found.save(update_fields=["held", "cleared_at"])
    trail.record(actor, "visitors.clear", found, after=picture(found), grant=grant)
    if found.state == VisitState.EXPECTED:
        expect(found)
    return found


@transaction.atomic
def make_contractor(
    actor: Person, *, name: str, work: str, place: Place, host: Person, insured_until: date, **hours: Any
) -> Contractor:
    """A company whose people come again and again. Raises NotPermitted, Problem."""
    section = section_for(ITEMS[INVITE], category="", place=place, organisation=None)
    grant = _may_keep(actor, section, place)
    made = Contractor(
        section=section, name=name, work=work, place=place, host=host, insured_until=insured_until, **hours
    )
    return _made(actor, made, grant)


@transaction.atomic
def set_contractor(actor: Person, *, contractor: int, **values: Any) -> Contractor:
    """Change a company, or end it (``ended``). Raises NotFound, NotPermitted, Problem."""
    found = queries.contractors_kept(actor).select_for_update(of=("self",)).filter(pk=contractor).first()
    if found is None:
        raise NotFound
    grant = _may_keep(actor, found.section, found.place)
    return _set(actor, found, grant, _ending(found, values))


@transaction.atomic
def add_worker(
    actor: Person, *, contractor: int, name: str, phone: str, inducted_until: date, id_number: str = ""
) -> Worker:
    """One of a company's people. Raises NotFound, NotPermitted, Problem for a phone that is on its list already."""
    company = queries.contractors_kept(actor).filter(pk=contractor, ended_at=None).first()
    if company is None:
        raise NotFound
    grant = _may_keep(actor, company.section, company.place)
    made = Worker(
        contractor=company, name=name, phone=phone, id_number=id_number, inducted_until=inducted_until
    )
    return _made(actor, made, grant)


@transaction.atomic
def set_worker(actor: Person, *, worker: int, **values: Any) -> Worker:
    """Change one of a company's people, or end them (``ended``). Raises as :func:`add_worker`."""
    found = queries.workers_kept(actor).select_for_update(of=("self",)).filter(pk=worker).first()
    if found is None:
        raise NotFound
    grant = _may_keep(actor, found.contractor.section, found.contractor.place)
    return _set(actor, found, grant, _ending(found, values))


@transaction.atomic
def make_rule(actor: Person, *, name: str, place: Place | None = None, **values: Any) -> HostingRule:
    """A rule by which hosts may receive. Raises NotPermitted, Problem."""
    section = section_for(ITEMS[INVITE], category="", place=place, organisation=None)
    grant = _may_keep(actor, section, place)
    return _made(actor, HostingRule(name=name, section=section, place=place, **values), grant)


@transaction.atomic
def set_rule(actor: Person, *, rule: int, **values: Any) -> HostingRule:
    """Change a rule, or switch it off. Raises NotFound, NotPermitted, Problem."""
    found = queries.rules_kept(actor).select_for_update(of=("self",)).filter(pk=rule).first()
    if found is None:
        raise NotFound
    grant = _may_keep(actor, found.section, found.place)
    if "place" in values:
        _may_keep(actor, found.section, values["place"])
    return _set(actor, found, grant, values)


@transaction.atomic
def make_level(actor: Person, *, name: str, position: int, words: list[str]) -> Level:
    """A level of office that rules may ask for. Raises NotPermitted, Problem for a name or a position that is taken."""
    grant = scope.authorise(actor, "visitors.keep", organisation_path=None)
    return _made(actor, Level(name=name, position=position, words=words), grant)


@transaction.atomic
def set_level(actor: Person, *, level: int, **values: Any) -> Level:
    """Change a level, or which posts count as it. Raises as :func:`make_level`, NotFound."""
    grant = scope.authorise(actor, "visitors.keep", organisation_path=None)
    found = Level.objects.select_for_update().filter(pk=level).first()
    if found is None:
        raise NotFound
    return _set(actor, found, grant, values)


def _may_keep(actor: Person, section: Organisation, place: Place | None) -> scope.Grant:
    return scope.authorise(
        actor,
        "visitors.keep",
        organisation_path=section.path,
        place_path=place.path if place else "",
        service="visitors",
    )


def _ending(record: Contractor | Worker, values: dict[str, Any]) -> dict[str, Any]:
    """``ended`` as the moment it is kept as."""
    if "ended" in values:
        ended = values.pop("ended")
        values["ended_at"] = (record.ended_at or timezone.now()) if ended else None
    return values


def _made(actor: Person, record: Kept, grant: scope.Grant) -> Kept:
    _checked(record)
    record.save(force_insert=True)
    kind = record._meta.model_name
    trail.record(actor, f"visitors.make_{kind}", record, after=trail.values_of(record), grant=grant)
    return record


def _set(actor: Person, record: Kept, grant: scope.Grant, values: dict[str, Any]) -> Kept:
    before = trail.values_of(record)
    for name, value in values.items():
        setattr(record, name, value)
    _checked(record)
    record.save(update_fields=list(values))
    old, new = trail.difference(before, trail.values_of(record))
    if new:
        kind = record._meta.model_name
        trail.record(actor, f"visitors.set_{kind}", record, before=old, after=new, grant=grant)
    return record


def _checked(record: models.Model) -> None:
    try:
        record.full_clean()
    except ValidationError as error:
        raise Problem(errors=error.message_dict) from error


def _locked(found: models.QuerySet[Visit]) -> models.QuerySet[Visit]:
    return found.select_for_update(of=("self",)).select_related("host", "place", "section").order_by("pk")
