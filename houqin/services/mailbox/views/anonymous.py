"""Letters of people who do not say who they are: writing one, and following it by its receipt code.

Nothing is put into the session, no receipt code into an address, and the code travels in the body of requests alone.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from houqin.affairs import queries as affairs
from houqin.affairs.naming import source
from houqin.exchange.papers.actions import printed
from houqin.foundation.errors import Problem
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.foundation.places.models import Place
from houqin.portal import case_page, problems
from houqin.portal.questions import place_named
from houqin.portal.views.papers import sent
from houqin.portal.words import VERBS
from houqin.services.mailbox import papers, queries
from houqin.services.mailbox.actions import receipts
from houqin.services.mailbox.forms import AnonymousForm, ReceiptForm
from houqin.services.mailbox.models import Letter
from houqin.services.mailbox.views.counting import count

_LETTERS, _LOOKS, _BY_PHONE = 12, 60, 120
#: Verbs for which the writer owes words.
_WITH_WORDS = ("supplement", "reopen")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """An anonymous letter; after it was sent, the page with the receipt code, this once."""
    if request.method != "POST":
        place = place_named(request.GET.get("place", "")[:40].replace("\x00", ""))
        return _form(request, AnonymousForm(initial={"place": place.code if place else ""}), place)
    data = request.POST.copy()
    place = place_named(data.get("place", "")[:200].replace("\x00", ""))
    data["place"] = place.code if place else ""
    form = AnonymousForm(data, request.FILES)
    if not form.is_valid():
        return _form(request, form, place, status=422)
    try:
        count(request, "anonymous", limit=_BY_PHONE if _by_phone(request) else _LETTERS)
        case, receipt = receipts.write_anonymously(
            words=form.cleaned_data["words"],
            place=place.code if place else "",
            may_publish=form.cleaned_data["may_publish"],
            photos=form.cleaned_data["photos"],
            ticket=data.get("ticket", "")[:80],
            channel="phone" if _by_phone(request) else "web",
            name=form.cleaned_data["name"],
        )
    except Problem as problem:
        if not problems.is_about_input(problem):
            raise
        problems.put_into(form, problem)
        return _form(request, form, place, status=problems.status_of(problem))
    return render(request, "mailbox/receipt_new.html", {"case": case, "receipt": receipt})


def _by_phone(request: HttpRequest) -> bool:
    """Whether the telephone desk writes it down for a caller."""
    asked = (request.POST or request.GET).get("channel") == "phone"
    return asked and isinstance(request.user, Person) and scope.holds(request.user, "affairs.intake")


def _form(
    request: HttpRequest, form: AnonymousForm, place: Place | None, *, status: int = 200
) -> HttpResponse:
    ticket = request.POST.get("ticket", "")[:80] or secrets.token_urlsafe(18)
    context = {"form": form, "place": place, "ticket": ticket, "by_phone": _by_phone(request)}
    return render(request, "mailbox/anonymous.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HttpRequest) -> HttpResponse:
    """By receipt code to the letter: how it stands, its answer, and what its writer can do now."""
    if request.method != "POST":
        return render(request, "mailbox/receipt.html", {"form": ReceiptForm()})
    form = ReceiptForm(request.POST)
    try:
        count(request, "receipt", limit=_LOOKS)
        if not form.is_valid():
            return render(request, "mailbox/receipt.html", {"form": form}, status=422)
        code = form.cleaned_data["receipt"]
        letter = receipts.letter_of(code)
    except Problem as problem:
        form.add_error(None if problem.status == 429 else "receipt", str(problem.message))
        status = 429 if problem.status == 429 else 422
        return render(request, "mailbox/receipt.html", {"form": form}, status=status)
    if request.POST.get("verb") == "pdf":
        return sent(printed(papers.by_receipt(letter, code), receipts.bearer_of(letter)))
    if verb := request.POST.get("verb", ""):
        return _act(request, letter, code, verb)
    return _letter(request, letter, code)


def _act(request: HttpRequest, letter: Letter, code: str, verb: str) -> HttpResponse:
    posted = request.POST
    data: dict[str, Any] = {"comment": posted.get("comment", "")}
    if verb == "rate":
        data |= {"stars": posted.get("stars", ""), "tags": posted.getlist("tags")}
    version = posted.get("version", "")
    try:
        receipts.act_by_receipt(
            code, verb, version=int(version) if version.isdecimal() and len(version) < 9 else None, data=data
        )
    except Problem as problem:
        said = [str(text) for texts in problem.errors.values() for text in texts] or [str(problem.message)]
        return _letter(request, letter, code, problem=_("；").join(said), status=problems.status_of(problem))
    return _letter(request, letter, code, done=str(VERBS[verb].done or VERBS[verb].label))


def _letter(
    request: HttpRequest, letter: Letter, code: str, *, problem: str = "", done: str = "", status: int = 200
) -> HttpResponse:
    bearer = receipts.bearer_of(letter)
    view = affairs.case_view(bearer, letter.case.number)
    case = view.case
    context = {
        "code": code,
        "case": case,
        "version": case.version,
        "letter": queries.panel(bearer, case),
        "problem": problem,
        "done": done,
        "verbs": [(verb, VERBS[verb], verb in _WITH_WORDS) for verb in view.applicant_verbs],
        "tags": [(source(tag), tag) for tag in case.item.rating_tags],
        "steps": case_page.steps(case),
        "timeline": case_page.story(view, {}),
        "ratings": view.ratings,
        **case_page.standing(case, [each.task for each in view.tasks], own=True),
    }
    return render(request, "mailbox/receipt_letter.html", context, status=status)
