"""A form as questions that a page can ask: each knows by which component it is drawn and what stands in it now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q
from django.forms import BoundField

from houqin.affairs.forms import FileIdsField
from houqin.foundation.files.models import File
from houqin.foundation.places.models import Place
from houqin.foundation.trail.actors import Actor


@dataclass(frozen=True)
class Question:
    """One question. ``kind`` is ``place``, ``photos``, ``stars``, ``scan``, ``tags`` or ``field``."""

    kind: str
    field: BoundField
    value: str = ""
    value_label: str = ""
    kept: tuple[dict[str, str], ...] = ()

    @property
    def name(self) -> str:
        return self.field.html_name

    @property
    def required(self) -> bool:
        return bool(self.field.field.required)

    @property
    def error(self) -> str:
        return " ".join(str(each) for each in self.field.errors)

    @property
    def most(self) -> int:
        return getattr(self.field.field, "most", 9)


def questions(form: forms.BaseForm, actor: Actor | None = None, session_key: str = "") -> list[Question]:
    """The visible questions of ``form``, in its order. Asks the database only for a place or photos already given."""
    return [_question(field, actor, session_key) for field in _shown(form)]


def _shown(form: forms.BaseForm) -> Iterator[BoundField]:
    for field in form:
        if not field.is_hidden or isinstance(field.field, FileIdsField) or is_place(field.field):
            yield field


def is_place(field: forms.Field) -> bool:
    """Whether a form's field holds a place, and so is asked with the place picker."""
    queryset = getattr(field, "queryset", None)
    return queryset is not None and queryset.model is Place


def place_named(value: Any) -> Place | None:
    """The place that a picker's code, a printed code or an id stands for."""
    if isinstance(value, Place) or not value:
        return value or None
    text = str(value).rstrip("/").rpartition("/")[2]
    found = Q(code=text) | Q(qr=text)
    if text.isdecimal() and len(text) < 18:
        found |= Q(pk=int(text))
    return Place.objects.filter(found).order_by("pk").first()


def place_in(field: forms.Field, value: Any) -> Place | None:
    """The place that ``field`` takes ``value`` for; where it takes none, the one a scanned or picked code stands for."""
    if isinstance(value, str) and "\x00" in value:
        return None
    try:
        place = field.to_python(value) if value else None
    except forms.ValidationError:
        place = None
    return place if isinstance(place, Place) else place_named(value)


def place_value(field: forms.Field, place: Place) -> str:
    """What the field takes for ``place``: its code, or whatever the field goes by."""
    return str(getattr(place, getattr(field, "to_field_name", None) or "pk"))


def _question(field: BoundField, actor: Actor | None, session_key: str) -> Question:
    if is_place(field.field):
        place = place_in(field.field, field.value())
        label = place.full_name if place else ""
        return Question("place", field, place_value(field.field, place) if place else "", label)
    if isinstance(field.field, FileIdsField):
        return Question("photos", field, kept=_kept(field, actor, session_key))
    if field.name == "stars":
        return Question("stars", field, value=str(field.value() or ""))
    if field.name == "code" and isinstance(field.field, forms.CharField):
        return Question("scan", field, value=str(field.value() or ""))
    if isinstance(field.field, forms.JSONField) and field.name == "tags":
        return Question("tags", field)
    return Question("field", field)


def _kept(field: BoundField, actor: Actor | None, session_key: str) -> tuple[dict[str, str], ...]:
    """Photos of a form that came back: only those its sender uploaded and has not used yet."""
    ids = [str(each) for each in field.value() or []]
    if not ids:
        return ()
    owner = Q(owner=actor.pk) if actor and actor.pk else Q(owner_session=session_key)
    if not (actor and actor.pk) and not session_key:
        return ()
    try:
        files = list(File.objects.filter(owner, pk__in=ids, record_id__isnull=True))
    except forms.ValidationError:
        return ()
    return tuple(
        {"id": str(each.pk), "name": each.name, "thumbnail": f"/files/{each.pk}/thumb"} for each in files
    )
