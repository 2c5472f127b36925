"""Telephone intake (电话登记): one page, one hand on the receiver, a case number in twenty seconds."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from houqin.affairs import actions, rights
from houqin.affairs.declare import Audience
from houqin.affairs.forms import CaseForm
from houqin.affairs.models import Case
from houqin.affairs.offers import Offered
from houqin.foundation.errors import NotFound, Problem
from houqin.foundation.people.models import Person
from houqin.foundation.places.queries import find_places
from houqin.foundation.trail.actors import Outsider
from houqin.portal import intake as desk
from houqin.portal import problems
from houqin.portal.door import person_of
from houqin.portal.guard import needs
from houqin.portal.questions import Question, is_place, place_named, place_value, questions
from houqin.portal.templatetags.look import due_words

_DONE = "intake_done"
_MOST_PLACES = 8
_Errors = dict[str, str]


@needs("affairs.intake")
@require_http_methods(["GET", "HEAD", "POST"])
def intake(request: HttpRequest) -> HttpResponse:
    """Register a call. After submitting the same page shows the number, ready for the next call."""
    actor = person_of(request)
    offers = desk.offers_by_phone(actor)
    code = (request.POST or request.GET).get("item", "")
    offer = next(
        (each for each in offers if each.item.code == code), offers[0] if offers and not code else None
    )
    if offer is None:
        if not offers:
            return render(request, "portal/intake.html", {"offers": []})
        raise NotFound
    if request.method == "POST":
        return _register(request, actor, offers, offer)
    form = _form(offer, actor, None)
    done = request.session.pop(_DONE, None)
    return _page(request, actor, offers, offer, form, QueryDict(), {}, done=done)


def _register(request: HttpRequest, actor: Person, offers: list[Offered], offer: Offered) -> HttpResponse:
    posted = request.POST
    data = _with_places(offer, posted)
    form = _form(offer, actor, data)
    caller, errors = _caller(actor, offer, posted)
    status = 422
    if not errors and caller is not None:
        started = timezone.now()
        try:
            case = actions.submit(actor, item=offer.item.code, data=data, applicant=caller, channel="phone")
        except Problem as problem:
            if not problems.is_about_input(problem):
                raise
            problems.put_into(form, problem)
            status = problems.status_of(problem)
        else:
            request.session[_DONE] = _told(case, caller, joined=case.submitted_at < started)
            return redirect(f"{request.path}?item={offer.item.code}")
    else:
        form.full_clean()
    return _page(request, actor, offers, offer, form, posted, errors, status=status)


def _caller(actor: Person, offer: Offered, posted: QueryDict) -> tuple[Person | Outsider | None, _Errors]:
    """Whoever calls: the person chosen, the only one of that number, or a name and a number."""
    text = posted.get("caller", "")
    if person := desk.person_called(actor, posted.get("applicant", "")):
        return person, {}
    found = desk.find_caller(actor, text)
    if len(found.people) == 1 and posted.get("applicant") != "outsider":
        return found.people[0], {}
    errors: _Errors = {}
    name = posted.get("caller_name", "").strip()[:30]
    if len(found.people) > 1 and posted.get("applicant") != "outsider":
        errors["caller"] = _("有几位符合，请选择是哪一位。")
    elif not desk.phone_in(text):
        errors["caller"] = _("请输入来电号码；没有查到人时，需要一个能回拨的号码。")
    elif not name:
        errors["caller_name"] = _("这个号码不在通讯录里，请问一下怎么称呼。")
    elif offer.item.audience is not Audience.PUBLIC:
        errors["caller"] = _("“%(item)s”只受理本单位人员，请按姓名或工号找到来电人。") % {"item": offer.name}
    if errors:
        return None, errors
    return Outsider(name=name, phone=desk.phone_in(text)), {}


def _with_places(offer: Offered, posted: QueryDict) -> QueryDict:
    """What was typed for a place counts too, when it can only mean one."""
    data = posted.copy()
    for name, field in _fields(offer).items():
        if not is_place(field):
            continue
        place = place_named(posted.get(name))
        typed = posted.get(f"{name}_q", "")
        if place is None and typed:
            found = find_places(typed, limit=2)
            place = found[0] if len(found) == 1 else None
        if place:
            data[name] = place_value(field, place)
    return data


def _fields(offer: Offered) -> dict[str, forms.Field]:
    assert offer.item.form is not None
    return dict(offer.item.form.base_fields)


def _form(offer: Offered, actor: Person, data: QueryDict | None) -> CaseForm:
    assert offer.item.form is not None
    return offer.item.form(data, actor=actor)


def _told(case: Case, caller: Person | Outsider, *, joined: bool) -> dict[str, Any]:
    """What the clerk reads out: the number in groups, who has it, by when."""
    tasks = rights.open_tasks(case)
    return {
        "number": case.number,
        "spoken": case.spoken_number,
        "title": case.title,
        "caller": caller.name,
        "who": _("、").join(str(task.holder_name) for task in tasks),
        "due": due_words(min((task.due_at for task in tasks if task.due_at), default=case.due_at)),
        "joined": joined,
        "mine": not joined,
    }


def _page(
    request: HttpRequest,
    actor: Person,
    offers: list[Offered],
    offer: Offered,
    form: CaseForm,
    posted: QueryDict,
    errors: _Errors,
    *,
    done: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    for field in form.fields.values():
        field.widget.attrs.pop(
            "data-find", None
        )  # the desk has a box of its own, made for Enter, Enter, Enter
    asked = [each for each in questions(form, actor) if each.kind != "photos"]
    first = [each for each in asked if _comes_first(each)]
    context = {
        "offers": offers,
        "offer": offer,
        "form": form,
        "first": first,
        "rest": [each for each in asked if each not in first],
        "posted": posted,
        "errors": errors,
        "found": desk.find_caller(actor, posted.get("caller", "")) if posted else None,
        "chosen": posted.get("applicant", ""),
        "done": done,
    }
    return render(request, "portal/intake.html", context, status=status)


def _comes_first(question: Question) -> bool:
    """What a clerk must ask: the place, whatever is required, and the words."""
    return question.kind == "place" or question.required or question.field.name == "description"


@needs("affairs.intake")
@require_GET
def caller(request: HttpRequest) -> HttpResponse:
    """Fragment: who that number or name is, with their usual place, and what became of their last cases."""
    found = desk.find_caller(person_of(request), request.GET.get("caller", ""))
    return render(request, "portal/intake_caller.html", {"found": found})


@needs("affairs.intake")
@require_GET
def places(request: HttpRequest) -> HttpResponse:
    """Places by initials, code or name as JSON, for the box that is typed into."""
    found = find_places(request.GET.get("q", ""), limit=_MOST_PLACES)
    rows = [{"value": each.code, "label": str(each)} for each in found]
    return JsonResponse({"options": rows})
