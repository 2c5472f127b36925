"""Warnings as pages show them: rows in words, filters with counts, and how many wait for somebody."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from houqin.affairs.models import Level, Warning
from houqin.affairs.warnings import queries
from houqin.affairs.warnings.declare import RULES, Rule
from houqin.affairs.warnings.machine import KEEPER, look_after_worker
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.portal.shell import NAV, Entry
from houqin.portal.today import TODAY, TodayNote

#: The open warnings a board reads at most, and the rows it shows.
MOST, SHOWN = 1000, 200
#: A process counts what waits for those who hold the same rights at most this often.
KEPT_SECONDS = 15
_kept: dict[tuple[scope.Grant, ...], tuple[float, queries.Standing]] = {}


@dataclass(frozen=True)
class Filter:
    """What of the board is looked at; empty means everything."""

    level: str = ""
    rule: str = ""
    section: int = 0
    ended: bool = False

    @classmethod
    def of(cls, query: QueryDict) -> Filter:
        """From an address; what makes no sense counts as not asked."""
        level, rule, section = (query.get(name, "") for name in ("level", "rule", "section"))
        return cls(
            level=level if level in Level.values else "",
            rule=rule if rule in RULES else "",
            section=int(section) if section.isascii() and section.isdigit() and len(section) < 16 else 0,
            ended=query.get("show") == "ended",
        )

    @property
    def address(self) -> str:
        values = {"level": self.level, "rule": self.rule, "section": self.section or ""}
        values["show"] = "ended" if self.ended else ""
        query = urlencode({name: value for name, value in values.items() if value})
        return reverse("portal:warnings") + (f"?{query}" if query else "")


@dataclass(frozen=True)
class Row:
    """One warning as it is shown."""

    warning: Warning
    rule: Rule
    words: str
    may_act: bool

    @property
    def may_open_case(self) -> bool:
        return self.may_act and queries.becomes_case(self.rule, self.warning) and self.warning.case is None

    @property
    def measured(self) -> str:
        """The value with its unit: 6 件, 12.5 %."""
        return f"{self.warning.measured} {self.rule.unit}"


@dataclass(frozen=True)
class Board:
    """The rows of a filter, and the chips over them."""

    rows: list[Row]
    total: int
    red: int
    chips: list[list[dict[str, Any]]]


def row_of(actor: Person, warning: Warning) -> Row | None:
    """A warning as a row; none where its rule is no longer declared."""
    rule = RULES.get(warning.rule)
    if rule is None:
        return None
    acts = warning.open and queries.grant_on(actor, warning) is not None
    return Row(warning, rule, rule.words(warning), acts)


def board(actor: Person, wanted: Filter) -> Board:
    """The warnings that ``actor`` sees, the worst first: one query, whatever the filter."""
    if wanted.ended:
        found = queries.visible(actor).filter(resolved_at__isnull=False).order_by("-resolved_at", "-id")
    else:
        # "red" sorts after "amber", and what nobody has taken note of has no moment yet.
        found = queries.visible(actor).filter(resolved_at__isnull=True)
        found = found.order_by("-level", "-acknowledged_at", "-opened_at", "-id")
    everything = list(found[:MOST])
    shown = [each for each in everything if _fits(each, wanted)]
    rows = [row for each in shown[:SHOWN] if (row := row_of(actor, each))]
    red = sum(each.level == Level.RED for each in shown)
    return Board(rows, len(shown), red, list(_chips(everything, wanted)))


def _fits(warning: Warning, wanted: Filter, but: str = "") -> bool:
    return (
        (but == "level" or wanted.level in ("", warning.level))
        and (but == "rule" or wanted.rule in ("", warning.rule))
        and (but == "section" or wanted.section in (0, warning.organisation_id))
    )


def _chips(warnings: list[Warning], wanted: Filter) -> Iterator[list[dict[str, Any]]]:
    """Rows of chips with counts: levels, rules, sections. A chosen one leads back to all."""
    names = {each.organisation_id: str(each.organisation) for each in warnings if each.organisation}
    words: dict[str, dict[Any, Any]] = {
        "level": {Level.RED: _("红色"), Level.AMBER: _("黄色")},
        "rule": {rule.code: rule.name for rule in RULES},
        "section": names,
    }
    for name, attribute in (("level", "level"), ("rule", "rule"), ("section", "organisation_id")):
        counts = Counter(getattr(each, attribute) for each in warnings if _fits(each, wanted, but=name))
        chosen = getattr(wanted, name)
        keys = [key for key in words[name] if counts[key] or key == chosen]
        if len(keys) > 1 or chosen:
            yield [_chip(wanted, name, key, str(words[name][key]), counts[key]) for key in keys]


def _chip(wanted: Filter, name: str, key: Any, label: str, count: int) -> dict[str, Any]:
    current = getattr(wanted, name) == key
    changed = replace(wanted, **{name: type(getattr(wanted, name))() if current else key})
    tone = str(key) if name == "level" else ""
    return {"label": label, "url": changed.address, "count": count, "current": current, "tone": tone}


def standing(person: Person) -> queries.Standing:
    """What waits for ``person``, kept for a moment for all who hold the same appointments."""
    held = scope.grants(person)
    kept = _kept.get(held)
    if kept is None or time.monotonic() - kept[0] > KEPT_SECONDS:
        if len(_kept) > 200:
            _kept.clear()
        kept = _kept[held] = (time.monotonic(), queries.standing(person))
    return kept[1]


def forget() -> None:
    """Count anew next time."""
    _kept.clear()


def note(person: Person | None) -> Iterable[TodayNote]:
    """A line on the home page of those who can do something about open warnings."""
    if person is None or not queries.concerns(person):
        return
    if scope.holds(person, KEEPER):
        look_after_worker()
    found = standing(person)
    if found.waiting:
        words = ngettext("有 %(n)d 条预警待处理", "有 %(n)d 条预警待处理", found.waiting) % {
            "n": found.waiting
        }
        red = (
            ngettext("其中红色 %(n)d 条。", "其中红色 %(n)d 条。", found.red) % {"n": found.red}
            if found.red
            else ""
        )
        yield TodayNote(words, why=red, url=reverse("portal:warnings"), tone="red" if found.red else "amber")


def threshold_words(rule: Rule, value: Decimal) -> str:
    """From where on: 5 件起, 15 % 及以下."""
    measured = f"{value.normalize():f} {rule.unit}"
    return (
        _("%(value)s及以下") % {"value": measured} if rule.falling else _("%(value)s起") % {"value": measured}
    )


TODAY.add("warnings", note)
NAV.add(
    "warnings",
    Entry(
        gettext_lazy("预警"),
        "portal:warnings",
        "triangle",
        position=15,
        shown=queries.concerns,
        count=lambda person: standing(person).waiting,
    ),
)
