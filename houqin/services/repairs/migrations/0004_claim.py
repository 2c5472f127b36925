"""What a report waits for and looks at before it becomes a case."""

from django.db import migrations

# One round trip for what every report asks. Each statement of a volatile function sees what was committed when it
# began: so the second one sees the report that the locks of the first waited for.
CLAIM = """
CREATE FUNCTION repairs_claim(
  place bigint, above bigint[], fault bigint, trade text, device bigint, since timestamptz,
  OUT outage boolean, OUT joinable boolean, OUT mended bigint, OUT case_id bigint, OUT task_id bigint
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtextextended('repairs:group:' || repairs_claim.trade, 0)),
    pg_advisory_xact_lock(hashtextextended('repairs:spot:' || repairs_claim.place || ':' || repairs_claim.fault, 0));
  SELECT
    EXISTS (SELECT FROM repairs_incident i
      WHERE i.closed_at IS NULL AND i."group" = repairs_claim.trade AND i.place_id = ANY (repairs_claim.above)),
    EXISTS (SELECT FROM repairs_repairorder o
      WHERE o.place_id = repairs_claim.place AND o.fault_id = repairs_claim.fault AND o.joinable),
    (SELECT o.case_id FROM repairs_repairorder o
      WHERE ((o.place_id = repairs_claim.place AND o.fault_id = repairs_claim.fault)
          OR o.device_id = repairs_claim.device)
        AND o.finished_at >= repairs_claim.since AND NOT o.planned
      ORDER BY o.finished_at DESC LIMIT 1),
    nextval('affairs_case_id_seq'), nextval('affairs_task_id_seq')
  INTO outage, joinable, mended, case_id, task_id;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("repairs", "0003_watched"),
        ("affairs", "0009_whole_by_one_look"),
    ]
    operations = [
        migrations.RunSQL(
            CLAIM, "DROP FUNCTION repairs_claim(bigint, bigint[], bigint, text, bigint, timestamptz);"
        )
    ]
