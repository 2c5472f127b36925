"""Passwords of before, second factors, known devices; when a session was last seen; roles that need a second factor."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from houqin.foundation.personal.fields import PersonalField

STEP = """
-- A code of a step that has been used is never taken again, whatever the application thinks.
CREATE FUNCTION people_factor_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.last_step < OLD.last_step THEN
    RAISE check_violation USING CONSTRAINT = 'factor_step_only_grows', MESSAGE = 'a used code would be good again';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER people_factor_step BEFORE UPDATE OF last_step ON people_secondfactor
  FOR EACH ROW EXECUTE FUNCTION people_factor_step();
-- The three administrators always need one. Named after people_role_office, so that the office is known.
CREATE FUNCTION people_role_second_factor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.second_factor := NEW.second_factor OR NEW.office IN ('system', 'security', 'audit');
  RETURN NEW;
END $$;
CREATE TRIGGER people_role_second_factor BEFORE INSERT OR UPDATE ON people_role
  FOR EACH ROW EXECUTE FUNCTION people_role_second_factor();
UPDATE people_role SET permissions = permissions WHERE office IN ('system', 'security', 'audit');
"""

BACK = """
DROP TRIGGER people_role_second_factor ON people_role;
DROP FUNCTION people_role_second_factor();
DROP TRIGGER people_factor_step ON people_secondfactor;
DROP FUNCTION people_factor_step();
"""


def key():
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def of_person(name):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.CASCADE, related_name=name, to="people.person", db_index=False
    )


class Migration(migrations.Migration):
    dependencies = [("people", "0008_watched")]

    operations = [
        migrations.AddField(
            model_name="role",
            name="second_factor",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="担任此角色的人登录时除密码外还要输入动态口令。三类管理员一律需要。",
                verbose_name="登录须动态口令",
            ),
        ),
        migrations.AddField(
            model_name="signedinsession",
            name="seen_at",
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name="最近使用"),
        ),
        migrations.CreateModel(
            name="PasswordSet",
            fields=[
                ("id", key()),
                ("hash", models.TextField()),
                ("initial", models.BooleanField(default=False)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("person", of_person("passwords_set")),
            ],
            options={
                "verbose_name": "密码记录",
                "verbose_name_plural": "密码记录",
                "ordering": ["-at", "-id"],
                "indexes": [models.Index(fields=["person", "-at"], name="password_set_by_person")],
            },
        ),
        migrations.CreateModel(
            name="SecondFactor",
            fields=[
                ("id", key()),
                ("secret", PersonalField(kind="secret")),
                ("last_step", models.BigIntegerField(default=0)),
                ("since", models.DateTimeField(default=django.utils.timezone.now, verbose_name="启用时间")),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="second_factor",
                        to="people.person",
                    ),
                ),
            ],
            options={"verbose_name": "动态口令", "verbose_name_plural": "动态口令"},
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                ("id", key()),
                ("digest", models.TextField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "factor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recovery_codes",
                        to="people.secondfactor",
                        db_index=False,
                    ),
                ),
            ],
            options={
                "verbose_name": "恢复码",
                "verbose_name_plural": "恢复码",
                "constraints": [
                    models.UniqueConstraint(fields=["factor", "digest"], name="recovery_code_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="KnownDevice",
            fields=[
                ("id", key()),
                ("digest", models.TextField()),
                ("name", models.TextField(blank=True, verbose_name="设备")),
                ("first_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("last_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("person", of_person("devices")),
            ],
            options={
                "verbose_name": "已知设备",
                "verbose_name_plural": "已知设备",
                "constraints": [
                    models.UniqueConstraint(fields=["person", "digest"], name="known_device_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Identity",
            fields=[
                ("id", key()),
                ("provider", models.TextField()),
                ("subject", models.TextField()),
                ("linked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("used_at", models.DateTimeField(null=True)),
                ("person", of_person("identities")),
            ],
            options={
                "verbose_name": "关联身份",
                "verbose_name_plural": "关联身份",
                "constraints": [
                    models.UniqueConstraint(fields=["provider", "subject"], name="identity_of_one_person"),
                    models.UniqueConstraint(fields=["person", "provider"], name="identity_one_a_provider"),
                ],
            },
        ),
        migrations.RunSQL(STEP, BACK),
    ]
