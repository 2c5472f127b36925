"""A notice's job is found by the worker's next look, within a second, and not announced by NOTIFY.

Transactions that NOTIFY commit one after the other, all over the database, each with its own wait for the disk; nearly
every step of a case tells somebody something, so that was the narrowest place of the whole platform.
"""

from django.db import migrations

QUIET = """
DROP TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 ON procrastinate_jobs;
CREATE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 AFTER INSERT ON procrastinate_jobs
  FOR EACH ROW WHEN (new.status = 'todo' AND new.queue_name <> 'notices')
  EXECUTE FUNCTION procrastinate_notify_queue_job_inserted_v1();
"""
AS_IT_WAS = """
DROP TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 ON procrastinate_jobs;
CREATE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 AFTER INSERT ON procrastinate_jobs
  FOR EACH ROW WHEN (new.status = 'todo')
  EXECUTE FUNCTION procrastinate_notify_queue_job_inserted_v1();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0001_initial"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]
    operations = [migrations.RunSQL(QUIET, AS_IT_WAS)]
