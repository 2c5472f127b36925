"""The door of a staff page: signed in, and holding one of the rights the page is for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from houqin.foundation.errors import NotPermitted
from houqin.foundation.people import scope
from houqin.portal.door import View, person_of, signed_in


def needs_everywhere(permission: str) -> Callable[[View], View]:
    """Let in whoever holds ``permission`` over a root organisation: for what belongs to no one organisation."""

    def guard(view: View) -> View:
        @signed_in
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
            scope.authorise_everywhere(person_of(request), permission)
            return view(request, *args, **more)

        return guarded

    return guard


def needs(*permissions: str) -> Callable[[View], View]:
    """Let in whoever holds any of ``permissions``; others who signed in get NotPermitted."""

    def guard(view: View) -> View:
        @signed_in
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
            if not any(scope.holds(person_of(request), permission) for permission in permissions):
                raise NotPermitted
            return view(request, *args, **more)

        return guarded

    return guard
