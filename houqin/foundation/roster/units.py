"""Which unit a name means: in full, in short (市财政局), by nickname (市发改委), or as somebody said before."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from houqin.foundation.roster.text import organisation_name

#: A place at the beginning of a unit's name: 江城市, 清水县.
_PLACE = re.compile(r"^[\u4e00-\u9fff]{2,6}?(?:自治区|自治州|自治县|自治旗|新区|地区|省|市|州|盟|县|区|旗)")
_PARTY = re.compile(r"^中国?共(产党)?")
#: Words that only look as if they began with the place in short.
_WORD_OF_ITS_OWN = re.compile(r"市场|市政(工程|园林|公用|管理|设施|局|处|所)|市容|州县|区划|区域|县域")
#: How the last word of a nickname stands in the full name.
_ENDINGS = {
    "委": ("委员会", "委"),
    "办": ("办公室",),
    "协": ("协会",),
    "联": ("联合会",),
    "工会": ("总工会",),
}
_LONGEST_NICKNAME = 6
_NUMERALS = frozenset("一二三四五六七八九十0123456789东南西北中")
#: So alike two names must be for one to be offered for the other.
_ALIKE = 0.6


@dataclass(eq=False)
class Section:
    """A section of a unit: stored (``pk``) or new."""

    name: str
    pk: int | None = None
    ended: bool = False


@dataclass(eq=False)
class Unit:
    """A unit: stored (``pk``) or new. ``spellings``: how else it is written; ``sections`` by their compared names."""

    name: str
    pk: int | None = None
    short_name: str = ""
    spellings: set[str] = field(default_factory=set)
    sections: dict[str, Section] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return str(self.pk) if self.pk else f"new:{self.name}"


class Directory:
    """All units, found by any of their names."""

    def __init__(self, units: Sequence[Unit], homes: Iterable[str] = ()) -> None:
        self.units: list[Unit] = []
        self.homes = sorted({organisation_name(home) for home in homes}, key=len, reverse=True)
        self._forms: dict[str, dict[int, Unit]] = {}
        self._said: dict[str, Unit] = {}
        self._found: dict[str, Unit | None] = {}
        for unit in units:
            self.add(unit)

    def add(self, unit: Unit) -> Unit:
        """Make a unit known by its name, its short name and its spellings."""
        self.units.append(unit)
        for name in {unit.name, unit.short_name} - {""}:
            for form in self.forms(name):
                self._forms.setdefault(form, {})[id(unit)] = unit
        for text in unit.spellings:
            self._said[organisation_name(text)] = unit
        self._found.clear()
        return unit

    def say(self, text: str, unit: Unit) -> None:
        """Somebody says that ``text`` means that unit."""
        self._said[organisation_name(text)] = unit
        self._found.clear()

    def find(self, text: str) -> Unit | None:
        """The one unit that ``text`` can mean; None where there is none, or more than one."""
        name = organisation_name(text)
        if name not in self._found:
            self._found[name] = self._look_up(name)
        return self._found[name]

    def near(self, text: str, most: int = 3) -> list[Unit]:
        """The units whose names are most like ``text``, the likeliest first."""
        name = self.rest(organisation_name(text))
        rated = [(SequenceMatcher(None, name, self.rest(unit.name)).ratio(), unit) for unit in self.units]
        rated = sorted((pair for pair in rated if pair[0] >= _ALIKE), key=lambda pair: -pair[0])
        return [unit for _, unit in rated[:most]]

    def rest(self, name: str) -> str:
        """A name without the place and the party before it: 财政局 of 江城市财政局 and of 市财政局."""
        name = _PARTY.sub("", name)
        for home in self.homes:
            if name.startswith(home) and len(name) > len(home) + 1:
                return name[len(home) :]
        if self._begins_short(name):
            return name[1:]
        return name

    def _begins_short(self, name: str) -> bool:
        """Whether a name begins with its place in short: the 市 of 市财政局, not that of 市场监督管理局."""
        return (
            len(name) > 2
            and any(home.endswith(name[0]) for home in self.homes or ("市",))
            and not _WORD_OF_ITS_OWN.match(name)
        )

    def forms(self, name: str) -> set[str]:
        """The ways in which a unit's name is written without any nickname."""
        name = organisation_name(name)
        rest = self.rest(name)
        return {name, rest}

    def _look_up(self, name: str) -> Unit | None:
        if name in self._said:
            return self._said[name]
        for form in (name, self.rest(name)):
            held = self._forms.get(form)
            if held and len(held) == 1:
                return next(iter(held.values()))
            exact = [unit for unit in (held or {}).values() if name in (unit.name, unit.short_name)]
            if len(exact) == 1:
                return exact[0]
        return self._by_nickname(self.rest(name))

    def _by_nickname(self, nick: str) -> Unit | None:
        fitting = [unit for unit in self.units if is_nickname(nick, self.rest(unit.name))]
        return fitting[0] if len(fitting) == 1 else None


def is_nickname(nick: str, full: str) -> bool:
    """Whether ``nick`` shortens ``full``: 发改委 of 发展和改革委员会, but not 财政局 of 临江区财政局.

    Its characters stand in the full name in the same order, both end in the same kind of body, and at least two
    characters are left out: with one missing it is rather misspelt.
    """
    if not 2 <= len(nick) <= min(_LONGEST_NICKNAME, len(full) - 2):
        return False
    if [each for each in nick if each in _NUMERALS] != [each for each in full if each in _NUMERALS]:
        return False
    place = _PLACE.match(full)
    if place and not nick.startswith(place[0][0]) and place[0][-1] in "区县旗" and len(place[0]) < len(full):
        return False
    for short, longs in _ENDINGS.items():
        if nick.endswith(short) and full.endswith(longs):
            break
    else:
        if nick[-1] != full[-1] or (nick[-2:] != full[-2:] and nick[-1] in "心会"):
            return False
    rest = iter(full)
    return all(character in rest for character in nick)


def home_of(names: Sequence[str], titles: Sequence[str]) -> str:
    """The place that most of the names begin with, or the titles where no name says it; empty if none does."""
    counts: Counter[str] = Counter()
    for name in {organisation_name(name) for name in names}:
        counts.update(_places(name))
    if not counts:
        counts.update(place for title in titles for place in _places(organisation_name(title))[:1])
    return max(counts, key=lambda place: (counts[place], -len(place))) if counts else ""


def _places(name: str) -> list[str]:
    place = _PLACE.match(name)
    return [place[0]] if place and len(place[0]) < len(name) and place[0] != name else []


def full_names(names: Counter[str], directory: Directory) -> tuple[dict[str, str], set[str]]:
    """For a first roster: every name as it is written → the full name of its unit; and the names that look misspelt.

    Names of one rest are one unit, called as it is written in full; nicknames join the one they shorten.
    """
    by_rest: dict[str, Counter[str]] = {}
    seen = {organisation_name(name) for name in names}
    for name, count in names.items():
        plain = organisation_name(name)
        rest = (
            plain if any(plain == directory.rest(other) != other for other in seen) else directory.rest(plain)
        )
        by_rest.setdefault(rest, Counter())[plain] += count
    home = directory.homes[0] if directory.homes else ""
    meant: dict[str, str] = {}
    for rest, written in by_rest.items():
        longer = [full for full in by_rest if is_nickname(rest, full)]
        target = by_rest[longer[0]] if len(longer) == 1 else written
        full = max(target, key=lambda name: (bool(home) and name.startswith(home), len(name), target[name]))
        if home and full == f"{home[-1]}{directory.rest(full)}":
            full = home[:-1] + full
        meant.update(dict.fromkeys(written, full))
    return meant, _misspelt(meant, names)


def _misspelt(meant: dict[str, str], names: Counter[str]) -> set[str]:
    """Units of one or two rows whose name is one character off a much larger one."""
    rows: Counter[str] = Counter()
    for name, count in names.items():
        rows[meant[organisation_name(name)]] += count
    large = [name for name, count in rows.items() if count >= 8]
    return {
        name
        for name, count in rows.items()
        if count <= 2 and any(len(other) > 4 and _one_off(name, other) for other in large)
    }


def _one_off(name: str, other: str) -> bool:
    """Whether one character was mistyped, dropped or doubled; numerals tell different units apart."""
    if name == other or abs(len(name) - len(other)) > 1:
        return False
    changes = [
        op for op in SequenceMatcher(None, name, other, autojunk=False).get_opcodes() if op[0] != "equal"
    ]
    if len(changes) != 1:
        return False
    _kind, a, b, c, d = changes[0]
    return max(b - a, d - c) == 1 and not _NUMERALS & set(name[a:b] + other[c:d])
