"""The pages of integrity files: the posts, and one post's file."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from houqin.foundation.errors import NotFound, NotPermitted, Problem
from houqin.foundation.people import actions, forms, integrity, scope
from houqin.foundation.people.models import Person

PAGE = 50


@login_required
@require_GET
def posts(request: HttpRequest) -> HttpResponse:
    """The posts whose files I keep, what is due first."""
    actor = cast(Person, request.user)
    if not scope.holds(actor, integrity.KEEP):
        raise NotPermitted
    page = Paginator(integrity.posts_kept_by(actor), PAGE).get_page(request.GET.get("page"))
    return render(request, "people/integrity.html", {"page": page, "today": timezone.localdate()})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def post(request: HttpRequest, pk: int) -> HttpResponse:
    """One file, and a new entry."""
    actor = cast(Person, request.user)
    found = integrity.post_for(actor, pk)
    if found is None:
        raise NotFound
    keeps = found.person_id != actor.pk
    form = forms.IntegrityForm(request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_integrity(actor, appointment=found, **form.cleaned_data)
        except NotPermitted:
            raise
        except Problem as problem:
            forms.add_problem(form, problem)
        else:
            messages.success(request, _("已记入廉政档案。"))
            return redirect("people:integrity_post", pk=pk)
    context = {
        "post": found,
        "records": found.integrity_records.select_related("recorded_by"),
        "form": form if keeps else None,
        "today": timezone.localdate(),
    }
    return render(request, "people/integrity_post.html", context, status=422 if form.errors else 200)
