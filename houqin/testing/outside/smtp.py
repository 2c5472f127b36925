"""A mail server on the loopback that keeps what it takes, and refuses whom it is told to."""

from __future__ import annotations

import socket
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller


class MailServer:
    """``kept``: Message-ID → mail, as a mail system shows it; ``refusals``: address → reply, "550 no such user"."""

    def __init__(self) -> None:
        self.kept: dict[str, EmailMessage] = {}
        self.refusals: dict[str, str] = {}
        #: Answered to the content instead of taking it, once each.
        self.replies: list[str] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.replies:
            return self.replies.pop(0)
        mail = message_from_bytes(envelope.content, policy=default)
        self.kept.setdefault(mail["message-id"], mail)
        return "250 OK"

    def __enter__(self) -> MailServer:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._controller.stop()
