"""Reading notices."""

from __future__ import annotations

from django.db import models
from django.db.models import QuerySet

from houqin.foundation.notices.models import Notice
from houqin.foundation.people.models import Person, beyond_the_name


def of_person(person: Person) -> QuerySet[Notice]:
    """What has reached a person, newest first."""
    return Notice.objects.filter(person=person, delivered_at__isnull=False)


def unread_count(person: Person) -> int:
    """How many notices wait to be read: the figure on the badge."""
    return of_person(person).filter(read_at__isnull=True).count()


def page(person: Person, *, before: int | None = None, unread: bool = False, size: int = 30) -> list[Notice]:
    """One page of a person's notices by key: those older than the id ``before``, and one more to know of a next."""
    notices = of_person(person)
    if before is not None:
        notices = notices.filter(pk__lt=before)
    if unread:
        notices = notices.filter(read_at__isnull=True)
    return list(notices[: size + 1])


def about(record: models.Model) -> QuerySet[Notice]:
    """Who was told what about a record, oldest first: for its timeline."""
    return (
        Notice.objects.filter(record_type=record._meta.label_lower, record_id=record.pk)
        .select_related("person")
        .defer(*beyond_the_name("person"))
        .order_by("id")
    )
