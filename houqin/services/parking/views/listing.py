"""Long lists, page by page: by key, the newest first."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest

PAGE = 50


def paged(request: HttpRequest, rows: QuerySet[Any]) -> dict[str, Any]:
    """The rows of a page (``rows``) and the ways to the next one and back to the first; ``rows`` come ordered by falling key."""
    before = request.GET.get("before", "")
    later = before.isdecimal() and len(before) < 19
    shown = list((rows.filter(pk__lt=int(before)) if later else rows)[: PAGE + 1])
    more = len(shown) > PAGE
    return {
        "rows": shown[:PAGE],
        "next_url": address(request, before=str(shown[PAGE - 1].pk)) if more else "",
        "first_url": address(request) if later else "",
    }


def address(request: HttpRequest, **values: str) -> str:
    """This address with other filters; a page does not survive them."""
    given = {name: value for name, value in request.GET.items() if name != "before"} | values
    return f"?{urlencode({name: value for name, value in given.items() if value})}"
