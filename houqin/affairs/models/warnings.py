"""Warnings (预警): what is amiss now and was before, and the thresholds that administrators set."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from houqin.affairs.models.cases import Case
from houqin.foundation.people.models import Organisation, Person


class Level(models.TextChoices):
    """How bad it is."""

    AMBER = "amber", _("黄色预警")
    RED = "red", _("红色预警")


class Warning(models.Model):
    """One thing that is amiss: a rule and a subject. The database allows one open warning a subject.

    It ends by itself when its cause is gone; if that comes back, it is a new warning. ``value`` is what the rule
    measured last, ``data`` what its words need beside that, ``organisation`` whose affair it is (none: the whole house).
    """

    id = models.BigAutoField(primary_key=True)
    rule = models.TextField(_("规则"))
    subject = models.TextField(_("对象编号"))
    name = models.TextField(_("对象"))
    level = models.TextField(_("级别"), choices=Level)
    value = models.DecimalField(_("数值"), max_digits=14, decimal_places=2)
    data = models.JSONField(default=dict)
    url = models.TextField(blank=True, default="")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name=_("科室")
    )
    opened_at = models.DateTimeField(_("开始时间"), default=timezone.now)
    reddened_at = models.DateTimeField(_("转红时间"), null=True)
    told_at = models.DateTimeField(_("最近通知"), null=True)
    acknowledged_at = models.DateTimeField(_("知悉时间"), null=True)
    acknowledged_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name=_("知悉人")
    )
    note = models.TextField(_("处理说明"), blank=True, default="")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+", verbose_name=_("办件"))
    resolved_at = models.DateTimeField(_("解除时间"), null=True)

    class Meta:
        verbose_name = _("预警")
        verbose_name_plural = pgettext_lazy("plural", "预警")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["-resolved_at"], name="warning_resolved", condition=Q(resolved_at__isnull=False)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "subject"], condition=Q(resolved_at__isnull=True), name="warning_open_once"
            ),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="warning_level_known"),
            models.CheckConstraint(
                condition=~Q(level="red") | Q(reddened_at__isnull=False), name="warning_red_since"
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="warning_acknowledged_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(resolved_at__gte=F("opened_at")), name="warning_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.name}"

    def get_absolute_url(self) -> str:
        return f"/warnings/{self.pk}"

    @property
    def measured(self) -> str:
        """The value as people write it."""
        return f"{self.value.normalize():f}"

    @property
    def open(self) -> bool:
        return self.resolved_at is None


class WarningSetting(models.Model):
    """What administrators changed of a rule. Empty means "as declared"; the history is in the trail."""

    rule = models.TextField(_("规则"), unique=True)
    enabled = models.BooleanField(_("启用"), default=True)
    amber = models.DecimalField(_("黄色起点"), max_digits=14, decimal_places=2, null=True)
    red = models.DecimalField(_("红色起点"), max_digits=14, decimal_places=2, null=True)

    class Meta:
        verbose_name = _("预警设置")
        verbose_name_plural = pgettext_lazy("plural", "预警设置")

    def __str__(self) -> str:
        return self.rule
