"""Published letters for everybody, and the desk where they are edited and approved."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from houqin.foundation.errors import Problem
from houqin.foundation.people.installation import is_demo
from houqin.foundation.people.models import Person
from houqin.foundation.places.views.public import count_passer_by
from houqin.portal import problems
from houqin.portal.door import person_of, signed_in
from houqin.portal.guard import needs
from houqin.services.mailbox import queries
from houqin.services.mailbox.actions import publications
from houqin.services.mailbox.forms import PublicationForm, ReasonForm
from houqin.services.mailbox.models import PublicationState
from houqin.services.mailbox.queries.public import PAGE

_ON_THE_DESK = 200


@require_safe
def published(request: HttpRequest) -> HttpResponse:
    """Published letters, searched and by category. Open to passers-by."""
    count_passer_by(request)
    text, category = (request.GET.get(name, "")[:40].replace("\x00", "") for name in ("q", "category"))
    before = request.GET.get("before", "")
    found = queries.published(
        text, category, before=int(before) if before.isdecimal() and len(before) < 18 else None
    )
    rows, more = found[:PAGE], len(found) > PAGE
    chips = [{"label": _("全部"), "url": f"?q={text}", "count": None, "current": not category}] + [
        {"label": name, "url": f"?q={text}&category={code}", "count": None, "current": code == category}
        for code, name in queries.category_names().items()
    ]
    context = {
        "rows": rows,
        "text": text,
        "category": category,
        "chips": chips,
        "next_url": f"?q={text}&category={category}&before={rows[-1].pk}" if more else "",
        "synthetic": is_demo(),
    }
    return render(request, "mailbox/published.html", context)


@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """A published letter with its answer."""
    count_passer_by(request)
    publication = queries.find_published(pk)
    person = request.user if isinstance(request.user, Person) else None
    context = {
        "row": publication,
        "voted": queries.useful_of(person, publication),
        "signed_in": person is not None,
    }
    return render(request, "mailbox/published_one.html", context)


@signed_in
@require_POST
def useful(request: HttpRequest, pk: int) -> HttpResponse:
    """It helps, or not any more."""
    publications.find_useful(person_of(request), publication=pk, useful=request.POST.get("useful") == "1")
    return redirect("mailbox:published_one", pk)


@needs("mailbox.publish")
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What is being edited, waits for approval, or is public."""
    state = request.GET.get("state", "")
    rows = list(queries.on_the_desk(person_of(request), state)[:_ON_THE_DESK])
    chips = [
        {"label": label, "url": f"?state={value}", "count": None, "current": state == value}
        for value, label in [("", _("全部")), *PublicationState.choices]
    ]
    return render(request, "mailbox/desk.html", {"rows": rows, "chips": chips})


@needs("mailbox.publish")
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, number: str) -> HttpResponse:
    """A letter and its answer beside what is to be published of them."""
    person = person_of(request)
    if request.method == "POST":
        form, status = PublicationForm(request.POST), 422
        if form.is_valid():
            try:
                publications.edit_publication(person, letter=number, **form.cleaned_data)
            except Problem as problem:
                if not problems.is_about_input(problem):
                    raise
                problems.put_into(form, problem)
                status = problems.status_of(problem)
            else:
                messages.success(request, _("已提交审核，由另一人审核后公开"))
                return redirect("mailbox:publish", number)
        return _editor(request, person, number, form, status=status)
    return _editor(request, person, number, None)


def _editor(
    request: HttpRequest, person: Person, number: str, form: PublicationForm | None, *, status: int = 200
) -> HttpResponse:
    editor = queries.editor(person, number)
    initial = {"title": editor.title, "words": editor.words, "answer": editor.answer}
    state = editor.publication.state if editor.publication else ""
    context: dict[str, Any] = {
        "editor": editor,
        "case": editor.letter.case,
        "form": form or PublicationForm(initial=initial),
        "state": state,
        "may_edit": state != PublicationState.PUBLISHED and editor.letter.may_publish,
        "may_approve": state == PublicationState.WAITING
        and editor.publication is not None
        and editor.publication.edited_by_id != person.pk,
        "reason": ReasonForm(),
    }
    return render(request, "mailbox/publish.html", context, status=status)


@needs("mailbox.publish")
@require_POST
def decide(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Approve what waits, send it back, or take it down."""
    person = person_of(request)
    if verb == "approve":
        publications.approve_publication(person, letter=number)
        messages.success(request, _("已公开"))
        return redirect("mailbox:publish", number)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise Problem(_("请写明原因。"))
    act = publications.withdraw_publication if verb == "withdraw" else publications.return_publication
    act(person, letter=number, reason=form.cleaned_data["reason"])
    messages.success(request, _("已撤下") if verb == "withdraw" else _("已退回修改"))
    return redirect("mailbox:publish", number)
