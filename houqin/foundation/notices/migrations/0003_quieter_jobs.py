"""A notice's job leaves no line among the events of jobs: nearly every step of a case has one, and what waits is seen by the
notices themselves.
"""

from django.db import migrations

EVENT = """
DROP TRIGGER procrastinate_trigger_status_events_insert_v1 ON procrastinate_jobs;
CREATE TRIGGER procrastinate_trigger_status_events_insert_v1 AFTER INSERT ON procrastinate_jobs
  FOR EACH ROW WHEN (new.status = 'todo'{but})
  EXECUTE FUNCTION procrastinate_trigger_function_status_events_insert_v1();
"""


class Migration(migrations.Migration):
    dependencies = [("notices", "0002_quiet_jobs")]
    operations = [
        migrations.RunSQL(EVENT.format(but=" AND new.queue_name <> 'notices'"), EVENT.format(but=""))
    ]
