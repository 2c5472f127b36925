"""Filters that say what the portal means: limits as they are promised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from houqin.affairs.declare import Limit
from houqin.portal import words

register = template.Library()


@register.filter
def limit_words(limit: Limit | Mapping[str, Any] | None) -> str:
    """A time limit in words: 8 个工作小时."""
    return words.limit_words(limit)
