"""Personal values that are kept encrypted, found by keyed hash and shown masked. No tables, no pages.

- :class:`~houqin.foundation.sealed.value.Personal` is a number in memory. Wherever it is printed it is its mask; ``.clear`` alone
  gives the number. ``PHONE`` and ``ID_NUMBER`` are the kinds: normal form and mask.
- :mod:`~houqin.foundation.sealed.envelope`: ``seal``, ``unseal``, ``keyed`` for what is kept outside a model's field, as in a session.
- :mod:`~houqin.foundation.sealed.scrub`: takes numbers out of any text or JSON.

Model fields are in :mod:`houqin.foundation.personal`.
"""
