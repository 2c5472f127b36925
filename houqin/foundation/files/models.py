"""Attachments: photos and documents, kept outside the database, known inside it."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class FileKind(models.TextChoices):
    """Pictures are drawn anew and have a thumbnail; documents are kept as they came."""

    IMAGE = "image", _("图片")
    DOCUMENT = "document", _("文档")


def stored_path(file: "File", _name: str) -> str:
    """Where the bytes lie: by month and id, never by the name the sender gave."""
    return f"{file.created_at:%Y/%m}/{file.id}"


def thumbnail_path(file: "File", _name: str) -> str:
    return f"{file.created_at:%Y/%m}/{file.id}.thumb"


class File(models.Model):
    """One uploaded file. Its id is used once by its owner within 24 hours; then it belongs to a record.

    ``record_type`` and ``record_id`` name the record it is attached to; whoever may see the record may see the file.
    ``owner_session`` is the key of a browser that has not signed in (a passer-by's photo).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        "people.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("上传人")
    )
    owner_session = models.TextField(default="", blank=True)
    kind = models.TextField(_("类别"), choices=FileKind)
    name = models.TextField(_("文件名"))
    content_type = models.TextField(_("类型"))
    size_bytes = models.PositiveBigIntegerField(_("大小（字节）"))
    sha256 = models.TextField(_("校验值"))
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    content = models.FileField(upload_to=stored_path, max_length=200)
    thumbnail = models.FileField(upload_to=thumbnail_path, max_length=200, blank=True)
    created_at = models.DateTimeField(_("上传时间"), default=timezone.now)
    record_type = models.TextField(_("所属记录类型"), blank=True, default="")
    record_id = models.BigIntegerField(_("所属记录"), null=True, blank=True)
    label = models.TextField(_("用途"), blank=True, default="", help_text=_("如 before、after"))
    attached_at = models.DateTimeField(_("归档时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("附件")
        verbose_name_plural = pgettext_lazy("plural", "附件")
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["record_type", "record_id"], name="file_by_record")]
        constraints = [
            models.CheckConstraint(
                condition=Q(record_id__isnull=True, record_type="")
                | (Q(record_id__isnull=False) & ~Q(record_type="")),
                name="file_record_is_whole",
            )
        ]

    def __str__(self) -> str:
        return self.name
