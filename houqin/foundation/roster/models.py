"""What importing rosters keeps: how units are also written, what columns mean, and previews until they are applied."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from houqin.foundation.people.models import Organisation, Person


class Spelling(models.Model):
    """How an organisation is also written: in short, by nickname, as it was misspelt once. ``text`` holds no spaces."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="spellings", verbose_name=_("单位")
    )
    text = models.TextField(_("又写作"), unique=True)

    class Meta:
        verbose_name = _("单位别名")
        verbose_name_plural = pgettext_lazy("plural", "单位别名")
        ordering = ["organisation", "text"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="spelling_has_text")]

    def __str__(self) -> str:
        return self.text


class ColumnMemory(models.Model):
    """What somebody said the columns of a table mean; known again by ``signature``, the hash of its headings."""

    signature = models.TextField(unique=True)
    meanings = models.JSONField(help_text="heading → meaning")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("列含义")
        verbose_name_plural = pgettext_lazy("plural", "列含义")

    def __str__(self) -> str:
        return self.signature


class State(models.TextChoices):
    """What has become of a preview. Working: a job reads the file; applying: a job writes what was shown."""

    WORKING = "working", _("处理中")
    READY = "ready", _("待确认")
    APPLYING = "applying", _("正在导入")
    FAILED = "failed", _("未能读取")
    APPLIED = "applied", _("已导入")
    DROPPED = "dropped", _("已放弃")


class Draft(models.Model):
    """One uploaded roster until it is applied or given up.

    ``content`` (the file), ``wishes`` (what was corrected) and ``plan`` (the rows told) hold personal data: they are
    encrypted, and erased when the preview ends; of an applied one the refused rows stay in ``plan`` for a day.
    ``digest`` is what was shown: applying does exactly that, or nothing.
    """

    owner = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("上传人"))
    name = models.TextField(_("文件名"))
    state = models.TextField(_("状态"), choices=State, default=State.WORKING)
    created_at = models.DateTimeField(_("上传时间"), default=timezone.now)
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    content = models.BinaryField(null=True)
    wishes = models.BinaryField(null=True)
    plan = models.BinaryField(null=True)
    counts = models.JSONField(default=dict)
    digest = models.TextField(default="")
    problem = models.TextField(_("原因"), default="")

    class Meta:
        verbose_name = _("花名册导入")
        verbose_name_plural = pgettext_lazy("plural", "花名册导入")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["applied", "dropped"])
                | Q(content__isnull=True, wishes__isnull=True, ended_at__isnull=False),
                name="roster_file_erased_at_end",
            )
        ]

    def __str__(self) -> str:
        return self.name
