"""Organisations, people, roles, appointments and duty."""

from datetime import date
from typing import Any

from django.contrib.auth import get_backends
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from houqin.foundation.people.models.door import (
    Identity,
    KnownDevice,
    PasswordSet,
    RecoveryCode,
    SecondFactor,
)
from houqin.foundation.people.models.integrity import IntegrityRecord, RecordKind
from houqin.foundation.personal.fields import PersonalField, TailKey, WholeKey
from houqin.foundation.today import Today
from houqin.foundation.tree import PathField

__all__ = [
    "BEYOND_THE_NAME",
    "Account",
    "Appointment",
    "DutyShift",
    "Identity",
    "Installation",
    "IntegrityRecord",
    "KnownDevice",
    "KnownPermission",
    "Organisation",
    "OrganisationKind",
    "PasswordSet",
    "Person",
    "RecordKind",
    "RecoveryCode",
    "Role",
    "SecondFactor",
    "SignInFailure",
    "SignedInSession",
    "beyond_the_name",
]


class OrganisationKind(models.TextChoices):
    """What an organisation is: 区划, 单位, 科室 (处室) or 外包单位."""

    REGION = "region", _("区划")
    UNIT = "unit", _("单位")
    SECTION = "section", _("科室")
    CONTRACTOR = "contractor", _("外包单位")


class Organisation(models.Model):
    """A node of the tree region → unit → section; contractors stand in it where their contract puts them."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    path = PathField()
    kind = models.TextField(_("类别"), choices=OrganisationKind)
    code = models.TextField(_("编码"), unique=True)
    name = models.TextField(_("名称"))
    short_name = models.TextField(_("简称"), blank=True)
    pinyin = models.TextField(_("拼音"), editable=False, default="", help_text=_("排序与检索用"))
    initials = models.TextField(_("首字母"), editable=False, default="")
    phone = models.TextField(_("联系电话"), blank=True)
    position = models.IntegerField(_("排序"), default=0)
    ended_on = models.DateField(_("撤销日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("组织")
        verbose_name_plural = pgettext_lazy("plural", "组织")
        ordering = ["position", "pinyin", "id"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="organisation_has_name")]

    def __str__(self) -> str:
        return self.short_name or self.name


class PersonQuerySet(models.QuerySet["Person"]):
    """People by whether they are here."""

    def active(self, on: date | None = None) -> "PersonQuerySet":
        """Whoever belongs here on that day (default: today)."""
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=on or Today()))


class PersonManager(BaseUserManager["Person"].from_queryset(PersonQuerySet)):  # type: ignore[misc]  # built
    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(username=username)


#: What nobody asks of a person who is only told, named or given work: for ``defer``.
BEYOND_THE_NAME = (
    "password", "last_login", "username", "pinyin", "initials", "staff_number", "post", "phone", "id_number", "email",
    "large_type", "usual_place",
)  # fmt: skip


def beyond_the_name(of: str) -> tuple[str, ...]:
    """The same for a person joined to another record as ``of``."""
    return tuple(f"{of}__{name}" for name in BEYOND_THE_NAME)


class Person(AbstractBaseUser):
    """Somebody of the compound. Signs in with ``username``; without one the person is only known."""

    username = models.TextField(_("登录名"), unique=True, null=True, blank=True)
    name = models.TextField(_("姓名"))
    pinyin = models.TextField(_("拼音"), editable=False, default="")
    initials = models.TextField(_("首字母"), editable=False, default="")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="people", verbose_name=_("所在科室")
    )
    staff_number = models.TextField(_("工号"), unique=True, null=True, blank=True)
    post = models.TextField(_("职务"), blank=True)
    phone = PersonalField(_("手机"), kind="phone", blank=True)
    id_number = PersonalField(_("身份证号"), kind="id_number", blank=True)
    email = models.EmailField(_("邮箱"), blank=True)
    language = models.TextField(
        _("语言"), default="zh-hans", choices=[("zh-hans", "中文"), ("en", "English")]
    )
    large_type = models.BooleanField(_("大字版"), default=False)
    usual_place = models.ForeignKey(
        "places.Place", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("常用房间")
    )
    ended_on = models.DateField(_("离开日期"), null=True, blank=True)

    USERNAME_FIELD = "username"
    objects = PersonManager()

    class Meta:
        verbose_name = _("人员")
        verbose_name_plural = pgettext_lazy("plural", "人员")
        ordering = ["pinyin", "id"]
        indexes = [
            models.Index(fields=["pinyin", "id"], name="person_by_pinyin"),
            models.Index(fields=["initials"], name="person_by_initials"),
            models.Index(WholeKey("phone"), name="person_by_phone"),
            models.Index(TailKey("phone"), name="person_by_phone_tail"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="person_has_name"),
            models.UniqueConstraint(
                WholeKey("id_number"),
                name="person_id_number_once",
                violation_error_code="duplicate_id",
                violation_error_message=_("这个身份证号已登记在另一位人员名下，请先核对。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # Django's is a plain attribute
        """Whether the person may sign in today: whoever has left may not."""
        return self.ended_on is None or self.ended_on > timezone.localdate()

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def is_staff(self) -> bool:
        """Whether the back office is open to this person."""
        return self.has_perm("backoffice.enter")

    def has_perm(self, permission: str, record: models.Model | None = None) -> bool:
        """Whether some current appointment carries ``permission``; where it holds is scope's matter."""
        return any(
            backend.has_perm(self, permission) for backend in get_backends() if hasattr(backend, "has_perm")
        )

    def has_perms(self, permissions: Any, record: models.Model | None = None) -> bool:
        return all(self.has_perm(permission, record) for permission in permissions)

    def has_module_perms(self, label: str) -> bool:
        """Django's admin asks this for a whole app; each of our admins then asks for its own permission."""
        return self.is_staff


class KnownPermission(models.Model):
    """The announced permissions with their kind, so that the database can keep the three administrators apart.

    Brought in step with the code after every migration (``apps.py``).
    """

    code = models.TextField(primary_key=True)
    kind = models.TextField()

    class Meta:
        verbose_name = _("权限")
        verbose_name_plural = pgettext_lazy("plural", "权限")

    def __str__(self) -> str:
        return self.code


class Account(Person):
    """A person as the security administrator sees one: how they sign in, and nothing else."""

    class Meta:
        proxy = True
        verbose_name = pgettext_lazy("sign-in", "账号")
        verbose_name_plural = pgettext_lazy("sign-in, plural", "账号")


class Role(models.Model):
    """A named set of permissions, editable in the back office. Apps announce codes in ``permissions.py``."""

    code = models.TextField(_("编码"), unique=True)
    name = models.TextField(_("名称"))
    permissions = ArrayField(models.TextField(), verbose_name=_("权限"), default=list, blank=True)
    head = models.BooleanField(
        _("负责人"), default=False, help_text=_("担任此角色的人是其任职组织的负责人，接收审批与超时提醒")
    )
    second_factor = models.BooleanField(
        _("登录须动态口令"),
        default=False,
        db_default=False,
        help_text=_("担任此角色的人登录时除密码外还要输入动态口令。三类管理员一律需要。"),
    )
    #: Whose work the permissions are: of one of the three administrators, ``work``, or nothing. The database writes it.
    office = models.TextField(_("分属"), default="", editable=False)

    class Meta:
        verbose_name = _("角色")
        verbose_name_plural = pgettext_lazy("plural", "角色")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def current(self, on: date | None = None) -> "AppointmentQuerySet":
        """Those that hold on that day (default: today), the last day included."""
        day = on or timezone.localdate()
        return self.filter(Q(to_on__isnull=True) | Q(to_on__gte=day), from_on__lte=day)


class Appointment(models.Model):
    """A person, a role, a scope: an organisation subtree, perhaps narrowed to a place subtree and a service.

    ``high_risk`` marks a post of integrity risk (廉政风险岗位). Appointments end, they are not deleted.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="appointments", verbose_name=_("人员"))
    role = models.ForeignKey(Role, models.PROTECT, related_name="appointments", verbose_name=_("角色"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="appointments", verbose_name=_("管辖组织")
    )
    place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("限定场所")
    )
    service = models.TextField(_("限定服务"), blank=True, help_text=_("服务代码，如 repairs；留空为不限"))
    from_on = models.DateField(_("起始日期"), default=timezone.localdate)
    to_on = models.DateField(_("截止日期"), null=True, blank=True, help_text=_("含当日；留空为长期"))
    high_risk = models.BooleanField(_("廉政风险岗位"), default=False)
    #: Who decided it last; nobody where the platform did. Never the person themselves.
    granted_by = models.ForeignKey(
        Person, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("任命人")
    )

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("任职")
        verbose_name_plural = pgettext_lazy("plural", "任职")
        ordering = ["person", "from_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")),
                name="appointment_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(granted_by__isnull=True) | ~Q(granted_by=F("person")),
                name="appointment_granted_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.role} · {self.organisation}"


class DutyShift(models.Model):
    """One person's duty in one section, with the substitute who took it over and the hand-over to the next.

    Whoever is on duty is the substitute if there is one, else the person. A hand-over ends the shift early
    and notes what the next one must know.
    """

    section = models.ForeignKey(
        Organisation, models.PROTECT, related_name="duty_shifts", verbose_name=_("值班科室"), db_index=False
    )
    place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("负责场所")
    )
    name = models.TextField(pgettext_lazy("duty", "班次"), default="", blank=True)
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="duty_shifts", verbose_name=_("值班人"))
    substitute = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="substitute_shifts",
        verbose_name=_("替班人"),
    )
    substitute_reason = models.TextField(_("替班原因"), blank=True)
    handed_over_at = models.DateTimeField(_("交班时间"), null=True, blank=True)
    handover_note = models.TextField(_("交班事项"), blank=True)

    class Meta:
        verbose_name = _("值班")
        verbose_name_plural = pgettext_lazy("plural", "值班表")
        ordering = ["starts_at", "id"]
        indexes = [models.Index(fields=["section", "starts_at", "ends_at"], name="duty_by_section")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="duty_ends_after_start"),
            models.CheckConstraint(
                condition=Q(substitute__isnull=True) | ~Q(substitute=F("person")),
                name="duty_substitute_is_another",
            ),
            ExclusionConstraint(
                name="duty_person_once_a_section",
                expressions=[
                    (Func(F("section"), F("section"), models.Value("[]"), function="int8range"), "="),
                    (Func(F("person"), F("person"), models.Value("[]"), function="int8range"), "="),
                    (Func(F("starts_at"), F("ends_at"), function="tstzrange"), "&&"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.section} {self.starts_at:%m-%d %H:%M}"


class SignInFailure(models.Model):
    """A failed sign-in, counted in PostgreSQL so that every web process sees the same door."""

    username = models.TextField(_("登录名"))
    address = models.GenericIPAddressField(_("来源地址"), null=True)
    at = models.DateTimeField(_("时间"), default=timezone.now)

    class Meta:
        verbose_name = _("登录失败")
        verbose_name_plural = pgettext_lazy("plural", "登录失败")
        indexes = [
            models.Index(fields=["username", "at"], name="sign_in_failure_by_name"),
            models.Index(fields=["address", "at"], name="sign_in_failure_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.username} {self.at:%Y-%m-%d %H:%M}"


class SignedInSession(models.Model):
    """Which sessions a person holds, so that the oldest can be ended when there are too many."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="sessions")
    session_key = models.TextField(unique=True)
    address = models.GenericIPAddressField(_("来源地址"), null=True)
    device = models.TextField(_("设备"), blank=True)
    started_at = models.DateTimeField(_("登录时间"), default=timezone.now)
    seen_at = models.DateTimeField(_("最近使用"), default=timezone.now)

    class Meta:
        verbose_name = _("登录会话")
        verbose_name_plural = pgettext_lazy("plural", "登录会话")
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return f"{self.person} {self.device}"


class Installation(models.Model):
    """What this installation is; one row at most. Without it: an ordinary one.

    ``demo`` marks the demo compound. It waives the second factor and the forced change of password, shows a banner,
    and keeps the site to its own machine, unless ``lan`` opened it after a new password. ``demo_today`` and ``seed``
    say which data it was given.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    demo = models.BooleanField(_("演示环境"), default=False)
    lan = models.BooleanField(_("对局域网开放"), default=False)
    demo_today = models.DateField(_("演示日期"), null=True)
    seed = models.IntegerField(_("演示数据种子"), null=True)

    class Meta:
        verbose_name = _("安装")
        verbose_name_plural = pgettext_lazy("plural", "安装")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="installation_only_one")]

    def __str__(self) -> str:
        return str(_("演示环境") if self.demo else _("正式环境"))
