"""The model field of personal numbers, the lookups it has, and how a form shows it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from houqin.foundation.sealed import envelope
from houqin.foundation.sealed.value import KINDS, Personal
from houqin.foundation.standards import Unfit

#: What a mask is made of: a text with it is no number, but what a form showed of one.
MASKED = "*"


class _Attribute(DeferredAttribute):
    """Makes whatever is assigned to the field a :class:`Personal`."""

    field: PersonalField

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = self.field.to_python(value)


class PersonalField(models.Field):
    """One personal value of ``kind`` (``phone``, ``id_number``), stored as :mod:`houqin.foundation.sealed.envelope` says.

    An empty one is NULL in the database and an empty, false ``Personal`` in Python, never ``None``.
    """

    descriptor_class = _Attribute
    empty_strings_allowed = True

    def __init__(self, *args: Any, kind: str, **options: Any) -> None:
        self.kind = KINDS[kind]
        options["null"] = True
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        options.pop("null", None)
        return name, path, args, {**options, "kind": self.kind.code}

    def get_internal_type(self) -> str:
        return "BinaryField"

    @property
    def context(self) -> str:
        """The place its values are bound to: ``people.person.phone``."""
        return f"{self.model._meta.label_lower}.{self.name}"

    def personal(self, text: str) -> Personal:
        """``text`` as a value of this field."""
        return Personal(self.kind, self.context, clear=text)

    def to_python(self, value: Any) -> Personal:
        if isinstance(value, Personal):
            return value.at(self.kind, self.context)
        return self.personal("" if value is None else str(value))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Personal:
        if value is None:
            return self.personal("")
        return Personal(self.kind, self.context, sealed=bytes(value))

    def get_default(self) -> Personal:
        return self.personal("")

    def get_prep_value(self, value: Any) -> Any:
        return value if hasattr(value, "resolve_expression") else self.to_python(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> bytes | None:
        return self.to_python(value).sealed

    def clean(self, value: Any, model_instance: Any) -> Personal:
        """The value in its normal form; one that is stored already is left as it is."""
        given = self.to_python(value)
        if given.stored:
            return given
        if not given:
            super().clean(None if self.blank else "", model_instance)
            return given
        try:
            return self.personal(self.kind.normal(given.clear))
        except Unfit as unfit:
            raise ValidationError(str(unfit.message), code=unfit.code) from unfit

    def get_lookup(self, lookup_name: str) -> Any:
        return LOOKUPS.get(lookup_name)

    def save_form_data(self, instance: models.Model, data: Any) -> None:
        """Leave the value alone when the form sends back the mask it was shown."""
        if not (isinstance(data, str) and data and data == str(getattr(instance, self.attname))):
            super().save_form_data(instance, data)

    def formfield(self, **options: Any) -> Any:  # type: ignore[override]  # Django's own options
        options.pop("widget", None)
        return super().formfield(form_class=PersonalFormField, **options)

    def value_to_string(self, obj: Any) -> str:
        return str(self.value_from_object(obj))


class PersonalFormField(forms.CharField):
    """Shows the mask of what is there; the mask sent back means no change."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 40)
        options.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        options.pop("empty_value", None)
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, Personal) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        text = (data or "").strip()
        return text != self.prepare_value(initial or "") and not (initial and initial == text)


class WholeKey(models.Func):
    """The keyed hash of a personal field: what an index or a unique constraint is made on."""

    template = f"substring((%(expressions)s)::bytea, 1, {envelope.WHOLE})"
    output_field = models.BinaryField()


class TailKey(models.Func):
    """The keyed hash of its last four characters."""

    template = f"substring((%(expressions)s)::bytea, {envelope.WHOLE + 1}, {envelope.TAIL})"
    output_field = models.BinaryField()


class _Hashed(models.Lookup):
    """Compares hashes; the parts of an envelope are named as constants, so that the index on the same expression serves."""

    prepare_rhs = False
    template = WholeKey.template

    def get_prep_lookup(self) -> list[str]:
        return [_text(self.rhs)]

    def hashes(self, text: str, context: str) -> list[bytes]:
        return envelope.whole(text, context)

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        column, parameters = self.process_lhs(compiler, connection)
        field = self.lhs.output_field
        sought = [each for text in self.rhs for each in self.hashes(field.kind.sought(text), field.context)]
        return f"{self.template % {'expressions': column}} = ANY(%s)", [*parameters, sought]


class _Exact(_Hashed):
    lookup_name = "exact"

    def get_prep_lookup(self) -> Any:
        """The text; ``None`` for an empty one, which Django turns into IS NULL, in exclusions too."""
        return super().get_prep_lookup() if _text(self.rhs) else None


class _In(_Hashed):
    lookup_name = "in"

    def get_prep_lookup(self) -> list[str]:
        values: Iterable[Any] = self.rhs
        return [text for each in values if (text := _text(each))]


class _Tail(_Hashed):
    lookup_name = "tail"
    template = TailKey.template

    def hashes(self, text: str, context: str) -> list[bytes]:
        return envelope.tail(text, context)


class _IsNull(models.lookups.IsNull):
    """For joins whose other side is not there, and for Django's own exclusions."""


LOOKUPS: dict[str, Any] = {"exact": _Exact, "in": _In, "tail": _Tail, "isnull": _IsNull}


def _text(value: Any) -> str:
    if isinstance(value, Personal):
        return value.clear
    if not isinstance(value, str):
        raise TypeError(f"a personal field is compared with a text, not with {type(value).__name__}")
    return value
