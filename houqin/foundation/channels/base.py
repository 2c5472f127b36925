"""What a channel is: a code, a name, whether it is set up, and ``send``, which answers what became of the message."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from houqin.foundation.errors import Text
from houqin.foundation.outside.ask import Failed
from houqin.foundation.registry import Registry


@dataclass(frozen=True)
class Message:
    """One message to one person. ``key`` stays the same when it is sent again, so that a repeat shows once.

    ``to`` is the address on that channel, ``url`` an absolute one or empty. ``when`` is local time, ready to show.
    """

    key: UUID
    to: str
    title: str
    body: str
    url: str
    when: str


class Result(StrEnum):
    """What became of a message: taken; not now, this one; never, this one; or nothing passes on this channel."""

    SENT = "sent"
    LATER = "later"
    NEVER = "never"
    BLOCKED = "blocked"


@dataclass(frozen=True)
class Outcome:
    """``code`` says why in a word, without content; ``wait_s`` how long the other side asks us to stay away."""

    result: Result
    code: str = ""
    wait_s: int = 0


SENT = Outcome(Result.SENT, "ok")


class Channel(Protocol):
    """``per_minute`` is the most that is sent in any minute. ``send`` never raises for what the other side does."""

    code: str
    #: Where the other side is, in the environment.
    setting: str
    per_minute: int

    @property
    def name(self) -> Text: ...  # pragma: no cover - a protocol

    @property
    def address_name(self) -> Text:
        """What a person is known by on this channel."""
        ...  # pragma: no cover - a protocol

    def configured(self) -> bool:
        """Whether the settings name the other side."""
        ...

    def send(self, message: Message) -> Outcome:
        """Send it; returns within half a minute whatever happens."""
        ...


CHANNELS: Registry[Channel] = Registry("channel")


def active() -> list[Channel]:
    """The channels that are set up in this installation."""
    return [channel for channel in CHANNELS if channel.configured()]


def outcome_of(failure: Failed) -> Outcome:
    """What a failed request means: only a refusal of this very message is for good.

    Who is not reached, refuses our key or is overrun will do so for the next message too: the channel is blocked.
    """
    denied = failure.code in {"http:401", "http:403", "no_token"}
    if failure.permanent and not denied:
        return Outcome(Result.NEVER, failure.code)
    return Outcome(Result.BLOCKED, failure.code, failure.retry_after_s)


def short(text: str, most: int) -> str:
    """``text`` on one line, at most that many characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
