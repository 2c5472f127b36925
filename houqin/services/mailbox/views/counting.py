"""How often something anonymous is done from where, without keeping from where."""

from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from houqin.foundation.address import client_address
from houqin.foundation.limits.actions import spend

HOUR = 3600


def count(request: HttpRequest, what: str, *, limit: int, per_seconds: int = HOUR) -> None:
    """Count one more of ``what`` from here. Raises TooMany past ``limit``.

    All addresses fall into 256 bins that are dealt anew each day, and the bin is what is counted: many share one, so that
    nothing leads from a count back to whoever was counted, not even for who knows the key.
    """
    here = f"{timezone.localdate()}:{client_address(request)}"
    drawer = salted_hmac("houqin.mailbox.counting", here, algorithm="sha256").digest()[0]
    spend(f"mailbox:{what}:{drawer}", limit=limit, per_seconds=per_seconds)
