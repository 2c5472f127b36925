"""Reading warnings, within the actor's scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from houqin.affairs.models import Level, Warning
from houqin.affairs.warnings.declare import RULES, Rule
from houqin.foundation.people import scope
from houqin.foundation.people.scope import Grant
from houqin.foundation.trail.actors import Actor


def visible(actor: Actor) -> QuerySet[Warning]:
    """The warnings that ``actor`` may see: those to act on, and those of rules that others may look at too."""
    seen = [(rule, permission) for rule in RULES for permission in (rule.permission, *rule.seen_by)]
    return _of(actor, seen)


def actionable(actor: Actor) -> QuerySet[Warning]:
    """The open warnings that ``actor`` can do something about."""
    return _of(actor, [(rule, rule.permission) for rule in RULES]).filter(resolved_at__isnull=True)


def grant_on(actor: Actor, warning: Warning) -> Grant | None:
    """The appointment by which ``actor`` can act on a warning, or None."""
    rule = RULES.get(warning.rule)
    if rule is None:
        return None
    if warning.organisation is None:
        return scope.grant_everywhere(actor, rule.permission)
    return scope.grant_for(actor, rule.permission, organisation_path=warning.organisation.path)


def becomes_case(rule: Rule, warning: Warning) -> bool:
    """Whether there is anybody whose case it could be."""
    return bool(rule.item) or warning.organisation_id is not None


@dataclass(frozen=True)
class Standing:
    """How many open warnings concern somebody: those nobody has taken note of, and the red among all."""

    waiting: int = 0
    red: int = 0


def standing(actor: Actor) -> Standing:
    """What waits for ``actor``. One query, none for who can act on nothing."""
    if not concerns(actor):
        return Standing()
    found = (
        actionable(actor)
        .order_by()
        .aggregate(
            waiting=Count("id", filter=Q(acknowledged_at__isnull=True)),
            red=Count("id", filter=Q(level=Level.RED)),
        )
    )
    return Standing(found["waiting"], found["red"])


def concerns(actor: Actor) -> bool:
    """Whether there is any rule whose warnings ``actor`` may see."""
    return any(scope.holds(actor, each) for each in _permissions())


def _permissions() -> set[str]:
    return {permission for rule in RULES for permission in (rule.permission, *rule.seen_by)}


def _of(actor: Actor, pairs: Iterable[tuple[Rule, str]]) -> QuerySet[Warning]:
    """Warnings of rules within the scope of the permission that stands beside each."""
    by_permission: dict[str, list[str]] = {}
    for rule, permission in pairs:
        if scope.holds(actor, permission):
            by_permission.setdefault(permission, []).append(rule.code)
    condition = Q(pk__in=[])
    for permission, codes in by_permission.items():
        where = scope.within(actor, permission, organisation="organisation__path")
        if scope.grant_everywhere(actor, permission):
            where |= Q(organisation__isnull=True)
        condition |= Q(rule__in=codes) & where
    return Warning.objects.filter(condition).select_related("organisation", "acknowledged_by", "case")
