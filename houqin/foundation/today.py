"""The day on which a query is run, for querysets that are written down once: in a form's field, when a module is loaded."""

from __future__ import annotations

from typing import Any

from django.db.models import DateField, Expression
from django.utils import timezone


class Today(Expression):
    """The local day, asked for each time SQL is made of it. Not within ``Compiled``, which makes it once: pass the day there."""

    output_field = DateField()

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [timezone.localdate()]
