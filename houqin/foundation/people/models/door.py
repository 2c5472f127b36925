"""What the door keeps: passwords of before, second factors, devices it knows."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from houqin.foundation.personal.fields import PersonalField


class PasswordSet(models.Model):
    """A password somebody was given, as its hash: against using it again, and to know when a new one is due.

    ``initial`` ones were set by somebody else, and are changed at the first sign-in.
    """

    person = models.ForeignKey("people.Person", models.CASCADE, related_name="passwords_set", db_index=False)
    hash = models.TextField()
    initial = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("密码记录")
        verbose_name_plural = pgettext_lazy("plural", "密码记录")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["person", "-at"], name="password_set_by_person")]


class SecondFactor(models.Model):
    """The secret an authenticator app makes its codes from (TOTP, RFC 6238). One a person.

    ``secret`` is sealed. ``last_step`` is the time step of the last code taken: no code of that step or an earlier one is
    taken again; the database lets it grow only.
    """

    person = models.OneToOneField("people.Person", models.CASCADE, related_name="second_factor")
    secret = PersonalField(kind="secret")
    last_step = models.BigIntegerField(default=0)
    since = models.DateTimeField(_("启用时间"), default=timezone.now)

    class Meta:
        verbose_name = _("动态口令")
        verbose_name_plural = pgettext_lazy("plural", "动态口令")


class RecoveryCode(models.Model):
    """A code for the day the phone is gone: shown once, kept as a keyed hash, good for one sign-in."""

    factor = models.ForeignKey(SecondFactor, models.CASCADE, related_name="recovery_codes", db_index=False)
    digest = models.TextField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("恢复码")
        verbose_name_plural = pgettext_lazy("plural", "恢复码")
        constraints = [models.UniqueConstraint(fields=["factor", "digest"], name="recovery_code_once")]


class KnownDevice(models.Model):
    """A browser somebody has signed in on, known again by a cookie of which only the SHA-256 is kept."""

    person = models.ForeignKey("people.Person", models.CASCADE, related_name="devices", db_index=False)
    digest = models.TextField()
    name = models.TextField(_("设备"), blank=True)
    first_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("已知设备")
        verbose_name_plural = pgettext_lazy("plural", "已知设备")
        constraints = [models.UniqueConstraint(fields=["person", "digest"], name="known_device_once")]


class Identity(models.Model):
    """Who a person is at another house's door: the subject there, which never changes, linked once.

    ``provider``: ``oidc``, ``dingtalk`` or ``wechat``.
    """

    person = models.ForeignKey("people.Person", models.CASCADE, related_name="identities", db_index=False)
    provider = models.TextField()
    subject = models.TextField()
    linked_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("关联身份")
        verbose_name_plural = pgettext_lazy("plural", "关联身份")
        constraints = [
            models.UniqueConstraint(fields=["provider", "subject"], name="identity_of_one_person"),
            models.UniqueConstraint(fields=["person", "provider"], name="identity_one_a_provider"),
        ]
