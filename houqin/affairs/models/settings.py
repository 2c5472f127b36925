"""What administrators set without code, and what people set for themselves."""

from datetime import datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from houqin.foundation.people.models import Organisation, Person
from houqin.foundation.places.models import Place


class Delegation(models.Model):
    """While ``person`` is away, ``delegate`` has their tasks too. One delegate at a time."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="delegations", verbose_name=_("委托人"))
    delegate = models.ForeignKey(Person, models.PROTECT, related_name="delegated", verbose_name=_("受托人"))
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    reason = models.TextField(_("事由"), blank=True, default="")

    class Meta:
        verbose_name = _("委托")
        verbose_name_plural = pgettext_lazy("plural", "委托代办")
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("starts_at")), name="delegation_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(person=F("delegate")), name="delegation_to_another"),
            ExclusionConstraint(
                name="delegation_one_at_a_time",
                expressions=[
                    (Func(F("person"), F("person"), models.Value("[]"), function="int8range"), "="),
                    (Func(F("starts_at"), F("ends_at"), function="tstzrange"), "&&"),
                ],
            ),
        ]

    def holds(self, at: datetime) -> bool:
        """Whether the delegate has the tasks at that moment."""
        return self.starts_at <= at < self.ends_at


class ItemSetting(models.Model):
    """What administrators changed of an item, for everybody or for one unit's applicants. Its history is in the trail.

    Empty means "as declared". ``steps`` maps a step's key to ``{"name": …, "minutes": …, "clock": …}``.
    """

    item_code = models.TextField(_("事项"))
    unit = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("适用单位"),
        help_text=_("留空为全部单位"),
    )
    name = models.TextField(_("显示名称"), blank=True, default="")
    position = models.IntegerField(_("排序"), default=0)
    enabled = models.BooleanField(_("开放办理"), default=True)
    limit_minutes = models.PositiveIntegerField(_("承诺时限（分钟）"), null=True, blank=True)
    steps = models.JSONField(_("环节设置"), default=dict, blank=True)

    class Meta:
        verbose_name = _("事项设置")
        verbose_name_plural = pgettext_lazy("plural", "事项设置")
        ordering = ["position", "item_code"]
        constraints = [
            models.UniqueConstraint(
                fields=["item_code", "unit"], nulls_distinct=False, name="item_setting_once"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.item_code


class Route(models.Model):
    """Item × place × category → section. The deepest place wins, then a named category, then a named unit."""

    item_code = models.TextField(_("事项"))
    category = models.TextField(_("类别"), blank=True, default="", help_text=_("留空为全部类别"))
    place = models.ForeignKey(
        Place,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("场所"),
        help_text=_("含其下全部场所；留空为全部场所"),
    )
    unit = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("申请单位")
    )
    section = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("承办科室"))

    class Meta:
        verbose_name = _("分办规则")
        verbose_name_plural = pgettext_lazy("plural", "分办规则")
        ordering = ["item_code", "category", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["item_code", "category", "place", "unit"], nulls_distinct=False, name="route_once"
            )
        ]


class Favourite(models.Model):
    """An item somebody keeps on their home page."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="favourites", db_index=False)
    item_code = models.TextField()
    position = models.IntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["person", "item_code"], name="favourite_once")]
