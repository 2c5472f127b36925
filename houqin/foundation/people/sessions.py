"""Where sessions are kept: Django's table, with an end after a time without use.

Asked nothing more than Django asks: when a session is loaded, the moment it was last seen is in it. That moment is
written again once it is old enough to matter, so an ordinary page writes nothing.
"""

from __future__ import annotations

import time
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from houqin.foundation.people.models import SignedInSession

SEEN, IDLE, IDLED, PENDING, UNLINKED = "seen", "idle_s", "idled_minutes", "door", "unlinked"
#: The moment last seen is written again after this many seconds: sooner where a time without use ends the session.
TOUCH_S, TOUCH_IDLE_S = 600, 60


class SessionStore(DatabaseStore):
    """``SEEN``: moment of last use. ``IDLE``: seconds without use after which it ends. ``IDLED``: it has, after so many minutes.

    ``PENDING``: who stands at the door (see ``stages``). ``UNLINKED``: a proof that waits for a password to be linked.
    """

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        data: dict[str, Any] = super().load()
        seen = data.get(SEEN)
        if seen is None:
            return data
        away, limit = time.time() - seen, data.get(IDLE)
        if limit and away > limit:
            return self._end(limit)
        if away > (TOUCH_IDLE_S if limit else TOUCH_S):
            data[SEEN] = time.time()
            self.modified = True
            SignedInSession.objects.filter(session_key=self.session_key).update(seen_at=timezone.now())
        return data

    def _end(self, limit: int) -> dict[str, Any]:
        """Forget the session; what is left says why, for the page at the door."""
        key = self.session_key
        Session.objects.filter(session_key=key).delete()
        SignedInSession.objects.filter(session_key=key).delete()
        self._session_key = None
        self.modified = True
        return {IDLED: limit // 60}
