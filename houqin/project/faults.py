"""One thing wrong with the settings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing wrong with the settings: which setting, what is wrong, what to do."""

    setting: str
    problem: str
    mend: str

    def __str__(self) -> str:
        return f"{self.setting}: {self.problem} {self.mend}".strip()
