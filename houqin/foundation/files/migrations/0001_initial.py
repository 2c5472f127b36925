import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import houqin.foundation.files.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="File",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("owner_session", models.TextField(blank=True, default="")),
                (
                    "kind",
                    models.TextField(choices=[("image", "图片"), ("document", "文档")], verbose_name="类别"),
                ),
                ("name", models.TextField(verbose_name="文件名")),
                ("content_type", models.TextField(verbose_name="类型")),
                ("size_bytes", models.PositiveBigIntegerField(verbose_name="大小（字节）")),
                ("sha256", models.TextField(verbose_name="校验值")),
                ("width", models.PositiveIntegerField(null=True)),
                ("height", models.PositiveIntegerField(null=True)),
                (
                    "content",
                    models.FileField(max_length=200, upload_to=houqin.foundation.files.models.stored_path),
                ),
                (
                    "thumbnail",
                    models.FileField(
                        blank=True, max_length=200, upload_to=houqin.foundation.files.models.thumbnail_path
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="上传时间"),
                ),
                ("record_type", models.TextField(blank=True, default="", verbose_name="所属记录类型")),
                ("record_id", models.BigIntegerField(blank=True, null=True, verbose_name="所属记录")),
                (
                    "label",
                    models.TextField(
                        blank=True, default="", help_text="如 before、after", verbose_name="用途"
                    ),
                ),
                ("attached_at", models.DateTimeField(blank=True, null=True, verbose_name="归档时间")),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
            ],
            options={
                "verbose_name": "附件",
                "verbose_name_plural": "附件",
                "ordering": ["created_at", "id"],
                "indexes": [models.Index(fields=["record_type", "record_id"], name="file_by_record")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("record_id__isnull", True), ("record_type", "")),
                            models.Q(
                                ("record_id__isnull", False), models.Q(("record_type", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="file_record_is_whole",
                    )
                ],
            },
        ),
    ]
