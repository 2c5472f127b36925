"""Pieces of pages that look the same whenever they show the same: drawn once, then kept in the process.

A card or a line of a list costs more to draw by the template engine than all that is asked for it. Everything that a
piece shows is in its key, its words as they stand now included, so there is nothing to expire.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

#: Some two kilobytes each.
MOST = 4096


def drawn(template: str, **shown: Hashable) -> SafeString:
    """The template with these values, which must compare by what they show; it gets nothing of the request."""
    return _drawn(template, get_language(), tuple(shown.items()))


@lru_cache(maxsize=MOST)
def _drawn(template: str, _language: str | None, shown: Iterable[tuple[str, Hashable]]) -> SafeString:
    return render_to_string(template, dict(shown))
