"""Data sets that services share: a catalogue with a schema, rows by cursor, what changed since a moment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from houqin.foundation.errors import Text
from houqin.foundation.registry import Registry
from houqin.foundation.trail.actors import Actor


@dataclass(frozen=True)
class DataSet:
    """One data set: ``rows`` gives a queryset with an ``id`` that the actor may read, ``row`` turns one into JSON.

    ``changed`` is the lookup of the moment a row last changed, for ``changed_since``.
    """

    name: str
    title: Text
    schema: Mapping[str, Any]
    rows: Callable[[Actor], QuerySet[Any]]
    row: Callable[[Any], dict[str, Any]]
    changed: str

    def page(self, actor: Actor, *, after: int, since: datetime | None, size: int) -> list[Any]:
        """Up to ``size`` rows with ids above ``after``, in the order of their ids."""
        rows = self.rows(actor).filter(id__gt=after)
        if since is not None:
            rows = rows.filter(**{f"{self.changed}__gte": since})
        return list(rows.order_by("id")[:size])


DATASETS: Registry[DataSet] = Registry("data set")


def announce(dataset: DataSet) -> DataSet:
    """Put a data set into the catalogue."""
    return DATASETS.add(dataset.name, dataset)
