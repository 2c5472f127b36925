"""What one statement adds is compared at once."""

from django.db import migrations

from houqin.foundation.personal.once import FUNCTION_OF_STATEMENT


class Migration(migrations.Migration):
    dependencies = [("personal", "0002_once")]

    operations = [migrations.RunSQL(FUNCTION_OF_STATEMENT, "DROP FUNCTION personal_once_added();")]
