"""What the actions share: checked saves, with the trail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from houqin.foundation.errors import Conflict, NotFound, Problem
from houqin.foundation.people.scope import Grant
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import Actor

#: Rules that the database keeps (``migrations/0004``), as people are told.
_REFUSED = {
    "role_of_one_administrator": gettext_lazy(
        "一个角色只能有一类管理员的权限：系统、安全、审计三员分立，请分设角色。"
    ),
    "auditor_does_nothing_else": gettext_lazy("审计管理员的角色只能查看留痕，不能兼有其他业务权限。"),
    "administrators_apart": gettext_lazy(
        "三员分立：同一人不能同时担任两类管理员，审计管理员也不能兼办其他业务。请换人，或先结束原任职。"
    ),
    "last_administrator": gettext_lazy(
        "这是这一类管理员的最后一人（管辖全部组织、长期有效），不能结束或缩小。请先任命另一位。"
    ),
    "appointment_granted_by_another": gettext_lazy("不能调整自己的任职，请由另一位管理员办理。"),
}

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
    with judged():
        record.save()


@contextmanager
def judged() -> Iterator[None]:
    """What the database refuses in this block, in words; what was done in it is undone."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        message = _REFUSED.get(getattr(diagnosis, "constraint_name", None) or "")
        if message:
            raise Problem(message, code="administrators_apart") from error
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
