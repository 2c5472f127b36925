"""One case: what it is, who has it, by when; what the viewer can do now; and who knew what when."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from houqin.affairs import actions
from houqin.affairs import queries as affairs
from houqin.affairs.declare import StepKind
from houqin.affairs.forms import VERB_FORMS, VerbForm, form_of
from houqin.affairs.models import Case
from houqin.affairs.moves import MovedOn
from houqin.affairs.naming import source
from houqin.affairs.queries import CaseView
from houqin.affairs.rights import PERMISSION, is_applicant, open_tasks
from houqin.foundation.errors import NotFound, NotPermitted, Problem
from houqin.foundation.people.models import Person
from houqin.foundation.people.scope import holders
from houqin.foundation.trail.actors import Outsider
from houqin.portal import case_page, problems, queries
from houqin.portal.door import next_address, to_the_door, viewer_of
from houqin.portal.questions import questions
from houqin.portal.shell import shell
from houqin.portal.words import VERBS

Viewer = Person | Outsider
#: What the page of a case tells of its story at first: so much was done, or so many were told.
_MOMENTS = 14
#: Verbs whose question is whom or how well; what one writes about it comes after.
_WORDS_LAST = ("transfer", "dispatch", "add_approver", "rate", "arrive")


@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    """The page of a case; outside the viewer's scope it does not exist."""
    viewer = viewer_of(request, number)
    if viewer is None:
        return to_the_door(request)
    shell(request)["shell"].ask()
    view, shown = _view(request, viewer, number)
    return render(request, "portal/case.html", {**case_page.context(view, viewer), **shown})


def _view(request: HttpRequest, viewer: Viewer, number: str) -> tuple[CaseView, dict[str, bool]]:
    """The case with the end of its story, or with the whole of it where that was asked for (``story=all``)."""
    whole = request.GET.get("story") == "all"
    return affairs.case_view(viewer, number, newest=None if whole else _MOMENTS), {"whole_story": whole}


@require_safe
def live(request: HttpRequest, number: str) -> HttpResponse:
    """What changed since version ``v``: nothing (204), or the body of the page anew."""
    viewer = viewer_of(request, number)
    if viewer is None:
        return to_the_door(request)
    found = affairs.find_case(viewer, number)
    if request.GET.get("v") == str(found.version):
        return HttpResponse(status=204)
    view, shown = _view(request, viewer, number)
    context = {**case_page.context(view, viewer), **shown, "fresh": True}
    return problems.vary(render(request, "portal/case.html#body", context))


@require_http_methods(["GET", "HEAD", "POST"])
def verb(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """A verb's form, in the dialog or on a page of its own; and the verb itself."""
    viewer = viewer_of(request, number)
    if viewer is None:
        return to_the_door(request)
    if verb not in VERB_FORMS:
        raise NotFound
    try:
        if request.method == "POST":
            return _act(request, viewer, number, verb)
        return _ask(request, viewer, number, verb)
    except MovedOn as problem:
        return _moved_on(request, viewer, number, problem)


def _ask(request: HttpRequest, viewer: Viewer, number: str, verb: str) -> HttpResponse:
    view = affairs.case_view(viewer, number, newest=1)
    wanted = {"verb": verb, **_names(request.GET)}
    if len(wanted) == 1:
        wanted = next((each for each in view.verbs if each["verb"] == verb), wanted)
    if wanted not in view.verbs:
        if any(each["verb"] == verb for each in view.verbs) or "task" in wanted or "version" in wanted:
            raise MovedOn(_("办件已有新进展，请看最新状态后再办。"))
        raise NotPermitted
    form = _form(view.case, viewer, verb, initial=request.GET.dict())
    return _show(request, view.case, viewer, verb, form, wanted, status=200)


def _act(request: HttpRequest, viewer: Viewer, number: str, verb: str) -> HttpResponse:
    names = _names(request.POST) or _names(request.GET)
    data = _data(verb, request.POST)
    try:
        key = request.session.session_key or ""
        changed = actions.perform(viewer, verb, case=number, data=data, session_key=key, **names)  # type: ignore[arg-type]  # task and version are numbers
    except Problem as problem:
        if not problems.is_about_input(problem):
            raise
        record = affairs.find_case(viewer, number)
        form = _form(record, viewer, verb, data=data)
        problems.put_into(form, problem)
        status = problems.status_of(problem)
        return _show(request, record, viewer, verb, form, {"verb": verb, **names}, status=status)
    return _went_well(request, changed, verb)


def _went_well(request: HttpRequest, case: Case, verb: str) -> HttpResponse:
    messages.success(request, str(VERBS[verb].done or VERBS[verb].label))
    address = next_address(request, case.get_absolute_url())
    if getattr(request, "htmx", False):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


def _names(data: QueryDict) -> dict[str, int]:
    """The task, or the version, that the verb was offered for."""
    return {name: int(str(data[name])) for name in ("task", "version") if data.get(name, "").isdecimal()}


def _data(verb: str, posted: QueryDict) -> QueryDict:
    """What was sent, with ticked tags as the list that the rating's form takes."""
    if verb != "rate":
        return posted
    data = posted.copy()
    data["tags"] = json.dumps(posted.getlist("tags"), ensure_ascii=False)
    return data


def _form(case: Case, viewer: Viewer, verb: str, **options: Any) -> VerbForm:
    """The verb's form, offering only people and sections that can have the case."""
    form = form_of(case, verb)(actor=viewer, case=case, **options)
    form.use_required_attribute = False
    if verb in _WORDS_LAST:
        form.order_fields([name for name in form.fields if name not in ("comment", "photos")])
    sections = form.fields.get("section") or form.fields.get("sections")
    if isinstance(sections, forms.ModelChoiceField):
        sections.queryset = queries.sections_for(case)
        sections.empty_label = _("请选择科室")
        if "sections" in form.fields:
            sections.widget = forms.CheckboxSelectMultiple()
            sections.widget.choices = sections.choices
    person = form.fields.get("person")
    if isinstance(person, forms.ModelChoiceField):
        person.queryset = _people(case, verb)
        person.empty_label = _("请选择人员")
    return form


def _people(case: Case, verb: str) -> Any:
    """Who can be asked: to agree as well, or to do what the present step is about."""
    kind = StepKind.APPROVE if verb == "add_approver" else StepKind(case.flow["steps"][case.step]["kind"])
    if verb == "dispatch" or kind not in (StepKind.APPROVE, StepKind.DISPATCH):
        return affairs.possible_handlers(None, case)  # type: ignore[arg-type]  # whoever asks, the same people
    over = (case.organisation or case.section) if kind == StepKind.APPROVE else case.section
    place = case.place.path if case.place else ""
    found = holders(PERMISSION[kind], organisation_path=over.path, place_path=place, service=case.service)
    return found.exclude(pk=case.applicant_id) if kind == StepKind.APPROVE and case.applicant_id else found


def _show(
    request: HttpRequest,
    case: Case,
    viewer: Viewer,
    verb: str,
    form: VerbForm,
    names: dict[str, Any],
    *,
    status: int,
) -> HttpResponse:
    htmx = getattr(request, "htmx", False)
    asked = questions(form, viewer, request.session.session_key or "")
    context = {
        "case": case,
        "verb": verb,
        "words": VERBS[verb],
        "form": form,
        "questions": asked,
        "names": {key: value for key, value in names.items() if key != "verb"},
        "tags": [(source(tag), tag) for tag in case.item.rating_tags] if verb == "rate" else [],
        "chosen_tags": request.POST.getlist("tags"),
        "next": request.GET.get("next") or request.POST.get("next", ""),
        "photo_hint": _("拍清楚现场，便于核对。"),
        "in_dialog": bool(htmx),
    }
    template = "portal/verb.html#form" if htmx else "portal/verb.html"
    return problems.vary(render(request, template, context, status=status))


def _moved_on(request: HttpRequest, viewer: Viewer, number: str, problem: MovedOn) -> HttpResponse:
    """409: how the case stands now, and the way to its page."""
    found = affairs.find_case(viewer, number)
    tasks = open_tasks(found)
    own = is_applicant(viewer, found)
    context = {"case": found, "message": problem.message, **case_page.standing(found, tasks, own=own)}
    if getattr(request, "htmx", False):
        return problems.fragment(render(request, "portal/moved_on.html#told", context, status=409))
    return problems.vary(render(request, "portal/moved_on.html", context, status=409))
