"""The trail: who did what to which record, in one append-only table."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Entry(models.Model):
    """One consequential act, written in the transaction of the act itself.

    It keeps names beside ids and has no foreign key, so it stays true when people leave. The database refuses
    UPDATE, DELETE and TRUNCATE (see the first migration). Hashes and checkpoints live in tables of their own
    that point here by ``id``.
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


class Sealed(models.Model):
    """The place of one entry in the tree: given once, without gaps, in the order of sealing. Append-only too.

    ``leaf`` is the RFC 6962 leaf hash of the entry's canonical text (:mod:`houqin.foundation.trail.canonical`).
    """

    position = models.BigIntegerField(_("序号"), primary_key=True)
    entry_id = models.BigIntegerField(_("留痕编号"), unique=True)
    leaf = models.BinaryField(_("摘要"))

    class Meta:
        verbose_name = _("封存")
        verbose_name_plural = pgettext_lazy("plural", "封存")


class Node(models.Model):
    """The hash of a complete subtree: of 256 leaves at level 1, of 65,536 at level 2, and so on. Append-only."""

    pk = models.CompositePrimaryKey("level", "index")
    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField()


class Checkpoint(models.Model):
    """A signed statement of the tree as it was (see :mod:`houqin.foundation.trail.notes`). Append-only."""

    size = models.BigIntegerField(_("条数"), primary_key=True)
    at = models.DateTimeField(_("时间"), default=timezone.now)
    note = models.TextField(_("检查点"))

    class Meta:
        verbose_name = _("检查点")
        verbose_name_plural = pgettext_lazy("plural", "检查点")
        ordering = ["-size"]


class Horizon(models.Model):
    """Up to which id every entry is sealed, so that nobody looks there again. One row, kept by the sealer alone.

    ``below``: nothing at or under it is unsealed or can still turn up. ``seen`` is the highest id when the sealer last
    looked, ``writers`` the transactions that were writing then: once they have ended, ``seen`` becomes ``below``.
    """

    below = models.BigIntegerField(default=0)
    seen = models.BigIntegerField(default=0)
    writers = models.JSONField(default=list)


class Check(models.Model):
    """One walk along the whole chain: what it found."""

    at = models.DateTimeField(_("时间"), default=timezone.now)
    entries = models.BigIntegerField(_("条数"))
    seconds = models.FloatField(_("用时（秒）"))
    faults = models.JSONField(_("问题"), default=list)

    class Meta:
        verbose_name = _("核验")
        verbose_name_plural = pgettext_lazy("plural", "核验")
        ordering = ["-id"]
