"""What the templates of the back office ask for."""

from __future__ import annotations

from django import template
from django.http import HttpRequest

from houqin.portal import backoffice

register = template.Library()


@register.simple_tag
def backoffice_parts(request: HttpRequest) -> list[backoffice.Shelf]:
    """The fifteen parts for whoever asks."""
    return backoffice.parts(request)
