"""The number of the watched tables' present state."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Version(models.Model):
    """One row, written by triggers alone: another number whenever a watched table changes, never one that was before."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField()

    class Meta:
        verbose_name = _("配置版本")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="kept_only_one")]

    def __str__(self) -> str:
        return str(self.number)
