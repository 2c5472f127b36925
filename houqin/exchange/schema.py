"""The JSON Schema of a form: what the API says it takes is what the page's form checks."""

from typing import Any

from django import forms

from houqin.affairs.forms import FileIdsField

Schema = dict[str, Any]


def form_schema(form: type[forms.Form]) -> Schema:
    """A JSON Schema (2020-12) of the fields of ``form``; records are given by id, files have ``format: houqin-file``."""
    fields = form.base_fields
    schema: Schema = {
        "type": "object",
        "properties": {name: field_schema(field) for name, field in fields.items()},
    }
    if required := [name for name, field in fields.items() if field.required]:
        schema["required"] = required
    return schema


def field_schema(field: forms.Field) -> Schema:
    schema: Schema = {"title": str(field.label)} if field.label else {}
    if field.help_text:
        schema["description"] = str(field.help_text)
    return schema | _kind(field)


def _kind(field: forms.Field) -> Schema:
    match field:
        case FileIdsField():
            return {
                "type": "array",
                "items": {"type": "string", "format": "houqin-file"},
                "maxItems": field.most,
            }
        case forms.ModelMultipleChoiceField():
            return {"type": "array", "items": _key(field)}
        case forms.ModelChoiceField():
            return _or_null(field, _key(field))
        case forms.BooleanField():
            return {"type": "boolean"}
        case forms.IntegerField():
            return _or_null(field, {"type": "integer", **_bounds(field)})
        case forms.DecimalField() | forms.FloatField():
            return _or_null(field, {"type": "number", **_bounds(field)})
        case forms.DateTimeField():
            return _or_null(field, {"type": "string", "format": "date-time"})
        case forms.DateField():
            return _or_null(field, {"type": "string", "format": "date"})
        case forms.JSONField():
            return {"type": ["array", "object", "null"]}
        case forms.ChoiceField():
            return {"type": "string", "enum": [str(value) for value, _ in field.widget.choices]}
        case forms.CharField():
            return _text(field)
        case _:
            return {}


def _key(field: forms.ModelChoiceField) -> Schema:
    return {"type": "string"} if field.to_field_name else {"type": "integer", "minimum": 1}


def _text(field: forms.CharField) -> Schema:
    schema: Schema = {"type": "string"}
    if field.max_length:
        schema["maxLength"] = field.max_length
    if field.required:
        schema["minLength"] = field.min_length or 1
    return schema


def _bounds(field: forms.IntegerField | forms.DecimalField | forms.FloatField) -> Schema:
    bounds = {"minimum": field.min_value, "maximum": field.max_value}
    return {name: value for name, value in bounds.items() if value is not None}


def _or_null(field: forms.Field, schema: Schema) -> Schema:
    return schema if field.required else {**schema, "type": [schema["type"], "null"]}
