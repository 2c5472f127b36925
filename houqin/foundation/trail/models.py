"""The trail: who did what to which record, in one append-only table."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Entry(models.Model):
    """One consequential act, written in the transaction of the act itself.

    It keeps names beside ids and has no foreign key, so it stays true when people leave. The database refuses
    UPDATE, DELETE and TRUNCATE (see the first migration). Chaining and proofs will live in tables of their
    own that point here by ``id``.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("时间"), default=timezone.now)
    actor_id = models.BigIntegerField(_("操作人编号"), null=True)
    actor_name = models.TextField(_("操作人"))
    appointment_id = models.BigIntegerField(_("所用任职编号"), null=True)
    appointment_name = models.TextField(_("所用任职"), default="")
    address = models.GenericIPAddressField(_("来源地址"), null=True)
    action = models.TextField(_("操作"))
    record_type = models.TextField(_("记录类型"))
    record_id = models.TextField(_("记录编号"))
    record_name = models.TextField(_("记录"), default="")
    before = models.JSONField(_("变更前"), null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("变更后"), null=True, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("留痕")
        verbose_name_plural = pgettext_lazy("plural", "操作留痕")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["record_type", "record_id", "id"], name="trail_by_record"),
            models.Index(fields=["actor_id", "id"], name="trail_by_actor"),
            models.Index(fields=["at"], name="trail_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.action} {self.record_name or self.record_id}"
