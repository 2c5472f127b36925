"""The one text of an entry that is hashed: what PostgreSQL makes of it, UTF-8.

It is a JSON object in the canonical order and spacing of ``jsonb``, so a proof carries the text itself and whoever checks it
hashes what they read. Every column stands in it; ``v`` is the version of this form. It is written here and not as a
function of the database, which whoever tampers with the database could replace.
"""

#: SQL over ``trail_entry AS e``.
CANONICAL = """jsonb_build_object(
  'v', 1, 'id', e.id, 'at', to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  'actor_id', e.actor_id, 'actor_name', e.actor_name,
  'appointment_id', e.appointment_id, 'appointment_name', e.appointment_name,
  'address', e.address, 'action', e.action,
  'record_type', e.record_type, 'record_id', e.record_id, 'record_name', e.record_name,
  'before', e.before, 'after', e.after)::text"""
