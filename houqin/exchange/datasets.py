"""Data sets that services share: a catalogue with a schema, rows by cursor, what changed since a moment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from houqin.foundation.errors import Text
from houqin.foundation.registry import Registry
from houqin.foundation.trail.actors import Actor


@dataclass(frozen=True)
class DataSet:
    """One data set: ``rows`` gives a queryset that the actor may read, ``row`` turns one of it into JSON.

    ``changed`` is the condition that a row changed since a moment, for ``changed_since``.
    """

    name: str
    title: Text
    schema: Mapping[str, Any]
    rows: Callable[[Actor], QuerySet[Any]]
    row: Callable[[Any], dict[str, Any]]
    changed: Callable[[datetime], Q]

    @property
    def service(self) -> str:
        """The service that shares it: ``repairs`` of ``repairs.orders``."""
        return self.name.partition(".")[0]

    def page(self, actor: Actor, *, after: int, since: datetime | None, size: int) -> list[Any]:
        """Up to ``size`` rows with keys above ``after``, in the order of their keys."""
        rows = self.rows(actor).filter(pk__gt=after)
        if since is not None:
            rows = rows.filter(self.changed(since))
        return list(rows.order_by("pk")[:size])


DATASETS: Registry[DataSet] = Registry("data set")


def announce(dataset: DataSet) -> DataSet:
    """Put a data set into the catalogue."""
    return DATASETS.add(dataset.name, dataset)
