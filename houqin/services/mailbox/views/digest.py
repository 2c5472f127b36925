"""The monthly digest, and how good the suggestions are."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from houqin.foundation.people import scope
from houqin.foundation.people.installation import is_demo
from houqin.portal.door import person_of
from houqin.portal.guard import needs
from houqin.services.mailbox import jobs
from houqin.services.mailbox.queries import Filters
from houqin.services.mailbox.queries.digest import digest_of, followed, learned
from houqin.services.mailbox.views.periods import periods


@needs("mailbox.digest")
@require_safe
def digest(request: HttpRequest) -> HttpResponse:
    """Letters of a period by category and section; every figure leads to its letters."""
    person, filters = person_of(request), Filters.of(request.GET)
    context = {
        "digest": digest_of(person, filters.since, filters.until),
        "filters": filters,
        "periods": periods(filters),
        "leads": scope.holds(person, "mailbox.view"),
        "synthetic": is_demo(),
        "pdf": reverse("portal:mailbox.digest", args=[f"{filters.since}_{filters.until}"]),
    }
    return render(request, "mailbox/digest.html", context)


@needs("mailbox.manage")
@require_safe
def learning(request: HttpRequest) -> HttpResponse:
    """What was learned from past letters, how good it is, and how often people took it over."""
    filters = Filters.of(request.GET)
    context = {
        "rows": learned(),
        "followed": followed(filters),
        "filters": filters,
        "periods": periods(filters),
    }
    return render(request, "mailbox/learning.html", context)


@needs("mailbox.manage")
@require_POST
def train(request: HttpRequest) -> HttpResponse:
    """Learn anew, by a job of the worker."""
    scope.authorise_everywhere(person_of(request), "mailbox.manage")
    jobs.train.defer()
    messages.success(request, _("已安排训练，一般一分钟内完成，请稍后刷新"))
    return redirect("mailbox:learning")
