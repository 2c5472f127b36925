"""Writing the trail. There is no other write to it, and none that changes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from operator import attrgetter
from typing import Any, Protocol

from django.core.exceptions import FieldDoesNotExist
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from houqin.foundation.bulk import copy_in
from houqin.foundation.rows import insert
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
    # In the order of the model's fields: by name takes twice as long, and an import writes thousands.
    return Entry(
        None,
        timezone.now(),
        actor.pk,
        scrubbed(actor.name),
        grant.appointment_id if grant else None,
        grant.appointment_name if grant else "",
        present_address.get(),
        action,
        record._meta.label_lower,
        str(record.pk),
        scrubbed(name or str(record)),
        _masked(record, before),
        _masked(record, after),
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
    masks = _masks(record._meta.model, tuple(values))
    return {
        key: masks[key](value) if key in masks and isinstance(value, str) else without_numbers(value)
        for key, value in values.items()
    }


@lru_cache(maxsize=1024)
def _masks(model: type[models.Model], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: mask for name in names if (mask := _mask_of(model, name))}


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
    assert fields[-2:] == ["before", "after"]
    plain, encode = attrgetter(*fields[:-2]), DjangoJSONEncoder().encode
    copy_in(
        Entry,
        fields,
        (
            (*plain(each), *[None if value is None else encode(value) for value in (each.before, each.after)])
            for each in written
        ),
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
