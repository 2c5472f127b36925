"""Forms whose action may refuse: its words go beside the fields; and pages that are one such form."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from houqin.foundation.errors import Problem
from houqin.portal import problems

T = TypeVar("T")


def carry_out(form: BaseForm, act: Callable[[], T]) -> tuple[T | None, int]:
    """What ``act`` answers for a valid form, else none; and the status of the page that shows the form again."""
    if not form.is_valid():
        return None, 422
    try:
        return act(), 200
    except Problem as problem:
        if not problems.is_about_input(problem):
            raise
        problems.put_into(form, problem)
        return None, problems.status_of(problem)


def form_page(
    request: HttpRequest, form: BaseForm, title: str, back: str, act: Callable[[], object]
) -> HttpResponse:
    """A page that is one form: carried out it leads ``back``."""
    status = 200
    if request.method == "POST":
        done, status = carry_out(form, lambda: (act(),))
        if done:
            messages.success(request, _("已保存。"))
            return redirect(back)
    return render(request, "parking/form.html", {"form": form, "title": title, "back": back}, status=status)
