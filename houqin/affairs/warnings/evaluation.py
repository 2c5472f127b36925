"""Evaluating rules: open what is new, turn red what got worse, end what is gone — and tell those who can act."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.affairs.models import Level, Warning, WarningSetting
from houqin.affairs.warnings.declare import RULES, Breach, Rule, Thresholds
from houqin.foundation.notices.actions import tell
from houqin.foundation.people import scope
from houqin.foundation.people.models import Organisation, Person

#: Any number: the first half of the advisory lock under which one evaluator looks at a rule.
EVALUATING = 7741
#: Whoever has not taken note of a warning hears of it again after this time.
AGAIN = timedelta(days=7)


def evaluate_due(now: datetime, *, everything: bool = False) -> int:
    """Evaluate the rules whose turn it is in this minute, or all; answers how many warnings were opened or ended.

    A rule that fails does not hold up the others; failures are raised together at the end.
    """
    minute = int(now.timestamp()) // 60
    changed, failures = 0, []
    for rule in RULES:
        if minute % rule.minutes and not everything:
            continue
        try:
            changed += evaluate(rule, now)
        except Exception as failure:
            failures.append(failure)
    if failures:
        raise ExceptionGroup("warning rules that could not be evaluated", failures)
    return changed


@transaction.atomic
def evaluate(rule: Rule, now: datetime | None = None) -> int:
    """Bring the warnings of one rule in step with what is amiss now; answers how many were opened or ended.

    Two evaluators at once: the second leaves it to the first. The database would refuse a second open warning anyway.
    """
    now = now or timezone.now()
    if not _alone(rule):
        return 0
    enabled, thresholds = in_force(rule, WarningSetting.objects.filter(rule=rule.code).first())
    found = _found(rule, thresholds) if enabled else {}
    standing = {
        each.subject: each
        for each in Warning.objects.select_for_update(of=("self",))
        .filter(rule=rule.code, resolved_at__isnull=True)
        .select_related("organisation")
    }
    opened = _open(rule, [found[key] for key in found if key not in standing], now)
    worse, again = _renew(standing, found, now)
    ended = [each for key, each in standing.items() if key not in found]
    Warning.objects.filter(pk__in=[each.pk for each in ended]).update(resolved_at=now)
    _tell(rule, [*opened, *worse, *again], "", _opened_words(rule))
    _tell(
        rule,
        ended,
        "warnings.resolved",
        lambda warning: _("已解除：%(what)s") % {"what": rule.words(warning)},
    )
    return len(opened) + len(ended)


def in_force(rule: Rule, setting: WarningSetting | None) -> tuple[bool, Thresholds]:
    """Whether a rule is on, and its thresholds as administrators set them."""
    declared = rule.thresholds
    if setting is None:
        return True, declared
    amber = declared.amber if setting.amber is None else setting.amber
    red = declared.red if setting.red is None else setting.red
    return setting.enabled, Thresholds(amber, red, rule.falling)


def can_act(rule: Rule, organisation: Organisation | None) -> list[Person]:
    """Who can do something about a warning of that organisation."""
    if organisation is None:
        return list(scope.holders_everywhere(rule.permission))
    return list(scope.holders(rule.permission, organisation_path=organisation.path))


def _alone(rule: Rule) -> bool:
    with connection.cursor() as cursor:
        key = zlib.crc32(rule.code.encode()) - 2**31
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [EVALUATING, key])
        return cursor.fetchone() == (True,)


def _found(rule: Rule, thresholds: Thresholds) -> dict[str, tuple[Breach, Level]]:
    """What is in breach, by subject, with its level."""
    levelled = (
        (breach, breach.level or thresholds.level(Decimal(str(breach.value))))
        for breach in rule.find(thresholds)
    )
    return {breach.subject: (breach, level) for breach, level in levelled if level}


def _open(rule: Rule, found: Iterable[tuple[Breach, Level]], now: datetime) -> list[Warning]:
    new = [
        Warning(
            rule=rule.code,
            subject=breach.subject,
            name=breach.name,
            level=level,
            value=_rounded(breach),
            data=dict(breach.data),
            url=breach.url,
            organisation_id=breach.organisation,
            opened_at=now,
            reddened_at=now if level == Level.RED else None,
            told_at=now,
        )
        for breach, level in found
    ]
    made = Warning.objects.bulk_create(new)
    organisations = Organisation.objects.in_bulk(
        {each.organisation_id for each in made if each.organisation_id}
    )
    for each in made:
        each.organisation = organisations.get(each.organisation_id) if each.organisation_id else None
    return made


def _renew(
    standing: dict[str, Warning], found: dict[str, tuple[Breach, Level]], now: datetime
) -> tuple[list[Warning], list[Warning]]:
    """Write what changed of the warnings that go on. Answers those that turned red, and those to be told again."""
    worse, again, changed = [], [], []
    for subject, warning in standing.items():
        if subject not in found:
            continue
        breach, level = found[subject]
        before = (warning.level, warning.value, warning.data, warning.name, warning.url)
        reddens = level == Level.RED and warning.level == Level.AMBER
        warning.level, warning.value, warning.data = level, _rounded(breach), dict(breach.data)
        warning.name, warning.url = breach.name, breach.url
        overlooked = warning.acknowledged_at is None and (warning.told_at or warning.opened_at) <= now - AGAIN
        if reddens:
            warning.reddened_at = now
            # What somebody took note of was less than this.
            warning.acknowledged_at = warning.acknowledged_by = None
            worse.append(warning)
        elif overlooked:
            again.append(warning)
        if reddens or overlooked:
            warning.told_at = now
        if reddens or overlooked or before != (level, warning.value, warning.data, warning.name, warning.url):
            changed.append(warning)
    fields = [
        "level",
        "value",
        "data",
        "name",
        "url",
        "reddened_at",
        "acknowledged_at",
        "acknowledged_by",
        "told_at",
    ]
    Warning.objects.bulk_update(changed, fields, batch_size=500)
    return worse, again


def _rounded(breach: Breach) -> Decimal:
    return Decimal(str(breach.value)).quantize(Decimal("0.01"))


def _opened_words(rule: Rule) -> Callable[[Warning], str]:
    def words(warning: Warning) -> str:
        return _("%(level)s：%(what)s") % {
            "level": Level(warning.level).label,
            "what": rule.words(warning),
        }

    return words


def _tell(rule: Rule, warnings: list[Warning], kind: str, words: Callable[[Warning], str]) -> None:
    """Tell those who can act; who that is, is asked once for each organisation. Without a kind it is the level's."""
    people: dict[int | None, list[Person]] = {}
    for warning in warnings:
        where = warning.organisation_id
        if where not in people:
            people[where] = can_act(rule, warning.organisation)
        tell(
            people[where],
            kind=kind or f"warnings.{warning.level}",
            title=partial(words, warning),
            url=warning.get_absolute_url(),
            record=warning,
        )
