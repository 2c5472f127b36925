"""When the system was last copied, and how that went."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Backup(models.Model):
    """One backup, written before its snapshot is taken, so that it is in the copy too, and completed afterwards.

    A finished one lies in the folder ``place`` of the machine that made it. ``trouble`` says what went wrong: of a
    finished one, files that were missing or damaged; of one that is not, why it was given up.
    """

    started_at = models.DateTimeField(_("开始时间"), default=timezone.now)
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    version = models.TextField(_("系统版本"))
    place = models.TextField(_("存放位置"))
    size_bytes = models.PositiveBigIntegerField(_("大小（字节）"), null=True)
    trouble = models.TextField(_("问题"), blank=True, default="")

    class Meta:
        verbose_name = _("备份")
        verbose_name_plural = pgettext_lazy("plural", "备份")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True, size_bytes__isnull=True)
                | Q(finished_at__gte=F("started_at"), size_bytes__isnull=False),
                name="backup_finished_is_whole",
            )
        ]

    def __str__(self) -> str:
        return self.place
