"""The keeper's desk: who is inside and should not be, counts, permits, what the cameras read."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from houqin.foundation.errors import NotFound
from houqin.foundation.standards import tidy
from houqin.portal.door import next_address, person_of
from houqin.portal.guard import needs
from houqin.services.parking import actions, queries
from houqin.services.parking.forms import CorrectForm, CountForm
from houqin.services.parking.models import PermitState, Stay
from houqin.services.parking.views.forming import carry_out
from houqin.services.parking.views.listing import address, paged
from houqin.services.parking.views.tabs import tabs_of

#: Of strangers and overstays the desk shows the first; the list of vehicles inside has all.
FIRST = 8


@needs("parking.keep")
@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest) -> HttpResponse:
    """Lots with a form for counting, strangers and overstays."""
    person, status = person_of(request), 200
    form = CountForm(request.POST or None)
    if request.method == "POST":
        made, status = carry_out(
            form,
            lambda: actions.count(
                person,
                lot=form.cleaned_data["lot"].pk,
                counted=form.cleaned_data["counted"],
                note=form.cleaned_data["note"],
            ),
        )
        if made:
            told = {"lot": made.lot, "before": made.before, "counted": made.counted}
            messages.success(request, _("%(lot)s场内车辆已由 %(before)s 更正为 %(counted)s。") % told)
            return redirect("parking:desk")
    kept = set(queries.lots_kept(person).values_list("pk", flat=True))
    context = {
        "form": form,
        "lots": [each for each in queries.lots_now() if each.lot in kept],
        "parts": [
            _part(
                "strangers",
                pgettext("plural", "陌生车辆"),
                _("场内没有陌生车辆。"),
                queries.strangers(person),
            ),
            _part("overstays", _("超时车辆"), _("场内没有超时车辆。"), queries.overstays(person)),
        ],
        "counts": queries.counts_kept(person)[:10],
        "tabs": tabs_of(person_of(request), "desk"),
    }
    return render(request, "parking/desk.html", context, status=status)


def _part(name: str, title: str, none: str, stays: QuerySet[Stay]) -> dict[str, Any]:
    return {"name": name, "title": title, "none": none, "stays": stays[:FIRST], "count": stays.count()}


@needs("parking.keep")
@require_safe
def stays(request: HttpRequest) -> HttpResponse:
    """The vehicles that are inside, found by plate; ``show=strangers`` and ``overstays`` leave those."""
    person, show, asked = person_of(request), request.GET.get("show", ""), tidy(request.GET.get("q", ""))
    listed = {"strangers": queries.strangers, "overstays": queries.overstays}.get(show, queries.stays_kept)
    rows = listed(person).order_by("-pk")
    if asked:
        rows = rows.filter(plate__contains=asked)
    chips = [
        {"label": label, "url": address(request, show=value), "count": None, "current": value == show}
        for value, label in (
            ("", _("全部在场")),
            ("strangers", pgettext("plural", "陌生车辆")),
            ("overstays", _("超时车辆")),
        )
    ]
    context = {
        "chips": chips,
        "asked": asked,
        "show": show,
        "tabs": tabs_of(person, "stays"),
        **paged(request, rows),
    }
    return render(request, "parking/stays.html", context)


@needs("parking.keep")
@require_safe
def permits(request: HttpRequest) -> HttpResponse:
    """Permits of the lots, by state, found by plate or name."""
    person, state = person_of(request), request.GET.get("state", "open")
    asked = request.GET.get("q", "").strip()
    rows = queries.permits_kept(person)
    if state in PermitState.values:
        rows = rows.filter(state=state)
    if asked:
        rows = rows.filter(Q(plate__contains=tidy(asked)) | Q(person__name__contains=asked))
    chips = [
        {"label": label, "url": address(request, state=value), "count": None, "current": value == state}
        for value, label in PermitState.choices
    ]
    context = {
        "chips": chips, "asked": asked, "state": state, **paged(request, rows),
        "tabs": tabs_of(person_of(request), "permits"),
    }  # fmt: skip
    return render(request, "parking/permits.html", context)


@needs("parking.keep")
@require_safe
def passages(request: HttpRequest) -> HttpResponse:
    """What the cameras read, the latest first; ``show=corrected`` leaves what was put right, ``unread`` what nobody can tell."""
    show, asked = request.GET.get("show", "all"), tidy(request.GET.get("q", ""))
    rows = queries.passages_kept(person_of(request))
    if show == "corrected":
        rows = rows.exclude(corrected="")
    elif show == "unread":
        rows = rows.filter(plate="")
    if asked:
        rows = rows.filter(Q(plate__contains=asked) | Q(read__contains=asked))
    chips = [
        {"label": label, "url": address(request, show=value), "count": None, "current": value == show}
        for value, label in (("all", _("全部")), ("corrected", _("已更正")), ("unread", _("未识别")))
    ]
    context = {
        "chips": chips,
        "asked": asked,
        "show": show,
        **paged(request, rows),
        "tabs": tabs_of(person_of(request), "passages"),
    }
    return render(request, "parking/passages.html", context)


@needs("parking.keep")
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Say whose plate it was."""
    person = person_of(request)
    found = queries.passages_kept(person).filter(pk=pk).first()
    if found is None:
        raise NotFound
    form, status = CorrectForm(request.POST or None, initial={"plate": found.plate}), 200
    if request.method == "POST":
        made, status = carry_out(form, lambda: actions.correct(person, passage=pk, **form.cleaned_data))
        if made:
            messages.success(request, _("已更正。"))
            return redirect("parking:passages")
    return render(request, "parking/correct.html", {"form": form, "passage": found}, status=status)


@needs("parking.keep")
@require_POST
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """The vehicle is gone."""
    actions.dismiss(person_of(request), stay=pk)
    messages.success(request, _("已从场内名单移除。"))
    return redirect(next_address(request, "/parking/keep"))
