"""Keys by which Chinese names are sorted and found: whole pinyin and initials."""

from __future__ import annotations

import importlib
from functools import cache, lru_cache
from types import ModuleType

#: Names up to this length may be read character by character.
_SHORT = 4
#: Surnames that are read differently from the same character elsewhere.
_SURNAMES = {
    "尉迟": ["yu", "chi"],
    "长孙": ["zhang", "sun"],
    "万俟": ["mo", "qi"],
    "澹台": ["tan", "tai"],
    "单": ["shan"],
    "仇": ["qiu"],
    "曾": ["zeng"],
    "解": ["xie"],
    "任": ["ren"],
    "查": ["zha"],
    "区": ["ou"],
    "朴": ["piao"],
    "盖": ["ge"],
    "乐": ["yue"],
    "翟": ["zhai"],
    "覃": ["qin"],
    "缪": ["miao"],
    "宓": ["mi"],
    "召": ["shao"],
    "逄": ["pang"],
}


@cache
def _pypinyin() -> ModuleType:
    """The dictionary takes 57 MB, so a process loads it only when it must write a key."""
    return importlib.import_module("pypinyin")


@cache
def _syllable(character: str) -> str:
    """How a character alone is read: a roster of thousands has a few hundred of them."""
    reading: str = _pypinyin().lazy_pinyin(character)[0]
    return reading


@cache
def _phrases() -> dict[str, object]:
    phrases: dict[str, object] = importlib.import_module("pypinyin.constants").PHRASES_DICT
    return phrases


def _syllables(text: str) -> list[str]:
    """How a name is read: as a whole where it holds a word of several characters, else one by one, which is quick."""
    phrases = _phrases()
    size = len(text)
    short = size <= _SHORT and text.isalpha() and not text.isascii()
    if not short or any(text[a:b] in phrases for a in range(size - 1) for b in range(a + 2, size + 1)):
        whole: list[str] = _pypinyin().lazy_pinyin(text)
        return whole
    return [_syllable(character) for character in text]


def pinyin_key(text: str) -> tuple[str, str]:
    """``("weixiuke", "wxk")`` for 维修科: lower case, letters and digits kept, all else dropped."""
    return _key(_syllables(text))


def name_key(name: str) -> tuple[str, str]:
    """The key of a person's name, where surnames such as 单 and 曾 have readings of their own."""
    surname = name[:2] if name[:2] in _SURNAMES else name[:1]
    if surname in _SURNAMES:
        return _key([*_SURNAMES[surname], *_syllables(name[len(surname) :])])
    return pinyin_key(name)


def _key(syllables: list[str]) -> tuple[str, str]:
    clean = [_clean(part) for part in syllables]
    return "".join([whole for whole, _ in clean]), "".join([initial for _, initial in clean])


@lru_cache(maxsize=4096)
def _clean(part: str) -> tuple[str, str]:
    """A syllable and what stands for it: of other text ("A101") all where it has digits, of a word the first letter."""
    whole = "".join([letter for letter in part.lower() if letter.isalnum()])
    return whole, whole if any(map(str.isdigit, whole)) else whole[:1]
