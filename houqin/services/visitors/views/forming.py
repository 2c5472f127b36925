"""A form whose action may refuse: its words go beside the fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from houqin.foundation.errors import Problem
from houqin.portal import problems
from houqin.portal.door import person_of
from houqin.portal.questions import questions

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
    request: HttpRequest, form: BaseForm, title: str, back: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    """A form on a page of its own, places by the picker."""
    context = {
        "form": form,
        "questions": questions(form, person_of(request)),
        "title": title,
        "back": back,
        **more,
    }
    return render(request, "visitors/form.html", context, status=status)
