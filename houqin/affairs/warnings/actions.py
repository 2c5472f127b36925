"""What people do about warnings: take note, turn one into a case, set thresholds."""

from __future__ import annotations

from decimal import Decimal

from django.db import connection, transaction
from django.forms.models import model_to_dict
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.affairs.actions.submission import submit
from houqin.affairs.models import Case, Warning, WarningSetting
from houqin.affairs.warnings import errand, queries
from houqin.affairs.warnings.declare import RULES, Rule
from houqin.foundation.errors import Conflict, NotFound, NotPermitted, Problem
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.foundation.people.scope import Grant
from houqin.foundation.trail import actions as trail

_MOST_NOTE = 500
_FIELDS = ("enabled", "amber", "red")


class WarningOver(Conflict):
    """The warning has ended meanwhile, or somebody else was quicker."""

    code = "warning_over"


@transaction.atomic
def acknowledge(actor: Person, *, warning: int, note: str = "") -> Warning:
    """Take note of a warning: those concerned see who looks after it, and it is not told again unless it turns red.

    Raises NotFound outside the actor's scope, NotPermitted for who may only look, WarningOver for one that has ended.
    """
    found, grant = _mine(actor, warning)
    note = note.strip()
    if len(note) > _MOST_NOTE:
        words = _("处理说明不能超过 500 字。")
        raise Problem(words, errors={"note": [words]})
    if found.acknowledged_at and found.acknowledged_by_id == actor.pk and found.note == note:
        return found
    before = {"acknowledged_by_id": found.acknowledged_by_id, "note": found.note}
    found.acknowledged_at, found.acknowledged_by, found.note = timezone.now(), actor, note or found.note
    found.save(update_fields=["acknowledged_at", "acknowledged_by", "note"])
    after = {"acknowledged_by_id": actor.pk, "note": found.note}
    trail.record(
        actor, "warnings.acknowledge", found, before=before, after=after, grant=grant, name=found.name
    )
    return found


@transaction.atomic
def open_case(actor: Person, *, warning: int) -> Case:
    """Turn a warning into a case: of the item its rule names, else an errand of the section whose affair it is.

    Raises as :func:`acknowledge` and as ``submit``; Problem for what is the whole house's affair and no section's.
    """
    found, grant = _mine(actor, warning)
    rule = RULES[found.rule]
    if not queries.becomes_case(rule, found):
        raise Problem(_("这类预警不转办件，请直接处理。"))
    if found.case_id:
        raise WarningOver(_("这条预警已经转为办件。"))
    if rule.case_data:
        case = submit(actor, item=rule.item, data=rule.case_data(found))
    else:
        case = submit(actor, item=errand.ITEM, data=errand.data_of(found), channel="plan")
    found.case = case
    if found.acknowledged_at is None:
        found.acknowledged_at, found.acknowledged_by = timezone.now(), actor
    found.save(update_fields=["case", "acknowledged_at", "acknowledged_by"])
    trail.record(actor, "warnings.open_case", found, after={"case_id": case.pk}, grant=grant, name=found.name)
    return case


@transaction.atomic
def change_rule(
    actor: Person,
    *,
    rule: str,
    enabled: bool = True,
    amber: Decimal | None = None,
    red: Decimal | None = None,
) -> None:
    """Set a rule's thresholds, or switch it off; empty means as declared. Felt at the next evaluation.

    Raises NotFound for an unknown rule, NotPermitted without the right, Problem where red would come before amber.
    """
    declared = RULES.get(rule)
    if declared is None:
        raise NotFound
    grant = scope.authorise_everywhere(actor, "affairs.manage")
    _check(declared, amber, red)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"warning:{rule}"])
    setting = WarningSetting.objects.filter(rule=rule).first()
    before = model_to_dict(setting, _FIELDS) if setting else None
    setting = setting or WarningSetting(rule=rule)
    setting.enabled, setting.amber, setting.red = enabled, amber, red
    setting.save()
    after = model_to_dict(setting, _FIELDS)
    if before != after:
        name = str(declared.name)
        trail.record(
            actor, "warnings.change_rule", setting, before=before, after=after, grant=grant, name=name
        )


def _check(rule: Rule, amber: Decimal | None, red: Decimal | None) -> None:
    declared = rule.thresholds
    yellow = declared.amber if amber is None else amber
    worst = declared.red if red is None else red
    if min(yellow, worst) < 0:
        raise Problem(errors={"amber" if yellow < 0 else "red": [_("不能小于 0。")]})
    if (worst > yellow) if rule.falling else (worst < yellow):
        words = _("红色起点应不高于黄色起点。") if rule.falling else _("红色起点应不低于黄色起点。")
        raise Problem(errors={"red": [words]})


def _mine(actor: Person, pk: int) -> tuple[Warning, Grant]:
    """An open warning that the actor can act on, locked."""
    found = queries.visible(actor).select_for_update(of=("self",)).filter(pk=pk).first()
    if found is None or found.rule not in RULES:
        raise NotFound
    grant = queries.grant_on(actor, found)
    if grant is None:
        raise NotPermitted
    if not found.open:
        raise WarningOver(_("这条预警已经解除。"))
    return found, grant
