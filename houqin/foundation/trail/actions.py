"""Writing the trail. There is no other write to it, and none that changes it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Protocol

from django.core.exceptions import FieldDoesNotExist
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from houqin.foundation.bulk import copy_in
from houqin.foundation.compiled import insert
from houqin.foundation.sealed.scrub import mask_mail, scrubbed, without_numbers
from houqin.foundation.trail.actors import Actor
from houqin.foundation.trail.address import present_address
from houqin.foundation.trail.models import Entry

#: From so many entries on ``COPY`` pays.
_VERY_MANY = 200


class GrantLike(Protocol):
    """The appointment by which somebody acted."""

    @property
    def appointment_id(self) -> int | None: ...  # pragma: no cover - a protocol

    @property
    def appointment_name(self) -> str: ...  # pragma: no cover - a protocol


def entry(
    actor: Actor,
    action: str,
    record: models.Model,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    grant: GrantLike | None = None,
    name: str = "",
) -> Entry:
    """An entry that is not written yet, for :func:`record_many`. Arguments as for :func:`record`."""
    return Entry(
        actor_id=actor.pk,
        actor_name=scrubbed(actor.name),
        appointment_id=grant.appointment_id if grant else None,
        appointment_name=grant.appointment_name if grant else "",
        address=present_address.get(),
        action=action,
        record_type=record._meta.label_lower,
        record_id=str(record.pk),
        record_name=scrubbed(name or str(record)),
        before=_masked(record, before),
        after=_masked(record, after),
    )


def record(
    actor: Actor,
    action: str,
    record: models.Model,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    grant: GrantLike | None = None,
    name: str = "",
) -> Entry:
    """Write that ``actor`` did ``action`` to ``record``: one INSERT, in the caller's transaction.

    ``action`` is a dotted code as in ``affairs.accept``. ``before`` and ``after`` hold what changed (dates,
    numbers and ids are made JSON). ``grant`` is the appointment used, ``name`` spares asking the record.

    Personal data is kept only as far as telling two values apart needs, because nobody can mend the trail: values of personal
    fields and mail addresses by the kind of their field, mobile and ID numbers wherever else they stand, in any text.
    """
    written = entry(actor, action, record, before=before, after=after, grant=grant, name=name)
    insert(written)
    return written


def _masked(record: models.Model, values: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    if not values:
        return values
    masks = {key: mask for key in values if (mask := _mask_of(record._meta.model, key))}
    return {
        key: masks[key](value) if key in masks and isinstance(value, str) else without_numbers(value)
        for key, value in values.items()
    }


@cache
def _mask_of(model: type[models.Model], name: str) -> Any:
    """How the trail keeps a field's values: fields of personal data bring their mask (``kind``)."""
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    if isinstance(field, models.EmailField):
        return mask_mail
    kind = getattr(field, "kind", None)
    return getattr(kind, "mask", None)


def record_many(entries: Iterable[Entry]) -> None:
    """Write many entries made by :func:`entry`: in one statement, by ``COPY`` where they are very many."""
    written = list(entries)
    if len(written) < _VERY_MANY:
        Entry.objects.bulk_create(written)
        return
    fields = [field.name for field in Entry._meta.concrete_fields if not field.primary_key]
    copy_in(Entry, fields, ([_stored(each, name) for name in fields] for each in written))


def _stored(entry: Entry, field: str) -> Any:
    value = getattr(entry, field)
    return (
        json.dumps(value, cls=DjangoJSONEncoder)
        if field in ("before", "after") and value is not None
        else value
    )


def values_of(record: models.Model) -> dict[str, Any]:
    """The stored values of a record by field, without secrets and derived fields; queries nothing."""
    return {
        field.attname: field.value_from_object(record)
        for field in record._meta.concrete_fields
        if field.editable and field.name != "password"
    }


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What changed between two :func:`values_of`: the old values and the new ones, nothing else."""
    changed = [key for key in after if before.get(key) != after[key]]
    return {key: before.get(key) for key in changed}, {key: after[key] for key in changed}
