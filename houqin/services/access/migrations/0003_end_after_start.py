"""A name of its own for the constraint: parking has permits too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0002_keep")]

    operations = [
        migrations.RemoveConstraint("permit", "permit_ends_after_start"),
        migrations.AddConstraint(
            "permit",
            models.CheckConstraint(
                condition=models.Q(until_at__isnull=True) | models.Q(until_at__gt=models.F("from_at")),
                name="door_permit_ends_after_start",
            ),
        ),
    ]
