"""What the actions share: checked saves, with the trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from houqin.foundation.errors import Conflict, NotFound, Problem
from houqin.foundation.people.scope import Grant
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import Actor

M = TypeVar("M", bound=models.Model)


def locked(model: type[M], pk: Any) -> M:
    """The stored record, locked until the transaction ends; raises ``NotFound``."""
    record = model._default_manager.select_for_update(of=("self",)).filter(pk=pk).first()
    if record is None:
        raise NotFound
    return record


def save_checked(record: models.Model) -> None:
    """Save after every check of the model; what is wrong is a ``Problem`` with its fields."""
    try:
        record.full_clean(exclude=["password"])
    except ValidationError as error:
        raise problem_of(error) from error
    try:
        with transaction.atomic():
            record.save()
    except IntegrityError as error:
        raise Conflict(_("内容与刚刚保存的另一条记录冲突，请刷新后再试。")) from error


def problem_of(error: ValidationError) -> Problem:
    """Django's finding as a failure of ours, field by field."""
    errors = getattr(error, "error_dict", None)
    if errors is None:
        return Problem(_("；").join(error.messages))
    return Problem(errors={field: [str(text) for text in error.message_dict[field]] for field in errors})


def add(actor: Actor, action: str, record: M, *, grant: Grant) -> M:
    """Store a new record and say so in the trail."""
    save_checked(record)
    trail.record(actor, action, record, after=trail.values_of(record), grant=grant)
    return record


def change(actor: Actor, action: str, record: M, values: Mapping[str, Any], *, grant: Grant) -> M:
    """Give a locked record new values; nothing is written when none differs."""
    before = trail.values_of(record)
    for field, value in values.items():
        setattr(record, field, value)
    old, new = trail.difference(before, trail.values_of(record))
    if new:
        save_checked(record)
        trail.record(actor, action, record, before=old, after=new, grant=grant)
    return record
