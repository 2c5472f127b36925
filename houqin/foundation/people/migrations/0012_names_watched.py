"""What is kept in the processes of people themselves: their names, language, organisation, and whether they are here.

Who is new or taken out holds no appointment, and appointments are watched: a roster of thousands changes nothing here.
"""

from django.db import migrations

WATCH = """
CREATE TRIGGER kept_changed
  BEFORE UPDATE OF name, language, organisation_id, ended_on ON people_person
  EXECUTE FUNCTION kept_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0011_id_number_once"), ("kept", "0001_initial")]
    operations = [migrations.RunSQL(WATCH, "DROP TRIGGER kept_changed ON people_person;")]
