"""Whoever can act: a person, somebody who has not signed in, or the system itself."""

from dataclasses import dataclass, field
from typing import Protocol


class Actor(Protocol):
    """What the trail needs to know of whoever acts. A ``Person`` is one."""

    @property
    def pk(self) -> int | None: ...  # pragma: no cover - a protocol

    @property
    def name(self) -> str: ...  # pragma: no cover - a protocol


@dataclass(frozen=True)
class Outsider:
    """Somebody who has not signed in: a passer-by who reports a fault, known by a phone number at most."""

    name: str
    phone: str = field(default="", repr=False)
    pk: None = None


@dataclass(frozen=True)
class Bearer:
    """Whoever shows the receipt of one case: the platform knows that it is theirs, and not who they are."""

    case: str
    name: str
    pk: None = None


@dataclass(frozen=True)
class System:
    """The platform acting by itself: a job, a limit that ran out."""

    name: str = "系统"
    pk: None = None


SYSTEM = System()
