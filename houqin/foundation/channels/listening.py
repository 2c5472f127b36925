"""Once notices have reached people in the portal, what goes out of the house is planned: by a job of its own."""

from __future__ import annotations

from collections.abc import Sequence

from houqin.foundation.channels import jobs
from houqin.foundation.channels.base import active
from houqin.foundation.notices.moments import DELIVERED


def _delivered(ids: Sequence[int]) -> None:
    if active():
        jobs.plan.defer(ids=list(ids))


DELIVERED.add("channels", _delivered)
