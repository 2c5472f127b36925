"""Big events: one event, a main and branch venues, posts and who stands at them, vehicles, rehearsal, the run sheet by minute."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from houqin.foundation.people.models import Organisation, Person
from houqin.foundation.personal.fields import PersonalField


class BigEvent(models.Model):
    """Something many rooms and people are needed for at once: a plenary, an examination, a fair."""

    title = models.TextField(_("活动名称"))
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    organiser = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("总负责人"))
    section = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("主办科室"))
    note = models.TextField(_("说明"), blank=True)
    called_off_at = models.DateTimeField(_("取消时间"), null=True, blank=True)
    created_at = models.DateTimeField(_("登记时间"), default=timezone.now)

    class Meta:
        verbose_name = _("大型活动")
        verbose_name_plural = pgettext_lazy("plural", "大型活动")
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="big_event_has_title"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="big_event_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Post(models.Model):
    """Where somebody has to stand, and what they do there."""

    event = models.ForeignKey(BigEvent, models.CASCADE, related_name="posts", verbose_name=_("活动"))
    name = models.TextField(_("岗位"))
    where = models.TextField(_("位置"), blank=True)
    task = models.TextField(_("职责"), blank=True)
    needed = models.PositiveSmallIntegerField(_("需要人数"), default=1)

    class Meta:
        verbose_name = _("活动岗位")
        verbose_name_plural = pgettext_lazy("plural", "活动岗位")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="post_has_name"),
            models.CheckConstraint(condition=Q(needed__gt=0), name="post_needs_somebody"),
        ]

    def __str__(self) -> str:
        return self.name


class PostDuty(models.Model):
    """Who stands at a post, from when to when. Nobody stands at two posts at once, whichever event they belong to."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="duties", verbose_name=_("岗位"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("人员"))
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))

    class Meta:
        verbose_name = _("岗位值守")
        verbose_name_plural = pgettext_lazy("plural", "岗位值守")
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="post_duty_ends_after_start"
            ),
            ExclusionConstraint(
                name="nobody_at_two_posts",
                expressions=[
                    (Func(F("person"), F("person"), models.Value("[]"), function="int8range"), "="),
                    (Func(F("starts_at"), F("ends_at"), function="tstzrange"), "&&"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.post}"


class EventVehicle(models.Model):
    """A vehicle that brings people: when it comes and goes, who drives."""

    event = models.ForeignKey(
        BigEvent, models.CASCADE, related_name="vehicles", verbose_name=_("活动"), db_index=False
    )
    plate = models.TextField(_("车牌"))
    unit = models.TextField(_("单位"), blank=True)
    seats = models.PositiveSmallIntegerField(_("座位数"), null=True, blank=True)
    driver_phone = PersonalField(_("驾驶员手机"), kind="phone", blank=True)
    arrives_at = models.DateTimeField(_("到达"))
    leaves_at = models.DateTimeField(_("离开"))
    where = models.TextField(_("停放位置"), blank=True)

    class Meta:
        verbose_name = _("活动车辆")
        verbose_name_plural = pgettext_lazy("plural", "活动车辆")
        ordering = ["arrives_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "plate"], name="event_vehicle_once"),
            models.CheckConstraint(
                condition=Q(leaves_at__gt=F("arrives_at")), name="event_vehicle_leaves_later"
            ),
        ]

    def __str__(self) -> str:
        return self.plate


class Rehearsal(models.Model):
    """One line of the check-list before the event; ticked by whoever saw it done."""

    event = models.ForeignKey(BigEvent, models.CASCADE, related_name="checks", verbose_name=_("活动"))
    text = models.TextField(_("检查事项"))
    due_at = models.DateTimeField(_("何时前"), null=True, blank=True)
    done_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    done_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("检查人")
    )

    class Meta:
        verbose_name = _("演练检查")
        verbose_name_plural = pgettext_lazy("plural", "演练检查")
        ordering = ["due_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="rehearsal_has_text"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="rehearsal_done_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class RunStep(models.Model):
    """One line of the run sheet: from which minute, how long, what, who."""

    event = models.ForeignKey(BigEvent, models.CASCADE, related_name="steps", verbose_name=_("活动"))
    starts_at = models.DateTimeField(_("时刻"))
    minutes = models.PositiveSmallIntegerField(_("时长（分钟）"), default=5)
    what = models.TextField(_("环节内容"))
    who = models.TextField(_("负责"), blank=True)
    where = models.TextField(_("会场"), blank=True)

    class Meta:
        verbose_name = _("流程单环节")
        verbose_name_plural = pgettext_lazy("plural", "流程单")
        ordering = ["starts_at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(what=""), name="run_step_has_words")]

    def __str__(self) -> str:
        return self.what
