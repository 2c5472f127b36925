"""A personal number in memory: its mask wherever it is printed, itself only where ``.clear`` is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from houqin.foundation import standards
from houqin.foundation.sealed.envelope import seal, unseal


@dataclass(frozen=True)
class Kind:
    """What a personal value is: its normal form (raises ``standards.Unfit``), as what it is looked for, however it was
    typed or stored, and what of it everybody may see."""

    code: str
    normal: Callable[[str], str]
    sought: Callable[[str], str]
    mask: Callable[[str], str]


def _mask_account(name: str) -> str:
    """The last four characters, of a short one none."""
    return f"····{name[-4:]}" if len(name) > 8 else "····" if name else ""


PHONE = Kind("phone", standards.phone, standards.dialled, standards.mask_phone)
ID_NUMBER = Kind("id_number", standards.resident_id, standards.tidy, standards.mask_id)
#: A name that another system knows somebody by: DingTalk's accountId, WeChat's openid.
ACCOUNT = Kind("account", str.strip, str.strip, _mask_account)
#: Nobody's number, but kept in the same way: what an authenticator app shares with us.
SECRET = Kind("secret", str, str, lambda text: "****")
KINDS = {kind.code: kind for kind in (PHONE, ID_NUMBER, ACCOUNT, SECRET)}


class Personal:
    """One value of a kind, for the place that ``context`` names. Decrypts when it is first looked at, and not before.

    It equals a text that is the number. An empty one is false.
    """

    __slots__ = ("_clear", "_sealed", "context", "kind")

    def __init__(
        self, kind: Kind, context: str, *, clear: str | None = None, sealed: bytes | None = None
    ) -> None:
        self.kind, self.context = kind, context
        self._clear = (clear or "") if sealed is None else None
        self._sealed = sealed

    @property
    def clear(self) -> str:
        """The number itself. Whoever shows it to somebody tells the trail: ``personal.actions.reveal``."""
        if self._clear is None:
            self._clear = unseal(self._sealed or b"", self.context)
        return self._clear

    @property
    def masked(self) -> str:
        """What of it everybody may see."""
        return self.kind.mask(self.clear)

    @property
    def sealed(self) -> bytes | None:
        """As it is stored; nothing for an empty one. The same bytes again for a value that came from the database."""
        if self._sealed is None and self._clear:
            self._sealed = seal(self._clear, self.context, sought=self.kind.sought(self._clear))
        return self._sealed

    @property
    def stored(self) -> bool:
        """Whether it has been encrypted: it came from the database, or was on its way there."""
        return self._sealed is not None

    def at(self, kind: Kind, context: str) -> Personal:
        """The same value for another place."""
        same = (kind, context) == (self.kind, self.context)
        return self if same else Personal(kind, context, clear=self.clear)

    def __bool__(self) -> bool:
        return bool(self._clear) or self._sealed is not None

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"<{self.kind.code}>"

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if isinstance(other, Personal):
            if self._sealed is not None and self._sealed == other._sealed:
                return True
            return bool(self) == bool(other) and self.clear == other.clear
        if isinstance(other, str):
            return bool(self) == bool(other) and self.clear == other
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self.clear)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled (into a cache, say) as it is stored, never in clear."""
        return (_again, (self.kind.code, self.context, self.sealed))


def _again(code: str, context: str, sealed: bytes | None) -> Personal:
    return Personal(KINDS[code], context, sealed=sealed)
