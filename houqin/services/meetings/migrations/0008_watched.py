"""Tables whose rows are kept in the processes while they stand still."""

from django.db import migrations

from houqin.foundation.kept import watch


class Migration(migrations.Migration):
    dependencies = [("meetings", "0007_groups"), ("kept", "0001_initial")]
    operations = [
        migrations.RunSQL(
            *watch("meetings_room", "meetings_approvalrule", "meetings_quota", "meetings_classlimit")
        )
    ]
