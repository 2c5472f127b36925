"""Coming in by way of another house: OpenID Connect, DingTalk's government edition, a WeChat official account.

Each proves a subject (:class:`~houqin.foundation.people.identities.providers.Proof`); what it opens is decided in
:mod:`~houqin.foundation.people.identities.linking`. Nobody is made by coming.
"""
