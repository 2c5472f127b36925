"""What a gate goes by: who is not let in, whose people come again and again, and whom a host may receive."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from houqin.foundation.people.models import Organisation, Person
from houqin.foundation.personal.fields import PersonalField, WholeKey
from houqin.foundation.places.models import Place
from houqin.services.visitors.models.levels import Level


class Denial(models.Model):
    """Somebody who is not let in until the duty office has said so. Found by the keyed hash of a number; who may read why is few.

    At a gate nothing of it shows but "please ask the duty office".
    """

    section = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("管理科室"))
    name = models.TextField(_("姓名"))
    phone = PersonalField(_("手机号"), kind="phone", blank=True)
    id_number = PersonalField(_("身份证号"), kind="id_number", blank=True)
    reason = models.TextField(_("原因"))
    until_on = models.DateField(_("有效至"), null=True, blank=True)
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name=_("登记人"))
    made_at = models.DateTimeField(_("登记时间"), default=timezone.now)
    lifted_at = models.DateTimeField(_("解除时间"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("解除人")
    )
    lifted_why = models.TextField(_("解除原因"), blank=True)

    class Meta:
        verbose_name = _("谢绝来访")
        verbose_name_plural = pgettext_lazy("plural", "谢绝来访名单")
        ordering = ["-pk"]
        indexes = [
            models.Index(WholeKey("phone"), name="denial_by_phone"),
            models.Index(WholeKey("id_number"), name="denial_by_id_number"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(reason=""), name="denial_says_whom_and_why"),
            models.CheckConstraint(
                condition=Q(phone__isnull=False) | Q(id_number__isnull=False) | Q(lifted_at__isnull=False),
                name="denial_has_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name[:1]}**"


class Contractor(models.Model):
    """A company whose people come again and again. ``insured_until``: the last day of their accident insurance."""

    section = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("管理科室"))
    name = models.TextField(_("单位名称"))
    work = models.TextField(_("作业内容"))
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("作业地点"))
    host = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("责任人"))
    insured_until = models.DateField(_("保险有效至"))
    from_time = models.TimeField(_("每天从"), default="07:00")
    until_time = models.TimeField(_("每天到"), default="20:00")
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("承包单位")
        verbose_name_plural = pgettext_lazy("plural", "承包单位")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="contractor_has_name"),
            models.CheckConstraint(
                condition=Q(until_time__gt=F("from_time")), name="contractor_day_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Worker(models.Model):
    """Somebody who works for a contractor. ``inducted_until``: the last day on which their safety induction holds."""

    contractor = models.ForeignKey(
        Contractor, models.CASCADE, related_name="workers", verbose_name=_("承包单位")
    )
    name = models.TextField(_("姓名"))
    phone = PersonalField(_("手机号"), kind="phone", blank=True)
    id_number = PersonalField(_("身份证号"), kind="id_number", blank=True)
    inducted_until = models.DateField(_("安全培训有效至"))
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("施工人员")
        verbose_name_plural = pgettext_lazy("plural", "施工人员")
        ordering = ["name", "pk"]
        indexes = [models.Index(WholeKey("phone"), name="worker_by_phone")]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="worker_has_name"),
            models.UniqueConstraint(
                "contractor",
                WholeKey("phone"),
                condition=Q(ended_at__isnull=True),
                name="worker_once",
                violation_error_message=_("这个手机号已登记在该单位名下。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Rank(models.TextChoices):
    """Whether a rule lets everybody receive, or heads alone."""

    ANY = "any", _("全体在职人员")
    HEAD = "head", _("处室负责人以上")


class HostingRule(models.Model):
    """Who may receive visitors without being asked: heads or everybody, from which level on, where, on which days and hours, how many
    at once.

    For a place the rules of the innermost place around it count, and none of those further out. ``place`` none: everywhere.
    """

    name = models.TextField(_("名称"))
    section = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("管理科室"))
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("适用区域")
    )
    rank = models.TextField(_("接待人"), choices=Rank, default=Rank.ANY)
    level = models.ForeignKey(
        Level, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("职级不低于")
    )
    workdays_only = models.BooleanField(_("仅工作日"), default=True)
    from_time = models.TimeField(_("从"), default="08:00")
    until_time = models.TimeField(_("到"), default="18:00")
    most_people = models.PositiveSmallIntegerField(_("一次最多人数"), default=10)
    active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("接访规则")
        verbose_name_plural = pgettext_lazy("plural", "接访规则")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="hosting_rule_has_name"),
            models.CheckConstraint(condition=Q(rank__in=Rank.values), name="hosting_rule_rank_known"),
            models.CheckConstraint(
                condition=Q(until_time__gt=F("from_time")), name="hosting_rule_ends_after_start"
            ),
            models.CheckConstraint(condition=Q(most_people__gte=1), name="hosting_rule_lets_somebody"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def who(self) -> str:
        """Whom it lets receive, in words."""
        if self.level is None:
            return str(self.get_rank_display())
        words = _("%(level)s以上的处室负责人") if self.rank == Rank.HEAD else _("%(level)s以上人员")
        return str(words) % {"level": self.level.name}
