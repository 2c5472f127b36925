"""Long lists to choose from that are also found by typing (the box above them: ``js/fields.js``)."""

from __future__ import annotations

from typing import Any

from django import forms


class TypedSelect(forms.Select):
    """Each record carries the keys it answers to; subclass and say which. Lay ``data-find`` into its attributes."""

    def keys(self, record: Any) -> str:
        """The words by which ``record`` is found."""
        raise NotImplementedError

    def create_option(self, name: str, value: Any, *args: Any, **options: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **options)
        record = getattr(value, "instance", None)
        if record is not None:
            option["attrs"]["data-keys"] = self.keys(record)
        return option
