"""A number that a controller uses for another passage answers nobody with the decision about somebody else."""

from django.db import migrations, models

NEW = """
CREATE OR REPLACE FUNCTION access_admit(
  door bigint, by_controller bigint, number bigint, who text, by_permit bigint, way text, moment timestamptz,
  pass_window bigint, why text, OUT allowed boolean, OUT reason text
) LANGUAGE plpgsql AS $$
DECLARE
  area access_area%ROWTYPE;
  was access_presence%ROWTYPE;
  same boolean;
BEGIN
  IF who <> '' THEN PERFORM pg_advisory_xact_lock(729, hashtext(who)); END IF;
  SELECT e.allowed, e.reason, (e.holder, e.door_id, e.direction) IS NOT DISTINCT FROM (who, door, way)
    INTO allowed, reason, same FROM access_doorevent e WHERE e.controller_id = by_controller AND e.sequence = number;
  IF FOUND AND same THEN RETURN; END IF;
  IF FOUND THEN allowed := false; reason := 'number_used'; RETURN; END IF;
  reason := why;
  IF reason = '' AND way = 'in' THEN
    SELECT a.* INTO area FROM access_area a JOIN access_door d ON d.area_id = a.id WHERE d.id = door;
    IF area.passback_minutes > 0 THEN
      SELECT p.* INTO was FROM access_presence p JOIN access_area x ON x.id = p.area_id
        WHERE p.holder = who AND x.path LIKE area.path || '%' AND p.at > moment - make_interval(mins => area.passback_minutes);
      IF FOUND THEN reason := 'inside_already'; END IF;
    END IF;
  END IF;
  allowed := reason = '';
  INSERT INTO access_doorevent (controller_id, sequence, door_id, at, received_at, holder, permit_id, direction, allowed,
    reason, offline, "window", clock_off_seconds)
  VALUES (by_controller, number, door, moment, now(), who, by_permit, way, allowed, reason, false, pass_window, 0)
  ON CONFLICT DO NOTHING;
  IF FOUND THEN RETURN; END IF;
  SELECT e.allowed, e.reason, (e.holder, e.door_id, e.direction) IS NOT DISTINCT FROM (who, door, way)
    INTO allowed, reason, same FROM access_doorevent e WHERE e.controller_id = by_controller AND e.sequence = number;
  IF FOUND AND same THEN RETURN; END IF;
  IF FOUND THEN allowed := false; reason := 'number_used'; RETURN; END IF;
  allowed := false;
  reason := 'pass_used';
  INSERT INTO access_doorevent (controller_id, sequence, door_id, at, received_at, holder, permit_id, direction, allowed,
    reason, offline, "window", clock_off_seconds)
  VALUES (by_controller, number, door, moment, now(), who, by_permit, way, allowed, reason, false, pass_window, 0);
END $$;
"""
OLD = """
CREATE OR REPLACE FUNCTION access_admit(
  door bigint, by_controller bigint, number bigint, who text, by_permit bigint, way text, moment timestamptz,
  pass_window bigint, why text, OUT allowed boolean, OUT reason text
) LANGUAGE plpgsql AS $$
DECLARE
  area access_area%ROWTYPE;
  was access_presence%ROWTYPE;
BEGIN
  IF who <> '' THEN PERFORM pg_advisory_xact_lock(729, hashtext(who)); END IF;
  SELECT e.allowed, e.reason INTO allowed, reason FROM access_doorevent e
    WHERE e.controller_id = by_controller AND e.sequence = number;
  IF FOUND THEN RETURN; END IF;
  reason := why;
  IF reason = '' AND way = 'in' THEN
    SELECT a.* INTO area FROM access_area a JOIN access_door d ON d.area_id = a.id WHERE d.id = door;
    IF area.passback_minutes > 0 THEN
      SELECT p.* INTO was FROM access_presence p JOIN access_area x ON x.id = p.area_id
        WHERE p.holder = who AND x.path LIKE area.path || '%' AND p.at > moment - make_interval(mins => area.passback_minutes);
      IF FOUND THEN reason := 'inside_already'; END IF;
    END IF;
  END IF;
  allowed := reason = '';
  INSERT INTO access_doorevent (controller_id, sequence, door_id, at, received_at, holder, permit_id, direction, allowed,
    reason, offline, "window", clock_off_seconds)
  VALUES (by_controller, number, door, moment, now(), who, by_permit, way, allowed, reason, false, pass_window, 0)
  ON CONFLICT DO NOTHING;
  IF FOUND THEN RETURN; END IF;
  SELECT e.allowed, e.reason INTO allowed, reason FROM access_doorevent e
    WHERE e.controller_id = by_controller AND e.sequence = number;
  IF FOUND THEN RETURN; END IF;
  allowed := false;
  reason := 'pass_used';
  INSERT INTO access_doorevent (controller_id, sequence, door_id, at, received_at, holder, permit_id, direction, allowed,
    reason, offline, "window", clock_off_seconds)
  VALUES (by_controller, number, door, moment, now(), who, by_permit, way, allowed, reason, false, pass_window, 0);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0003_end_after_start")]

    operations = [
        migrations.RunSQL(NEW, OLD),
        migrations.AlterField(
            model_name="doorevent",
            name="reason",
            field=models.TextField(
                blank=True,
                choices=[
                    ("", "放行"),
                    ("bad_pass", "通行码无效"),
                    ("pass_old", "通行码已过期，请刷新"),
                    ("pass_used", "通行码已使用，请等待更新"),
                    ("no_permit", "没有该区域的通行权限"),
                    ("not_yet", "通行权限尚未生效"),
                    ("expired", "通行权限已到期"),
                    ("outside_hours", "不在允许的时段"),
                    ("inside_already", "已在区域内，未登记离开"),
                    ("wrong_way", "此门不能从这个方向通行"),
                    ("door_closed", "此门已停用"),
                    ("gone", "持有人已离岗"),
                    ("unknown_door", "控制器上没有这扇门"),
                    ("number_used", "编号已用于另一次通行"),
                ],
                default="",
                verbose_name="原因",
            ),
        ),
    ]
