"""The lists a gate goes by, for whoever keeps them."""

from __future__ import annotations

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from houqin.foundation.people import scope
from houqin.foundation.trail.actors import Actor
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
from houqin.services.visitors.queries.visits import RELATED, scoped


def denials_kept(actor: Actor) -> QuerySet[Denial]:
    """The people not let in, for whoever may know: the latest first."""
    kept = scope.within(actor, "visitors.deny", organisation="section__path")
    return Denial.objects.filter(kept).select_related("made_by", "lifted_by", "section").order_by("-pk")


def visits_held(actor: Actor) -> QuerySet[Visit]:
    """The visits that wait for the duty office."""
    found = Visit.objects.filter(scoped(actor, "visitors.deny"), state__in=OPEN[:2])
    return found.select_related(*RELATED).order_by("from_at", "pk")


def contractors_kept(actor: Actor) -> QuerySet[Contractor]:
    """The companies that ``actor`` keeps."""
    kept = scope.within(actor, "visitors.keep", organisation="section__path", place="place__path")
    return Contractor.objects.filter(kept).select_related("place", "host", "section").order_by("name", "pk")


def contractors_listed(actor: Actor) -> QuerySet[Contractor]:
    """The same, each with how many people it has (``people``), those that have ended last."""
    counted = contractors_kept(actor).annotate(people=Count("workers", Q(workers__ended_at=None)))
    return counted.order_by(F("ended_at").asc(nulls_first=True), "name", "pk")


def workers_kept(actor: Actor) -> QuerySet[Worker]:
    """The people of these companies."""
    kept = scope.within(
        actor, "visitors.keep", organisation="contractor__section__path", place="contractor__place__path"
    )
    return Worker.objects.filter(kept).select_related("contractor__section", "contractor__place")


def workers_at_gate(actor: Actor, find: str) -> QuerySet[Worker]:
    """Contractors' people by a part of the name or company, or the last four of the phone, for the gate; not who is inside."""
    kept = scope.within(
        actor, "visitors.gate", organisation="contractor__section__path", place="contractor__place__path"
    )
    wanted = Q(name__contains=find) | Q(contractor__name__contains=find)
    if find.isascii() and find.isdigit() and len(find) == 4:
        wanted |= Q(phone__tail=find)
    here = Visit.objects.filter(worker=OuterRef("pk"), state=VisitState.INSIDE)
    found = Worker.objects.filter(kept, wanted, ~Exists(here), ended_at=None, contractor__ended_at=None)
    return found.select_related("contractor__place", "contractor__host").order_by("name", "pk")


def rules_kept(actor: Actor) -> QuerySet[HostingRule]:
    """The hosting rules of sections whose visits ``actor`` keeps."""
    kept = scope.within(actor, "visitors.keep", organisation="section__path", place="place__path")
    return (
        HostingRule.objects.filter(kept)
        .select_related("place", "section", "level")
        .order_by("-active", "name", "pk")
    )


def levels(actor: Actor) -> QuerySet[Level]:
    """The levels of office, the highest first, for whoever keeps rules. Raises NotPermitted."""
    scope.authorise(actor, "visitors.keep", organisation_path=None)
    return Level.objects.order_by("position")
