"""The brief as a page."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from houqin.foundation.brief import queries
from houqin.foundation.errors import NotPermitted
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person


@login_required
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """Figures, what is red, and who has it, as of now."""
    person = cast(Person, request.user)
    if not scope.holds(person, queries.RIGHT):
        raise NotPermitted
    now = timezone.now()
    brief = queries.brief_of(person, slot=queries.slot_at(now), today=timezone.localdate(now))
    return render(request, "brief/today.html", {"brief": brief, "now": timezone.localtime(now)})
