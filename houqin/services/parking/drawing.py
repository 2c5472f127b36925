"""The draw of a rotation, so that anybody can do it again with pencil, paper and SHA-256. Nothing here knows the database.

Rules, in this order:

1. Whoever had a place in the last rotation of the lot comes after all who had none.
2. Whoever went without in more draws in a row comes first.
3. Within that, chance decides: the lower SHA-256 of ``seed:number`` comes first.

``seed`` is the SHA-256 of ``secret:beacon:entries``. The hash of the secret is published when the rotation opens, so that it cannot be
chosen later; the beacon is a public number drawn by others after entries closed (a lottery's, say), so that whoever knows the
secret cannot know the outcome; ``entries`` is the hash of the list, so that nobody is added or taken off unseen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Ticket:
    """What the draw knows of an entry. It is all published: no name, no plate."""

    number: int
    lost_before: int
    held_last: bool

    def line(self) -> str:
        """As it stands in the published list: ``12,2,0``."""
        return f"{self.number},{self.lost_before},{int(self.held_last)}"


def sha256(text: str) -> str:
    """Hexadecimal SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of(tickets: Iterable[Ticket]) -> str:
    """The hash of the list: its lines by number, each ended by a line feed."""
    return sha256("".join(f"{ticket.line()}\n" for ticket in sorted(tickets, key=lambda each: each.number)))


def seed_of(secret: str, beacon: str, tickets: Sequence[Ticket]) -> str:
    """The seed of a draw."""
    return sha256(f"{secret}:{beacon}:{digest_of(tickets)}")


def draw(tickets: Sequence[Ticket], secret: str, beacon: str) -> list[int]:
    """The numbers of the tickets in the order in which they get places."""
    seed = seed_of(secret, beacon, tickets)
    return [
        ticket.number
        for ticket in sorted(
            tickets,
            key=lambda each: (each.held_last, -each.lost_before, sha256(f"{seed}:{each.number}")),
        )
    ]
