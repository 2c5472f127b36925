"""What leaves the house: to whom, by which channel, when, and what became of it. No content and no secret is kept here."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from houqin.foundation.personal.fields import PersonalField


class Group(models.TextChoices):
    """What people choose by: kinds of notices, grouped."""

    TODO = "todo", _("轮到我办理")
    PROGRESS = "progress", _("我的办件进展")
    WARNING = "warning", _("预警与超时")
    BRIEF = "brief", _("每日简报")
    OTHER = "other", _("其他通知")


class Pace(models.TextChoices):
    """How often: one by one, or bundled."""

    AT_ONCE = "at_once", _("随时发送")
    HOURLY = "hourly", _("每小时汇总一次")
    DAILY = "daily", _("每天汇总一次（17:00）")


class Preference(models.Model):
    """By which channels, and how often, somebody hears of a group. Without a person: the default of everybody."""

    person = models.ForeignKey("people.Person", models.CASCADE, null=True, related_name="+", db_index=False)
    group = models.TextField(_("通知类别"), choices=Group)
    channels = models.JSONField(_("渠道"), default=list)
    pace = models.TextField(_("频率"), choices=Pace, default=Pace.AT_ONCE)

    class Meta:
        verbose_name = _("通知偏好")
        verbose_name_plural = pgettext_lazy("plural", "通知偏好")
        constraints = [
            models.UniqueConstraint(fields=["person", "group"], name="preference_once", nulls_distinct=False)
        ]


class QuietHours(models.Model):
    """When somebody wants no messages, urgent ones apart; over midnight where it starts later than it ends.

    Both empty: none at all. Without a person: the default of everybody.
    """

    person = models.ForeignKey("people.Person", models.CASCADE, null=True, related_name="+", db_index=False)
    starts = models.TimeField(_("开始"), null=True)
    ends = models.TimeField(_("结束"), null=True)

    class Meta:
        verbose_name = _("免打扰时段")
        verbose_name_plural = pgettext_lazy("plural", "免打扰时段")
        constraints = [
            models.UniqueConstraint(fields=["person"], name="quiet_once", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(starts__isnull=True, ends__isnull=True)
                | (Q(starts__isnull=False, ends__isnull=False) & ~Q(starts=F("ends"))),
                name="quiet_whole",
            ),
        ]


class ChannelState(models.Model):
    """How a channel fares: whether it rests after failures, and since when it is known to work with the real system."""

    channel = models.TextField(_("渠道"), primary_key=True)
    paused_until = models.DateTimeField(_("暂停至"), null=True)
    failures = models.PositiveIntegerField(_("连续失败"), default=0)
    last_sent_at = models.DateTimeField(_("最近成功"), null=True)
    last_failed_at = models.DateTimeField(_("最近失败"), null=True)
    last_code = models.TextField(_("最近失败原因"), default="", blank=True)
    verified_at = models.DateTimeField(_("核对时间"), null=True)
    verified_by = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("渠道状态")
        verbose_name_plural = pgettext_lazy("plural", "渠道状态")

    def __str__(self) -> str:
        return self.channel


class State(models.TextChoices):
    """Where a sending stands."""

    WAITING = "waiting", _("待发送")
    SENT = "sent", _("已发送")
    DEAD = "dead", _("发送失败")
    DROPPED = "dropped", _("无需发送")


class Sending(models.Model):
    """One notice by one channel: the outbox.

    ``key`` is what the other side knows it by, the same at every try. Of those bundled (``digest_for``: the moment of the
    digest) the first one stands for all and lends its key. A worker that takes a row moves ``due_at`` to where
    it would be tried again if that worker died.
    """

    notice = models.ForeignKey("notices.Notice", models.CASCADE, related_name="sendings", db_index=False)
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+", verbose_name=_("收件人"))
    channel = models.TextField(_("渠道"))
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    digest_for = models.DateTimeField(_("汇总时间"), null=True)
    state = models.TextField(_("状态"), choices=State, default=State.WAITING)
    due_at = models.DateTimeField(_("下次发送"))
    attempts = models.PositiveIntegerField(_("次数"), default=0)
    code = models.TextField(_("原因"), default="", blank=True)
    created_at = models.DateTimeField(_("产生时间"), default=timezone.now)
    finished_at = models.DateTimeField(_("结束时间"), null=True)

    class Meta:
        verbose_name = pgettext_lazy("notice", "投递")
        verbose_name_plural = pgettext_lazy("plural", "投递")
        constraints = [models.UniqueConstraint(fields=["notice", "channel"], name="sending_once")]
        indexes = [
            models.Index(fields=["channel", "due_at"], name="sending_due", condition=Q(state="waiting")),
            models.Index(
                fields=["person", "channel", "digest_for"],
                name="sending_bundle",
                condition=Q(state="waiting", digest_for__isnull=False),
            ),
            models.Index(fields=["channel", "-id"], name="sending_dead", condition=Q(state="dead")),
        ]


class Attempt(models.Model):
    """One try to send: the log of a channel. ``notices`` is how many one message bundled."""

    at = models.DateTimeField(_("时间"), default=timezone.now)
    channel = models.TextField(_("渠道"))
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+", verbose_name=_("收件人"))
    key = models.UUIDField()
    result = models.TextField(_("结果"))
    code = models.TextField(_("原因"), blank=True)
    took_ms = models.PositiveIntegerField(_("用时（毫秒）"))
    notices = models.PositiveIntegerField(_("通知数"), default=1)

    class Meta:
        verbose_name = _("发送记录")
        verbose_name_plural = pgettext_lazy("plural", "发送记录")
        indexes = [
            models.Index(fields=["channel", "-id"], name="attempt_by_channel"),
            models.Index(fields=["at"], name="attempt_at"),
        ]


class Address(models.Model):
    """What a person is known by on a channel that has its own names (DingTalk's accountId, WeChat's openid).

    Mail and telephone are the person's own fields; keeping them twice would mean two truths.
    """

    person = models.ForeignKey(
        "people.Person", models.CASCADE, related_name="+", verbose_name=_("人员"), db_index=False
    )
    channel = models.TextField(_("渠道"))
    value = PersonalField(_("账号"), kind="account")
    changed_at = models.DateTimeField(_("更新时间"), default=timezone.now)

    class Meta:
        verbose_name = _("渠道账号")
        verbose_name_plural = pgettext_lazy("plural", "渠道账号")
        constraints = [models.UniqueConstraint(fields=["person", "channel"], name="address_once")]
