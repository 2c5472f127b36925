"""Which briefs went out."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Slot(models.TextChoices):
    """The two briefs of a workday."""

    MORNING = "morning", _("早报")
    EVENING = "evening", _("晚报")


class Issue(models.Model):
    """One brief that one person was told; the database takes none twice."""

    person = models.ForeignKey(
        "people.Person", models.PROTECT, related_name="+", verbose_name=_("收件人"), db_index=False
    )
    on = models.DateField(_("日期"))
    slot = models.TextField(_("早晚"), choices=Slot)
    told_at = models.DateTimeField(_("时间"), default=timezone.now)

    class Meta:
        verbose_name = pgettext_lazy("brief", "简报")
        verbose_name_plural = pgettext_lazy("plural", "简报")
        constraints = [models.UniqueConstraint(fields=["person", "on", "slot"], name="brief_once")]
