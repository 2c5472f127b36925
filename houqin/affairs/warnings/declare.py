"""Declaring a rule: what is looked for, how bad it is from where on, and whose business it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from houqin.affairs.models.warnings import Level
from houqin.foundation.errors import Text
from houqin.foundation.registry import Registry

if TYPE_CHECKING:
    from houqin.affairs.models import Warning


@dataclass(frozen=True)
class Breach:
    """One subject in breach of a rule now. ``subject`` tells it from the rule's others and stays the same.

    ``name`` is what the subject is called, ``organisation`` the id of whose affair it is (none: the whole house's). ``level``
    where the rule knows better than the thresholds; ``data`` (JSON) for the rule's words and its case.
    """

    subject: str
    name: str
    value: Decimal | int | float
    organisation: int | None = None
    url: str = ""
    level: Level | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Thresholds:
    """From where on a measured value is amber and red. ``falling``: the less, the worse."""

    amber: Decimal
    red: Decimal
    falling: bool = False

    def level(self, value: Decimal) -> Level | None:
        """How bad ``value`` is; None where it is not."""
        if self.falling:
            return Level.RED if value <= self.red else Level.AMBER if value <= self.amber else None
        return Level.RED if value >= self.red else Level.AMBER if value >= self.amber else None


@dataclass(frozen=True)
class Rule:
    """A rule. ``find`` answers everything that may be in breach, in one or a few statements whatever the rows.

    ``words`` says a warning as a sentence, in the reader's language. ``permission`` is held, over the warning's
    organisation, by whoever can act and is therefore told; ``seen_by`` are further permissions that see it. With ``item``
    a warning is turned into a case of that item, submitted with what ``case_data`` answers; without, into an errand of
    its organisation.
    """

    code: str
    name: Text
    about: Text
    find: Callable[[Thresholds], Iterable[Breach]]
    words: Callable[[Warning], str]
    permission: str
    amber: Decimal | int
    red: Decimal | int
    unit: Text
    falling: bool = False
    seen_by: tuple[str, ...] = ()
    minutes: int = 5
    item: str = ""
    case_data: Callable[[Warning], dict[str, Any]] | None = None

    @property
    def thresholds(self) -> Thresholds:
        """As declared."""
        return Thresholds(Decimal(self.amber), Decimal(self.red), self.falling)


RULES: Registry[Rule] = Registry("warning rule")


def announce(rule: Rule) -> Rule:
    """Make a rule known. Raises ValueError for a code that is taken or a case without its data."""
    if bool(rule.item) != bool(rule.case_data):
        raise ValueError(f"rule {rule.code!r}: item and case_data belong together")
    return RULES.add(rule.code, rule)
