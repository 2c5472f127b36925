"""Organisations, people, roles, appointments, duty and sessions; triggers keep the paths of organisations."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import houqin.foundation.tree
from houqin.foundation.tree import path_triggers


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("places", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Role",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.TextField(unique=True, verbose_name="编码")),
                ("name", models.TextField(verbose_name="名称")),
                (
                    "permissions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="权限",
                    ),
                ),
                (
                    "head",
                    models.BooleanField(
                        default=False,
                        help_text="担任此角色的人是其任职组织的负责人，接收审批与超时提醒",
                        verbose_name="负责人",
                    ),
                ),
            ],
            options={
                "verbose_name": "角色",
                "verbose_name_plural": "角色",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("username", models.TextField(blank=True, null=True, unique=True, verbose_name="登录名")),
                ("name", models.TextField(verbose_name="姓名")),
                ("pinyin", models.TextField(default="", editable=False, verbose_name="拼音")),
                ("initials", models.TextField(default="", editable=False, verbose_name="首字母")),
                ("staff_number", models.TextField(blank=True, null=True, unique=True, verbose_name="工号")),
                ("post", models.TextField(blank=True, verbose_name="职务")),
                ("phone", models.TextField(blank=True, db_index=True, verbose_name="手机")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="邮箱")),
                (
                    "language",
                    models.TextField(
                        choices=[("zh-hans", "中文"), ("en", "English")],
                        default="zh-hans",
                        verbose_name="语言",
                    ),
                ),
                ("large_type", models.BooleanField(default=False, verbose_name="大字版")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="离开日期")),
                (
                    "usual_place",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="places.place",
                        verbose_name="常用房间",
                    ),
                ),
            ],
            options={
                "verbose_name": "人员",
                "verbose_name_plural": "人员",
                "ordering": ["pinyin", "id"],
                "indexes": [
                    models.Index(fields=["pinyin", "id"], name="person_by_pinyin"),
                    models.Index(fields=["initials"], name="person_by_initials"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="person_has_name"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "path",
                    houqin.foundation.tree.PathField(
                        db_collation="C", db_index=True, default="", editable=False
                    ),
                ),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("region", "区划"),
                            ("unit", "单位"),
                            ("section", "科室"),
                            ("contractor", "外包单位"),
                        ],
                        verbose_name="类别",
                    ),
                ),
                ("code", models.TextField(unique=True, verbose_name="编码")),
                ("name", models.TextField(verbose_name="名称")),
                ("short_name", models.TextField(blank=True, verbose_name="简称")),
                (
                    "pinyin",
                    models.TextField(
                        default="", editable=False, help_text="排序与检索用", verbose_name="拼音"
                    ),
                ),
                ("initials", models.TextField(default="", editable=False, verbose_name="首字母")),
                ("phone", models.TextField(blank=True, verbose_name="联系电话")),
                ("position", models.IntegerField(default=0, verbose_name="排序")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="撤销日期")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="people.organisation",
                        verbose_name="上级",
                    ),
                ),
            ],
            options={
                "verbose_name": "组织",
                "verbose_name_plural": "组织",
                "ordering": ["position", "pinyin", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="organisation_has_name"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DutyShift",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.TextField(blank=True, default="", verbose_name="班次")),
                ("starts_at", models.DateTimeField(verbose_name="开始")),
                ("ends_at", models.DateTimeField(verbose_name="结束")),
                ("substitute_reason", models.TextField(blank=True, verbose_name="替班原因")),
                ("handed_over_at", models.DateTimeField(blank=True, null=True, verbose_name="交班时间")),
                ("handover_note", models.TextField(blank=True, verbose_name="交班事项")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duty_shifts",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="值班人",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.place",
                        verbose_name="负责场所",
                    ),
                ),
                (
                    "substitute",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="substitute_shifts",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="替班人",
                    ),
                ),
                (
                    "section",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duty_shifts",
                        to="people.organisation",
                        verbose_name="值班科室",
                        db_index=False,
                    ),
                ),
            ],
            options={
                "verbose_name": "值班",
                "verbose_name_plural": "值班表",
                "ordering": ["starts_at", "id"],
                "indexes": [models.Index(fields=["section", "starts_at", "ends_at"], name="duty_by_section")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="duty_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("substitute__isnull", True),
                            models.Q(("substitute", models.F("person")), _negated=True),
                            _connector="OR",
                        ),
                        name="duty_substitute_is_another",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (
                                models.Func(
                                    models.F("section"),
                                    models.F("section"),
                                    models.Value("[]"),
                                    function="int8range",
                                ),
                                "=",
                            ),
                            (
                                models.Func(
                                    models.F("person"),
                                    models.F("person"),
                                    models.Value("[]"),
                                    function="int8range",
                                ),
                                "=",
                            ),
                            (
                                models.Func(models.F("starts_at"), models.F("ends_at"), function="tstzrange"),
                                "&&",
                            ),
                        ],
                        name="duty_person_once_a_section",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="person",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="people",
                to="people.organisation",
                verbose_name="所在科室",
            ),
        ),
        migrations.CreateModel(
            name="Appointment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "service",
                    models.TextField(
                        blank=True, help_text="服务代码，如 repairs；留空为不限", verbose_name="限定服务"
                    ),
                ),
                (
                    "from_on",
                    models.DateField(default=django.utils.timezone.localdate, verbose_name="起始日期"),
                ),
                (
                    "to_on",
                    models.DateField(
                        blank=True, help_text="含当日；留空为长期", null=True, verbose_name="截止日期"
                    ),
                ),
                ("high_risk", models.BooleanField(default=False, verbose_name="廉政风险岗位")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="人员",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.place",
                        verbose_name="限定场所",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to="people.organisation",
                        verbose_name="管辖组织",
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to="people.role",
                        verbose_name="角色",
                    ),
                ),
            ],
            options={
                "verbose_name": "任职",
                "verbose_name_plural": "任职",
                "ordering": ["person", "from_on", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("to_on__isnull", True), ("to_on__gte", models.F("from_on")), _connector="OR"
                        ),
                        name="appointment_ends_after_start",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SignedInSession",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("session_key", models.TextField(unique=True)),
                ("address", models.GenericIPAddressField(null=True, verbose_name="来源地址")),
                ("device", models.TextField(blank=True, verbose_name="设备")),
                (
                    "started_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="登录时间"),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "登录会话",
                "verbose_name_plural": "登录会话",
                "ordering": ["-started_at"],
            },
        ),
        migrations.CreateModel(
            name="SignInFailure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("username", models.TextField(verbose_name="登录名")),
                ("address", models.GenericIPAddressField(null=True, verbose_name="来源地址")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间")),
            ],
            options={
                "verbose_name": "登录失败",
                "verbose_name_plural": "登录失败",
                "indexes": [
                    models.Index(fields=["username", "at"], name="sign_in_failure_by_name"),
                    models.Index(fields=["address", "at"], name="sign_in_failure_by_address"),
                ],
            },
        ),
        migrations.RunSQL(*path_triggers("people_organisation")),
    ]
