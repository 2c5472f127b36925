"""Text messages through an HTTP gateway: one signed JSON request a message.

There is no standard for such gateways; this is the plainest that is safe, for the gateway itself or the few lines in
front of it (docs/administrators/channels.md):

``POST`` with ``{"id", "to", "text"}`` and the headers ``X-Houqin-Key``, ``X-Houqin-Timestamp`` (seconds),
``X-Houqin-Nonce`` and ``X-Houqin-Signature``: hexadecimal ``HMAC-SHA256(secret, TIMESTAMP \\n NONCE \\n BODY)``. It answers
``{"accepted": true}``, or ``{"accepted": false, "code": "…", "final": true}`` where trying again is no use. The same ``id``
is sent to the phone once.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import time
from functools import cache

from django.conf import settings
from django.utils.translation import gettext_lazy

from houqin.foundation.channels.base import SENT, Message, Outcome, Result, outcome_of, short
from houqin.foundation.outside.address import Address, read_address
from houqin.foundation.outside.ask import Failed, ask

#: Characters of one text message; what follows would be charged as another.
LENGTH = 70
#: What a link must leave to the title.
ROOM = 20


class Sms:
    """A text of one message's length with the address of the page, if both fit."""

    code = "sms"
    setting = "HOUQIN_SMS_URL"
    name = gettext_lazy("短信")
    address_name = gettext_lazy("手机号码")
    per_minute = 100

    def configured(self) -> bool:
        return _gateway(settings.SMS_URL) is not None

    def send(self, message: Message) -> Outcome:
        gateway = _gateway(settings.SMS_URL)
        assert gateway
        body = json.dumps({"id": message.key.hex, "to": message.to, "text": text_of(message)}).encode()
        headers = {"Content-Type": "application/json", **signed(gateway, body)}
        try:
            said = ask("POST", f"{gateway.base_url}/{gateway.rest}", content=body, headers=headers)
        except Failed as failure:
            return outcome_of(failure)
        if said.get("accepted") is True:
            return SENT
        code = re.sub(r"[^\w.-]", "", str(said.get("code", "refused")))[:40]
        return Outcome(Result.NEVER if said.get("final") is True else Result.LATER, f"sms:{code}")


def signed(gateway: Address, body: bytes) -> dict[str, str]:
    """The headers that show who sends ``body``."""
    timestamp, nonce = str(int(time.time())), secrets.token_hex(12)
    digest = hmac.new(gateway.secret.encode(), f"{timestamp}\n{nonce}\n".encode() + body, hashlib.sha256)
    return {
        "X-Houqin-Key": gateway.key,
        "X-Houqin-Timestamp": timestamp,
        "X-Houqin-Nonce": nonce,
        "X-Houqin-Signature": digest.hexdigest(),
    }


def text_of(message: Message) -> str:
    """The title, and the link where it leaves room for the title."""
    room = LENGTH - len(message.url) - 1
    if message.url and room >= ROOM:
        return f"{short(message.title, room)} {message.url}"
    return short(message.title, LENGTH)


@cache
def _gateway(url: str) -> Address | None:
    return read_address(url)
