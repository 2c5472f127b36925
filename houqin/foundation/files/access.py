"""Who may see a file: whoever may see the record it belongs to. Each app says so for its own records."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.http import HttpRequest

from houqin.foundation.registry import Registry
from houqin.foundation.trail.actors import Actor

#: Whether an actor may see the record of that id.
Visible = Callable[[Actor, int], bool]

#: By record type (``affairs.case``). Announced in each app's ``visibility.py``.
VISIBILITY: Registry[Visible] = Registry("file visibility")

#: As whom a browser that nobody has signed in to may ask: passers-by who have shown that something is theirs.
KNOWN: Registry[Callable[[HttpRequest], Iterable[Actor]]] = Registry("known passers-by")


def announce(record_type: str, visible: Visible) -> Visible:
    """Say who sees the files of records of ``record_type`` (the model's ``label_lower``)."""
    return VISIBILITY.add(record_type, visible)
