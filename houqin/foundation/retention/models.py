"""How long this installation keeps what, where it differs from the default, and what was erased when."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Period(models.Model):
    """How long one kind is kept here, as an administrator set it; its history is in the trail."""

    kind = models.TextField(_("类别"), unique=True)
    days = models.PositiveIntegerField(_("保存天数"))

    class Meta:
        verbose_name = _("保存期限")
        verbose_name_plural = pgettext_lazy("plural", "保存期限")
        constraints = [models.CheckConstraint(condition=models.Q(days__gte=1), name="period_at_least_a_day")]

    def __str__(self) -> str:
        return self.kind


class Erasure(models.Model):
    """One run that erased something of one kind: how many, and of what age. Nothing of what it was."""

    kind = models.TextField(_("类别"))
    at = models.DateTimeField(_("时间"), default=timezone.now)
    days = models.PositiveIntegerField(_("保存天数"))
    count = models.PositiveIntegerField(_("条数"))

    class Meta:
        verbose_name = _("到期清除")
        verbose_name_plural = pgettext_lazy("plural", "到期清除")
        ordering = ["-id"]
        indexes = [models.Index(fields=["kind", "-id"], name="erasure_by_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d} {self.count}"
