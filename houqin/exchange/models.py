"""API tokens, and the answers kept so that a repeated call is done once."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from houqin.foundation.people.models import Person


class Token(models.Model):
    """A key with which a system acts as a person. Only its SHA-256 is kept; the key itself is shown once.

    ``scope`` is empty for all that the person may, ``read`` for reading alone, or a service (``repairs``) whose items and
    calls alone it may use.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="tokens", verbose_name=_("人员"))
    digest = models.TextField(_("摘要"), unique=True, editable=False)
    hint = models.TextField(_("末四位"), editable=False)
    scope = models.TextField(_("范围"), blank=True, default="")
    created_at = models.DateTimeField(_("创建时间"), default=timezone.now)
    expires_at = models.DateTimeField(_("到期时间"))
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    #: Issued for a one-time code of the person: only such a one acts for somebody whose role asks for a second factor.
    proved = models.BooleanField(_("凭动态口令签发"), default=False, editable=False)

    class Meta:
        verbose_name = _("接口令牌")
        verbose_name_plural = pgettext_lazy("plural", "接口令牌")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.person} …{self.hint}"


class KeptAnswer(models.Model):
    """The answer to a call that carried an ``Idempotency-Key``, kept for 24 hours."""

    token = models.ForeignKey(Token, models.CASCADE, related_name="answers", db_index=False)
    key = models.TextField()
    request_digest = models.TextField()
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("接口应答")
        verbose_name_plural = pgettext_lazy("plural", "接口应答")
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="kept_answer_once")]
