"""Personal numbers in the database: encrypted, found by keyed hash, masked unless asked for, erased in time.

For a service there are five things to know::

    from houqin.foundation.personal.fields import PersonalField, WholeKey

    class Visitor(models.Model):
        phone = PersonalField(_("手机"), kind="phone", blank=True)         # or kind="id_number"

        class Meta:
            indexes = [models.Index(WholeKey("phone"), name="visitor_by_phone")]
            # once only: models.UniqueConstraint(WholeKey("id_number"), name="visitor_id_number_once")

1. **Write** a text (any way people type it) or another record's value: ``visitor.phone = "138 0000 0006"``. Forms of the model and
   ``full_clean`` bring it to its normal form. ``bulk_create``, ``update(phone=…)``, ``copy_in`` and ``rows.insert`` encrypt too.
2. **Find** by the whole number or its last four: ``filter(phone="13800000006")``, ``phone__in=[…]``, ``phone__tail="0006"``,
   ``phone=""`` for none. Nothing else can be asked of the database.
3. **Read** ``visitor.phone``: a ``sealed.value.Personal``. It is false when empty, equals the text of its number, and prints as its mask,
   so a template, a log, JSON or the trail cannot show the number by mistake. It decrypts when it is first printed.
4. **Show** the number by :func:`houqin.foundation.personal.actions.reveal`, after the service has checked that the actor may: it limits
   how many, writes the trail and answers ``.clear``. Sending a message or dialling by a job uses ``.clear`` directly.
5. **Erase**: announce in ``retention.py`` what goes after how long (:mod:`houqin.foundation.personal.retention`).

Outside a field (session, cache) use ``sealed.envelope.seal/unseal``; to count or compare without keeping, ``sealed.envelope.keyed``.
"""
