"""The statutory calendar: years, days that differ from the plain week, and working hours."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Year(models.Model):
    """A year of the calendar, with the official notice it follows (国务院办公厅关于部分节假日安排的通知).

    A year without a notice is worked out from the plain week and the fixed holidays, says so, and the
    administrator is warned.
    """

    year = models.PositiveSmallIntegerField(_("年份"), primary_key=True)
    notice_number = models.TextField(
        _("通知文号"), blank=True, help_text=_("如 国办发明电〔2025〕7号；未发布时留空")
    )

    class Meta:
        verbose_name = _("年度")
        verbose_name_plural = pgettext_lazy("plural", "年度日历")
        ordering = ["-year"]

    def __str__(self) -> str:
        return str(self.year)


class DayKind(models.TextChoices):
    """How a day differs from the plain week: 放假, or a weekend day worked instead (调休上班)."""

    HOLIDAY = "holiday", _("放假")
    WORKDAY = "workday", _("调休上班")


class Day(models.Model):
    """A day that differs from the plain week: a holiday, or a weekend day that is worked."""

    on = models.DateField(_("日期"), primary_key=True)
    kind = models.TextField(_("类别"), choices=DayKind)
    name = models.TextField(_("名称"), blank=True)

    class Meta:
        verbose_name = _("节假日与调休")
        verbose_name_plural = pgettext_lazy("plural", "节假日与调休")
        ordering = ["on"]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} {self.name}"


class WorkingHours(models.Model):
    """Working hours from a day on, with the lunch pause; many offices change them in summer.

    Seeded with eight hours on five days (国务院关于职工工作时间的规定, 国务院令第174号).
    """

    from_on = models.DateField(_("起用日期"), primary_key=True)
    morning_from = models.TimeField(_("上午上班"))
    morning_to = models.TimeField(_("上午下班"))
    afternoon_from = models.TimeField(_("下午上班"))
    afternoon_to = models.TimeField(_("下午下班"))

    class Meta:
        verbose_name = _("作息时间")
        verbose_name_plural = pgettext_lazy("plural", "作息时间")
        ordering = ["-from_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(morning_from__lt=F("morning_to"))
                & Q(morning_to__lte=F("afternoon_from"))
                & Q(afternoon_from__lt=F("afternoon_to")),
                name="working_hours_in_order",
            )
        ]

    def __str__(self) -> str:
        return f"{self.from_on:%Y-%m-%d}"
