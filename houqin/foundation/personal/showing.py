"""Which personal values can be shown, and to whom: announced by every app in its ``showing.py``.

A page prints the mask and offers ``components/reveal.html`` with the announced code and a key; the portal's one view asks
:func:`houqin.foundation.personal.actions.reveal` for the number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise

from houqin.foundation.registry import Registry
from houqin.foundation.trail.actions import GrantLike
from houqin.foundation.trail.actors import Actor


@dataclass(frozen=True)
class Shown:
    """A value that the actor may see: ``field`` of ``record``, by which appointment, and what for.

    ``name`` is what the trail and the page call the record (never the number). Where nothing says what for (``why`` is empty), the actor is
    asked for the reason.
    """

    record: models.Model
    field: str
    name: str
    why: str = ""
    grant: GrantLike | None = None

    @property
    def label(self) -> str | Promise:
        """What the field is called."""
        return self.record._meta.get_field(self.field).verbose_name  # type: ignore[union-attr]  # a field of ours


#: ``find(actor, key)`` answers what is shown; it raises NotFound outside the actor's sight, NotPermitted without the right.
SHOWN: Registry[Callable[[Actor, str], Shown]] = Registry("personal value to show")
