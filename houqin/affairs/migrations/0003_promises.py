from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("affairs", "0002_whole_cases")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="escalated_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="超时上报"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("escalated_at__isnull", True), ("state", "open")),
                fields=["due_at"],
                name="case_red",
            ),
        ),
    ]
