"""One way to announce things: a registry with unique codes, filled by autodiscovery, in a fixed order."""

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Named entries. Two entries of one code are a mistake of the developer and raise at start."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._entries: dict[str, T] = {}

    def add(self, code: str, entry: T) -> T:
        """Announce ``entry`` under ``code``; raises ``ValueError`` when the code is taken."""
        if code in self._entries:
            raise ValueError(f"{self.what} {code!r} is announced twice")
        self._entries[code] = entry
        return entry

    def get(self, code: str) -> T | None:
        """The entry of that code, if one was announced."""
        return self._entries.get(code)

    def __getitem__(self, code: str) -> T:
        try:
            return self._entries[code]
        except KeyError:
            raise LookupError(f"no {self.what} is announced as {code!r}") from None

    def __contains__(self, code: object) -> bool:
        return code in self._entries

    def __iter__(self) -> Iterator[T]:
        return iter(entry for _, entry in sorted(self._entries.items()))

    def codes(self) -> list[str]:
        """All codes, sorted."""
        return sorted(self._entries)
