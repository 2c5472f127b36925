"""Whether a reopened job may be joined again, asked in one round trip."""

from django.db import migrations

# Each statement of a volatile function sees what was committed when it began: so the second one sees the report that held
# the lock until a moment ago.
FREE = """
CREATE FUNCTION repairs_spot_free(place bigint, fault bigint, this bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('repairs:spot:' || place || ':' || fault, 0)) THEN
    RETURN false;
  END IF;
  RETURN NOT EXISTS (SELECT FROM repairs_repairorder o
    WHERE o.place_id = place AND o.fault_id = fault AND o.joinable AND o.case_id <> this);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("repairs", "0004_claim")]
    operations = [migrations.RunSQL(FREE, "DROP FUNCTION repairs_spot_free(bigint, bigint, bigint);")]
