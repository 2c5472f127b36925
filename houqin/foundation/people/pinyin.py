"""Keys by which Chinese names are sorted and found: whole pinyin and initials."""

from __future__ import annotations

import importlib
from functools import cache
from types import ModuleType

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


def pinyin_key(text: str) -> tuple[str, str]:
    """``("weixiuke", "wxk")`` for 维修科: lower case, letters and digits kept, all else dropped."""
    return _key(_pypinyin().lazy_pinyin(text))


def name_key(name: str) -> tuple[str, str]:
    """The key of a person's name, where surnames such as 单 and 曾 have readings of their own."""
    for surname, reading in _SURNAMES.items():
        if name.startswith(surname):
            return _key([*reading, *_pypinyin().lazy_pinyin(name[len(surname) :])])
    return pinyin_key(name)


def _key(syllables: list[str]) -> tuple[str, str]:
    clean = ["".join(letter for letter in part.lower() if letter.isalnum()) for part in syllables]
    whole = [part for part in clean if part]
    # Other text comes as one syllable ("A101"): its digits all count, of a Latin word the first letter.
    return "".join(whole), "".join(_initial(part) for part in whole)


def _initial(part: str) -> str:
    return part if any(letter.isdigit() for letter in part) else part[0]
