"""Text as spreadsheets hold it, and as it is compared."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from functools import lru_cache

Cell = str | float | int | bool | date | datetime | None

#: What nobody sees: zero-width and format characters, soft hyphens, byte order marks.
_UNSEEN = re.compile(r"[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0b\x0c\x0e-\x1f]")
_SPACES = re.compile(r"\s+")
#: Excel's way of keeping a number as text in a CSV file: ="0123".
_AS_FORMULA = re.compile(r'^="(.*)"$', re.DOTALL)
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_HAN_GAP = re.compile(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])")
_DOTS = str.maketrans(dict.fromkeys("•‧・･．∙⋅●", "·"))
_BRACKETS = str.maketrans("()[]【】〔〕", "（）（）（）（）")


def shown(value: Cell) -> str:
    """A cell as text: whole numbers without a fraction, days as days, unseen characters gone, ends trimmed."""
    if value is None or value == "":
        return ""
    if type(value) is str and value.isprintable() and value[0] != "=":
        return value.strip()  # nearly every cell: no unseen character is printable
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    text = _UNSEEN.sub("", str(value)).strip()
    as_formula = _AS_FORMULA.match(text)
    return as_formula[1].strip() if as_formula else text


@lru_cache(maxsize=8192)
def squeezed(text: str) -> str:
    """For comparing: half width, without any space."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", _UNSEEN.sub("", text)))


@lru_cache(maxsize=8192)
def organisation_name(text: str) -> str:
    """A unit's or section's name as it is stored: no stray spaces, full-width brackets."""
    return squeezed(text).translate(_BRACKETS).strip("、,，;；。.:：-—*")


def person_name(text: str) -> str:
    """A name as it is stored: 王　伟 is 王伟, 买买提•艾力 is 买买提·艾力; foreign names keep single spaces."""
    if _HAN.fullmatch(text):
        return text
    plain = unicodedata.normalize("NFKC", _UNSEEN.sub("", text).translate(_DOTS)).translate(_DOTS)
    return _HAN_GAP.sub("", _SPACES.sub(" ", plain)).strip(" '’*＊、,，.")


def is_same_name(one: str, other: str) -> bool:
    """Whether two stored names are one, however they are capitalised."""
    return one.casefold() == other.casefold()
