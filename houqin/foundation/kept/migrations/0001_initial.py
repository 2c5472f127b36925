from django.db import migrations, models

FUNCTION = """
CREATE SEQUENCE kept_number;
INSERT INTO kept_version (id, number) VALUES (1, nextval('kept_number'));
-- Before the statement that changes rows, so that whoever changes a watched table holds the number before any row.
CREATE FUNCTION kept_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO kept_version (id, number) VALUES (1, nextval('kept_number'))
    ON CONFLICT (id) DO UPDATE SET number = excluded.number;
  RETURN NULL;
END $$;
"""
REVERSE = """
DROP FUNCTION kept_changed();
DROP SEQUENCE kept_number;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        migrations.CreateModel(
            name="Version",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("number", models.BigIntegerField()),
            ],
            options={"verbose_name": "配置版本"},
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.CheckConstraint(condition=models.Q(("id", 1)), name="kept_only_one"),
        ),
        migrations.RunSQL(FUNCTION, REVERSE),
    ]
