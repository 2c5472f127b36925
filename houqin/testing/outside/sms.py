"""A gateway for text messages that checks signatures, and sends one id once."""

from __future__ import annotations

import hashlib
import hmac
import json
import time

from houqin.testing.outside.server import Answer, Asked, LocalServer


class SmsServer(LocalServer):
    """``shown``: id → (number, text). ``unknown``: numbers that are none."""

    key, secret = "houqin", "sms-test-secret"

    def __init__(self) -> None:
        super().__init__()
        self.shown: dict[str, tuple[str, str]] = {}
        self.unknown: set[str] = set()
        self._nonces: set[str] = set()

    def setting(self) -> str:
        """The address as it stands in ``HOUQIN_SMS_URL``."""
        return self.address(self.key, self.secret, "v1/send")

    def answer(self, asked: Asked) -> Answer:
        if not self._genuine(asked):
            return Answer({"accepted": False, "code": "signature"}, status=401)
        said = json.loads(asked.body)
        if said["to"] in self.unknown:
            return Answer({"accepted": False, "code": "no_such_number", "final": True})
        self.shown.setdefault(said["id"], (said["to"], said["text"]))
        return Answer({"accepted": True})

    def _genuine(self, asked: Asked) -> bool:
        told = asked.headers
        timestamp, nonce = told["x-houqin-timestamp"], told["x-houqin-nonce"]
        if (
            told["x-houqin-key"] != self.key
            or abs(time.time() - int(timestamp)) > 300
            or nonce in self._nonces
        ):
            return False
        self._nonces.add(nonce)
        signed = timestamp.encode() + b"\n" + nonce.encode() + b"\n" + asked.body
        digest = hmac.new(self.secret.encode(), signed, hashlib.sha256).hexdigest()
        return hmac.compare_digest(digest, told["x-houqin-signature"])
