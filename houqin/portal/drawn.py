"""Pieces of pages that look the same whenever they show the same: drawn once, then kept in the process.

A card or a line of a list costs more to draw by the template engine than all that is asked for it. Everything that a
piece shows is in its key, its words as they stand now included, so there is nothing to expire.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

#: Some two kilobytes each.
MOST = 4096


def filled(piece: str, places: Mapping[str, str]) -> SafeString:
    """A kept piece with what differs from reader to reader in the places left open for it (``@csrf@``), escaped as in a template."""
    found = re.compile("|".join(map(re.escape, places)))
    return mark_safe(found.sub(lambda place: conditional_escape(places[place[0]]), piece))  # noqa: S308 - see there


def drawn(template: str, **shown: Hashable) -> SafeString:
    """The template with these values, which must compare by what they show; it gets nothing of the request."""
    return _drawn(template, get_language(), tuple(shown.items()))


@lru_cache(maxsize=MOST)
def _drawn(template: str, _language: str | None, shown: Iterable[tuple[str, Hashable]]) -> SafeString:
    return mark_safe(render_to_string(template, dict(shown)).strip())  # noqa: S308 - one of our own templates, already escaped
