"""Secret addresses under which calendar programs read meetings."""

import hashlib

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from houqin.foundation.people.models import Person
from houqin.services.meetings.models.rooms import Room


def mark_of(token: str) -> str:
    """What is kept of a secret address: 128 bits of chance need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


class Feed(models.Model):
    """One address: the meetings of ``person``, or those of ``room`` as everybody may know them. Only its mark is kept."""

    person = models.ForeignKey(
        Person, models.CASCADE, related_name="meeting_feeds", verbose_name=_("人员"), db_index=False
    )
    room = models.ForeignKey(
        Room, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("会议室")
    )
    mark = models.TextField(unique=True, editable=False)
    made_at = models.DateTimeField(_("生成时间"), default=timezone.now)
    read_at = models.DateTimeField(_("最近读取"), null=True, blank=True)

    class Meta:
        verbose_name = _("日历订阅")
        verbose_name_plural = pgettext_lazy("plural", "日历订阅")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "room"], name="feed_once_a_room"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(room__isnull=True), name="feed_once_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.room or ''}"


class Panel(models.Model):
    """The tablet at a room's door, known by a secret address of its own."""

    room = models.OneToOneField(Room, models.CASCADE, related_name="panel", verbose_name=_("会议室"))
    mark = models.TextField(unique=True, editable=False)
    made_at = models.DateTimeField(_("生成时间"), default=timezone.now)

    class Meta:
        verbose_name = _("门口屏")
        verbose_name_plural = pgettext_lazy("plural", "门口屏")

    def __str__(self) -> str:
        return str(self.room)
