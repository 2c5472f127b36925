"""Asking for something: the item's form, and the page with the number afterwards."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from houqin.affairs import actions
from houqin.affairs import queries as affairs
from houqin.affairs.declare import ITEMS, Audience
from houqin.affairs.forms import CaseForm
from houqin.affairs.models import Case
from houqin.affairs.offers import Offered
from houqin.affairs.rights import open_tasks
from houqin.foundation.address import client_address
from houqin.foundation.errors import NotFound, Problem
from houqin.foundation.limits.actions import spend
from houqin.foundation.people.models import Person
from houqin.foundation.sealed.envelope import keyed
from houqin.foundation.trail.actors import Outsider
from houqin.portal import problems, queries, rows
from houqin.portal.door import remember_case, remember_joined, to_the_door, viewer_of
from houqin.portal.forms import CallerForm
from houqin.portal.questions import is_place, place_in, place_value, questions

#: A passer-by's reports from one address, and by one phone, in an hour.
_PER_ADDRESS, _PER_PHONE, _HOUR = 20, 6, 3600


@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, code: str) -> HttpResponse:
    """An item: what it promises, what happens next, and its form. Public ones work without signing in."""
    person = request.user if isinstance(request.user, Person) else None
    offer = _offer(person, code)
    if offer is None:
        return to_the_door(request)
    if offer.item.url:
        return redirect(offer.item.url)
    if request.method == "POST":
        return _submit(request, offer, person)
    form = _form(offer, person, initial=_initial(request, offer, person))
    return _page(request, offer, form, None if person else CallerForm(), status=200)


def _offer(person: Person | None, code: str) -> Offered | None:
    """The offer, or None where a passer-by must sign in first."""
    try:
        return queries.offer_of(person, code)
    except NotFound:
        declared = ITEMS.get(code)
        if person is None and declared and declared.audience is not Audience.PUBLIC:
            return None
        raise


def _submit(request: HttpRequest, offer: Offered, person: Person | None) -> HttpResponse:
    data = _with_places(offer, request.POST)
    caller = None if person else CallerForm(request.POST)
    form = _form(offer, person, data=data)
    if caller is not None and not caller.is_valid():
        form.full_clean()
        return _page(request, offer, form, caller, status=422)
    actor: Person | Outsider = person or caller.outsider()  # type: ignore[union-attr]  # valid by now
    try:
        if isinstance(actor, Outsider):
            _count(request, actor)
        case = actions.submit(
            actor,
            item=offer.item.code,
            data=data,
            channel="code" if "via" in request.POST and request.POST["via"] == "code" else "web",
            session_key=request.session.session_key or "",
        )
    except Problem as problem:
        if not problems.is_about_input(problem):
            raise
        problems.put_into(form, problem)
        return _page(request, offer, form, caller, status=problems.status_of(problem))
    joined = getattr(
        case, "joined", True
    )  # only a case that has just been opened says that nobody has joined it
    if isinstance(actor, Outsider) and joined:
        remember_joined(request, case.number, name=actor.name)
    elif isinstance(actor, Outsider):
        remember_case(request, case.number, name=actor.name, phone=actor.phone)
    address = reverse("portal:done", args=[offer.item.code, case.number])
    return redirect(f"{address}?joined=1" if joined else address)


def _count(request: HttpRequest, actor: Outsider) -> None:
    spend(f"submit:{client_address(request)}", limit=_PER_ADDRESS, per_seconds=_HOUR)
    spend(f"submit:{keyed(actor.phone, 'submit')}", limit=_PER_PHONE, per_seconds=_HOUR)


def _form(offer: Offered, person: Person | None, **options: Any) -> CaseForm:
    assert offer.item.form is not None
    return offer.item.form(actor=person, **options)


def _initial(request: HttpRequest, offer: Offered, person: Person | None) -> dict[str, Any]:
    """Defaults from the address (a scanned code) and from who asks: their usual room."""
    fields = _form(offer, person).fields
    initial: dict[str, Any] = {name: request.GET[name] for name in fields if request.GET.get(name)}
    for name, field in fields.items():
        if not is_place(field):
            continue
        usual = person.usual_place if person and not initial else None
        place = place_in(field, initial.get(name)) or usual
        initial.pop(name, None)
        if place:
            initial[name] = place
    return initial


def _with_places(offer: Offered, data: QueryDict) -> QueryDict:
    """What was sent, with scanned codes of places put into what the fields go by."""
    changed = data.copy()
    for name, field in offer.item.form.base_fields.items() if offer.item.form else ():
        if is_place(field) and (place := place_in(field, data.get(name))):
            changed[name] = place_value(field, place)
    return changed


def _page(
    request: HttpRequest, offer: Offered, form: CaseForm, caller: forms.Form | None, *, status: int
) -> HttpResponse:
    person = request.user if isinstance(request.user, Person) else None
    moments: Any = offer.item.moments
    context = {
        "offer": offer,
        "form": form,
        "caller": caller,
        "questions": questions(form, person, request.session.session_key or ""),
        "draft": f"item:{offer.item.code}:{person.pk if person else 0}",
        "via": "code" if request.GET.get("place") or request.POST.get("via") == "code" else "",
        "photo_hint": "",
        "item_template": getattr(moments, "item_template", ""),
    }
    if context["item_template"]:
        context |= moments.item_context(request, form)
    return render(request, "portal/item.html", context, status=status)


@require_safe
def done(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """The number, what follows, who has it and by when."""
    viewer = viewer_of(request, number)
    if viewer is None:
        return to_the_door(request)
    case = queries.receipt(number) if isinstance(viewer, Outsider) else affairs.find_case(viewer, number)
    if case is None or case.item_code != code:
        raise NotFound
    context = {
        "case": case,
        "who": _who(case),
        "steps": [step for step in case.flow["steps"] if step["when"] == "always"],
        "joined": "joined" in request.GET,
        "outsider": viewer if isinstance(viewer, Outsider) else None,
        "draft": f"item:{code}:{viewer.pk or 0}",
    }
    return render(request, "portal/done.html", context)


def _who(case: Case) -> str:
    kept = getattr(case, "open_tasks", None)
    tasks = kept if kept is not None else open_tasks(case)
    return rows.who_has(case, tasks)
