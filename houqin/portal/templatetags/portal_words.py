"""What the portal's templates say: limits as they are promised, and parts that are the same on every page."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from houqin.affairs.declare import Limit
from houqin.portal import words

register = template.Library()


@register.filter
def limit_words(limit: Limit | Mapping[str, Any] | None) -> str:
    """A time limit in words: 8 个工作小时."""
    return words.limit_words(limit)


@register.simple_tag
def kept(name: str) -> SafeString:
    """A template that needs no context, rendered once for each language and kept by the process."""
    return _rendered(name, get_language() or "", settings.ROOT_URLCONF)


@register.simple_tag
def address(name: str) -> str:
    """As ``url`` for a page without arguments, but looked up once; nothing where there is no such page."""
    return _address(name, settings.ROOT_URLCONF)


@lru_cache(maxsize=128)
def _address(name: str, urlconf: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@lru_cache(maxsize=64)
def _rendered(name: str, language: str, urlconf: str) -> SafeString:
    return mark_safe(get_template(name).render())  # noqa: S308 - one of our own templates, already escaped
