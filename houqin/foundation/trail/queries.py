"""Reading the trail."""

from django.db import models
from django.db.models import QuerySet

from houqin.foundation.trail.models import Entry


def entries_of(record: models.Model) -> QuerySet[Entry]:
    """Everything that was done to one record, newest first."""
    model = record._meta.concrete_model or type(record)  # a proxy speaks for what stands behind it
    label = model._meta.label_lower
    return Entry.objects.filter(record_type=label, record_id=str(record.pk))
