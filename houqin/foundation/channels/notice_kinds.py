"""Which group a kind of notice belongs to, and whether it is urgent. Each app says so of its own kinds in ``notice_kinds.py``."""

from __future__ import annotations

from dataclasses import dataclass

from houqin.foundation.channels.models import Group
from houqin.foundation.registry import Registry


@dataclass(frozen=True)
class Kind:
    """``urgent``: it passes quiet hours and is never bundled."""

    group: Group
    urgent: bool = False


KINDS: Registry[Kind] = Registry("kind of notice")
_UNKNOWN = Kind(Group.OTHER)


def announce(code: str, group: Group, *, urgent: bool = False) -> None:
    """Make known how notices of ``code`` are sent: one kind (``affairs.task``) or all of an app (``affairs``)."""
    KINDS.add(code, Kind(group, urgent))


def kind_of(code: str) -> Kind:
    """What was said of this kind, else of its app."""
    return KINDS.get(code) or KINDS.get(code.partition(".")[0]) or _UNKNOWN


announce("people", Group.TODO)
announce("people.new_device", Group.WARNING, urgent=True)
announce("people.account_reset", Group.WARNING, urgent=True)
announce("calendar", Group.WARNING)
announce("channels.test", Group.OTHER, urgent=True)
