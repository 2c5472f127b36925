"""Reading files and what belongs to a record."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.db.models import QuerySet
from django.urls import reverse

from houqin.foundation.errors import NotFound
from houqin.foundation.files.access import VISIBILITY
from houqin.foundation.files.models import File, FileKind
from houqin.foundation.trail.actors import Actor, System


@dataclass(frozen=True)
class Shown:
    """A file as pages and the API show it. ``thumbnail`` is empty for documents."""

    id: str
    name: str
    url: str
    thumbnail: str
    kind: str
    content_type: str
    size_bytes: int
    label: str


def shown(file: File) -> Shown:
    """How a file is shown: its addresses instead of its bytes."""
    return Shown(
        id=str(file.pk),
        name=file.name,
        url=reverse("files:file", args=[file.pk]),
        thumbnail=reverse("files:thumb", args=[file.pk]) if file.kind == FileKind.IMAGE else "",
        kind=file.kind,
        content_type=file.content_type,
        size_bytes=file.size_bytes,
        label=file.label,
    )


def of_record(record: models.Model, label: str | None = None) -> QuerySet[File]:
    """The files of a record, the oldest first; with ``label`` those for that use alone."""
    files = File.objects.filter(record_type=record._meta.label_lower, record_id=record.pk)
    return files if label is None else files.filter(label=label)


def of_records(record_type: str, ids: Iterable[int]) -> dict[int, list[File]]:
    """The files of many records of one type by record: one query, for lists."""
    found: dict[int, list[File]] = {}
    for file in File.objects.filter(record_type=record_type, record_id__in=list(ids)):
        found.setdefault(file.record_id or 0, []).append(file)
    return found


def readable(actor: Actor, id: uuid.UUID | str, session_key: str = "") -> File:
    """The file, if ``actor`` may see it; raises ``NotFound`` otherwise, as if there were none.

    Unattached it is its owner's alone; attached it is for whoever may see the record. A passer-by sees their own
    photo for as long as their session lasts.
    """
    try:
        file = File.objects.filter(pk=uuid.UUID(str(id))).first()
    except ValueError:
        file = None
    if file is None or not _may_see(actor, file, session_key):
        raise NotFound
    return file


def _may_see(actor: Actor, file: File, session_key: str) -> bool:
    if isinstance(actor, System):
        return True
    if file.owner_session and file.owner_session == session_key:
        return True
    if file.record_id is None:
        return file.owner_id is not None and file.owner_id == actor.pk
    visible = VISIBILITY.get(file.record_type)
    return visible is not None and visible(actor, file.record_id)
