"""Keys by which Chinese names are sorted and found: whole pinyin and initials."""

from __future__ import annotations

import importlib
from functools import cache
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


def _syllables(text: str) -> list[str]:
    """How a name is read: as a whole where it holds a word of several characters, else one by one, which is quick."""
    phrases = importlib.import_module("pypinyin.constants").PHRASES_DICT
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
    for surname, reading in _SURNAMES.items():
        if name.startswith(surname):
            return _key([*reading, *_syllables(name[len(surname) :])])
    return pinyin_key(name)


def _key(syllables: list[str]) -> tuple[str, str]:
    clean = ["".join(letter for letter in part.lower() if letter.isalnum()) for part in syllables]
    whole = [part for part in clean if part]
    # Other text comes as one syllable ("A101"): its digits all count, of a Latin word the first letter.
    return "".join(whole), "".join(_initial(part) for part in whole)


def _initial(part: str) -> str:
    return part if any(letter.isdigit() for letter in part) else part[0]
