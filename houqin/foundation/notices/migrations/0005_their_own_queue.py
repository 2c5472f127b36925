"""Notices are delivered without jobs now: those that still wait would find nobody who knows them."""

from django.db import migrations

FORGET = """
DELETE FROM procrastinate_jobs WHERE status = 'todo' AND task_name IN ('notices.deliver', 'notices.deliver_overlooked')
"""


class Migration(migrations.Migration):
    dependencies = [("notices", "0004_fewer_indexes")]
    operations = [migrations.RunSQL(FORGET, migrations.RunSQL.noop)]
