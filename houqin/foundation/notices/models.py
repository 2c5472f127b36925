"""What people are told."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Notice(models.Model):
    """One thing one person is told. In-app: the worker delivers it, then it counts until it is read.

    ``record_type`` and ``record_id`` name what it is about, so that a case's timeline can show who was told
    what, when it reached them and when they read it.
    """

    person = models.ForeignKey(
        "people.Person", models.PROTECT, related_name="notices", verbose_name=_("收件人"), db_index=False
    )
    kind = models.TextField(_("类别"))
    title = models.TextField(_("标题"))
    body = models.TextField(_("内容"), blank=True)
    url = models.TextField(_("链接"), blank=True)
    record_type = models.TextField(blank=True, default="")
    record_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(_("产生时间"), default=timezone.now)
    delivered_at = models.DateTimeField(_("送达时间"), null=True)
    read_at = models.DateTimeField(_("阅读时间"), null=True)

    class Meta:
        verbose_name = _("通知")
        verbose_name_plural = pgettext_lazy("plural", "通知")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["person", "-id"], name="notice_by_person"),
            models.Index(fields=["person"], name="notice_unread", condition=Q(read_at__isnull=True)),
            models.Index(fields=["record_type", "record_id"], name="notice_by_record"),
            models.Index(fields=["id"], name="notice_undelivered", condition=Q(delivered_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.title
