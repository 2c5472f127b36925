"""Reading the trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from houqin.foundation.trail.models import Check, Entry, Sealed


@dataclass(frozen=True)
class Search:
    """What is looked for. ``since`` and ``until`` (excluded) bound it, so that it stays quick however long the trail is.

    ``person``: part of a name, or the id of a person after ``#``. ``action``: a whole code, or the verb in one. ``record``: part
    of a record's name, or its id. ``address``: an address or a network.
    """

    since: datetime
    until: datetime
    person: str = ""
    action: str = ""
    record_type: str = ""
    record: str = ""
    address: str = ""


#: A place in the list: the moment and id of the last entry shown.
Key = tuple[datetime, int]


def entries_of(record: models.Model) -> QuerySet[Entry]:
    """Everything that was done to one record, newest first."""
    model = record._meta.concrete_model or type(record)  # a proxy speaks for what stands behind it
    label = model._meta.label_lower
    return Entry.objects.filter(record_type=label, record_id=str(record.pk))


def find(wanted: Search) -> QuerySet[Entry]:
    """What was done, newest first, each with whether it is ``sealed``."""
    found = Entry.objects.filter(at__gte=wanted.since, at__lt=wanted.until)
    if wanted.person:
        who = wanted.person.removeprefix("#")
        by_id = wanted.person.startswith("#") and who.isascii() and who.isdigit() and len(who) < 19
        found = found.filter(actor_id=int(who)) if by_id else found.filter(actor_name__icontains=who)
    if wanted.action:
        exact = "." in wanted.action
        found = found.filter(
            Q(action=wanted.action) if exact else Q(action__regex=rf"\.{wanted.action}(_|$)")
        )
    if wanted.record_type:
        found = found.filter(record_type=wanted.record_type)
    if wanted.record:
        found = found.filter(Q(record_name__icontains=wanted.record) | Q(record_id=wanted.record))
    if wanted.address:
        inside = RawSQL("trail_entry.address <<= %s::inet", [wanted.address], BooleanField())
        found = found.filter(inside)
    sealed = Sealed.objects.filter(entry_id=OuterRef("pk"))
    return found.annotate(sealed=Exists(sealed)).order_by("-at", "-id")


def page(wanted: Search, *, after: Key | None = None, size: int) -> list[Entry]:
    """A page by key: what stands after ``after``, and one more to know of a next page."""
    found = find(wanted)
    if after is not None:
        at, pk = after
        found = found.filter(at__lte=at).filter(Q(at__lt=at) | Q(id__lt=pk))
    return list(found[: size + 1])


def position_of(entry: Entry) -> int | None:
    """Its place in the tree; none while it is not sealed."""
    return Sealed.objects.filter(entry_id=entry.pk).values_list("position", flat=True).first()


def last_check() -> Check | None:
    """The latest walk along the chain."""
    return Check.objects.first()
