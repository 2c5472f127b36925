"""Keeping the book of backups; making them is the business of :mod:`houqin.project.backup`."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from houqin.foundation.backups.models import Backup
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import Actor


@transaction.atomic
def begin(actor: Actor, *, version: str, place: str) -> Backup:
    """A copy of everything is about to be made: that is in the trail, however it ends."""
    backup = Backup.objects.create(version=version, place=place)
    trail.record(actor, "backups.begin", backup, after={"place": place, "version": version})
    return backup


def finish(backup: Backup, *, at: datetime, size_bytes: int, trouble: str) -> None:
    """It lies in its place, whole. ``trouble`` names files that were missing or damaged, or nothing."""
    Backup.objects.filter(pk=backup.pk).update(finished_at=at, size_bytes=size_bytes, trouble=trouble)


def give_up(backup: Backup, *, reason: str) -> None:
    """There is no such backup, and why."""
    Backup.objects.filter(pk=backup.pk, finished_at__isnull=True).update(trouble=reason)
