"""Who is asked to a meeting, whether they come, what it needs, and how it was."""

import secrets
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from houqin.affairs.models import Case
from houqin.foundation.people.models import Organisation, Person
from houqin.foundation.personal.fields import PersonalField
from houqin.services.meetings.models.bookings import Meeting


def new_token() -> str:
    """What opens a participant's own page without signing in; cannot be guessed."""
    return secrets.token_urlsafe(16)


class Reply(models.TextChoices):
    """What somebody answered to an invitation."""

    NONE = "none", _("未回复")
    YES = "yes", _("参加")
    MAYBE = "maybe", _("待定")
    NO = "no", _("不参加")


class SignedBy(models.TextChoices):
    """How somebody signed in."""

    CODE = "code", _("扫码")
    PASS = "pass", _("出示参会码")
    LIST = "list", _("签到处登记")


class Participant(models.Model):
    """Somebody asked to a meeting: one of ours, or an outsider by name and organisation.

    ``token`` opens their own page (reply, pass, feedback) without an account. Who stands in for somebody names them in
    ``stands_in_for``. ``visit_id`` is their record among the visitors, once they are one.
    """

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="participants", verbose_name=_("会议"))
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("人员")
    )
    name = models.TextField(_("姓名"))
    organisation = models.TextField(_("单位"), blank=True)
    post = models.TextField(_("职务"), blank=True)
    phone = PersonalField(_("手机"), kind="phone", blank=True)
    reply = models.TextField(_("答复"), choices=Reply, default=Reply.NONE)
    reply_note = models.TextField(_("说明"), blank=True)
    replied_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    stands_in_for = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="substitute", verbose_name=_("代替")
    )
    token = models.TextField(unique=True, default=new_token, editable=False)
    visit_id = models.BigIntegerField(null=True, blank=True)
    invited_at = models.DateTimeField(_("邀请时间"), default=timezone.now)
    signed_in_at = models.DateTimeField(_("签到时间"), null=True, blank=True)
    signed_in_by = models.TextField(_("签到方式"), choices=SignedBy, blank=True)

    class Meta:
        verbose_name = _("参会人")
        verbose_name_plural = pgettext_lazy("plural", "参会人")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="participant_has_name"),
            models.UniqueConstraint(
                fields=["meeting", "person"], condition=Q(person__isnull=False), name="participant_once"
            ),
            models.CheckConstraint(
                condition=Q(signed_in_at__isnull=True, signed_in_by="")
                | (Q(signed_in_at__isnull=False) & ~Q(signed_in_by="")),
                name="participant_signed_in_somehow",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class NeedKind(models.TextChoices):
    """What a meeting may need; each goes to the section that its route names."""

    LAYOUT = "layout", _("会场布置")
    PLATES = "plates", _("桌签")
    TEA = "tea", _("茶水")
    AV = "av", _("音视频")
    INTERPRETATION = "interpretation", _("同声传译")
    LIVE = "live", _("直播录像")
    MEALS = "meals", _("会议用餐")
    OTHER = "other", _("其他需求")


class Need(models.Model):
    """One need of a meeting: a case of the section concerned, due before the start and moved with it."""

    case = models.OneToOneField(
        Case, models.PROTECT, primary_key=True, related_name="meeting_need", verbose_name=_("办件")
    )
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="needs", verbose_name=_("会议"))
    kind = models.TextField(_("需求"), choices=NeedKind)
    text = models.TextField(_("说明"), blank=True)
    quantity = models.PositiveIntegerField(_("数量"), null=True, blank=True)
    fen_a_head = models.PositiveIntegerField(_("用餐标准（分/人）"), null=True, blank=True)
    wanted_at = models.DateTimeField(_("何时要"))

    class Meta:
        verbose_name = _("会务需求")
        verbose_name_plural = pgettext_lazy("plural", "会务需求")
        ordering = ["wanted_at", "case_id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="meals") | Q(quantity__gt=0, fen_a_head__gt=0),
                name="meal_has_heads_and_standard",
            )
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def yuan_a_head(self) -> Decimal | None:
        """The standard of a meal in yuan."""
        return Decimal(self.fen_a_head) / 100 if self.fen_a_head else None


class Feedback(models.Model):
    """How a meeting was for one participant: stars for the room and for the service, tags, words."""

    participant = models.OneToOneField(
        Participant, models.PROTECT, primary_key=True, related_name="feedback", verbose_name=_("参会人")
    )
    room_stars = models.PositiveSmallIntegerField(
        _("会议室"), validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    service_stars = models.PositiveSmallIntegerField(
        _("会务服务"), validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    tags = ArrayField(models.TextField(), verbose_name=_("标签"), default=list, blank=True)
    words = models.TextField(_("意见"), blank=True)
    at = models.DateTimeField(_("时间"), default=timezone.now)

    class Meta:
        verbose_name = _("会后评价")
        verbose_name_plural = pgettext_lazy("plural", "会后评价")
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(room_stars__range=(1, 5), service_stars__range=(1, 5)),
                name="feedback_one_to_five",
            )
        ]

    def __str__(self) -> str:
        return f"{self.participant} {self.room_stars}/{self.service_stars}"


class ParticipantGroup(models.Model):
    """People who are asked together again and again, such as a committee. Everybody of ``section`` may ask them."""

    name = models.TextField(_("名称"))
    section = models.ForeignKey(
        Organisation,
        models.PROTECT,
        related_name="participant_groups",
        verbose_name=_("科室"),
        db_index=False,
    )
    made_at = models.DateTimeField(_("保存时间"), default=timezone.now)

    class Meta:
        verbose_name = _("参会人分组")
        verbose_name_plural = pgettext_lazy("plural", "参会人分组")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["section", "name"], name="participant_group_once_a_section"),
            models.CheckConstraint(condition=~Q(name=""), name="participant_group_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


class GroupMember(models.Model):
    """One of them: one of ours, or an outsider."""

    group = models.ForeignKey(ParticipantGroup, models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="+")
    name = models.TextField(_("姓名"))
    organisation = models.TextField(_("单位"), blank=True)
    post = models.TextField(_("职务"), blank=True)
    phone = PersonalField(_("手机"), kind="phone", blank=True)

    class Meta:
        verbose_name = _("分组成员")
        verbose_name_plural = pgettext_lazy("plural", "分组成员")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
