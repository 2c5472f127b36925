"""Taking personal numbers out of texts: the last net under everything that is kept for ever."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from houqin.foundation.sealed.value import Personal

#: Eleven digits of a mobile number, perhaps in groups, and eighteen of a citizen's number; not within longer ones.
_MOBILE = re.compile(
    r"(?<![0-9A-Za-z])(?:\+?86[ -]?)?(1[3-9][0-9])([ -]?)([0-9]{4})([ -]?)([0-9]{4})(?![0-9A-Za-z])"
)
_ID = re.compile(r"(?<![0-9A-Za-z])([1-9][0-9]{5})((?:18|19|20)[0-9]{6})([0-9]{3}[0-9Xx])(?![0-9A-Za-z])")


def scrubbed(text: str) -> str:
    """``text`` with every mobile and ID number in it masked: 138****0006."""
    if len(text) < 11:
        return text
    return _ID.sub(r"\1********\3", _MOBILE.sub(r"\1****\5", text))


def without_numbers(value: Any) -> Any:
    """The same of whatever JSON is made of; personal values become their masks."""
    if isinstance(value, str):
        return scrubbed(value)
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, Personal):
        return value.masked
    if isinstance(value, Mapping):
        return {key: without_numbers(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [without_numbers(each) for each in value]
    return value


def mask_mail(address: str) -> str:
    """``****@example.org``: telling two addresses apart is not worth keeping a name."""
    _, at, host = address.rpartition("@")
    return f"****{at}{host}" if address else ""
