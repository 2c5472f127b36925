"""The tree of places as its keepers see it: look, add, change, move, close, print codes."""

from __future__ import annotations

from collections import Counter
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from houqin.foundation.errors import Conflict, NotPermitted, Problem
from houqin.foundation.people.forms import add_problem
from houqin.foundation.people.models import Person
from houqin.foundation.places import actions, codes, forms, queries
from houqin.foundation.places.models import Place, PlaceKind
from houqin.foundation.places.rights import authorise_place, keeper_grant

ROWS = 200
LABELS_A_SHEET = 24
SHEETS = 20


def _actor(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def _kept(request: HttpRequest, pk: int) -> Place:
    """The place, if whoever asks keeps it."""
    place = queries.place_of(pk)
    authorise_place(_actor(request), place)
    return place


@login_required
@require_safe
def tree(request: HttpRequest) -> HttpResponse:
    """Where one's part of the tree begins."""
    tops = queries.kept_tops(_actor(request))
    if not tops:
        raise NotPermitted
    text = request.GET.get("q", "").strip()
    found = (
        [place for top in tops for place in queries.find_places(text, under=top, limit=50)] if text else []
    )
    context = {
        "tops": tops,
        "text": text,
        "found": found,
        "counts": queries.counts_below(None),
        "may_add": keeper_grant(_actor(request), None) is not None,
    }
    return render(request, "places/tree.html", context)


@login_required
@require_safe
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """One place and what stands below it, 200 rows a page."""
    here = _kept(request, pk)
    rows, after = queries.page_below(here, after=request.GET.get("after", ""), size=ROWS)
    context = {
        "place": here,
        "above": queries.above(here),
        "rows": rows,
        "counts": queries.counts_below(here),
        "next_url": f"?after={after}" if after else "",
        "first_url": "?" if request.GET.get("after") else "",
        "may_add": here.ended_on is None and bool(actions.BELOW[here.kind]),
        "code": codes.svg(here.qr),
        "address": codes.address_of(here.qr),
    }
    return render(request, "places/place.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new place below another (or a new site)."""
    parent = _kept(request, pk) if pk is not None else None
    authorise_place(_actor(request), parent)
    form = forms.PlaceForm(request.POST or None, parent=parent)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_place(_actor(request), parent=parent, **form.cleaned_data)
        except Problem as problem:
            add_problem(form, problem)
        else:
            messages.success(request, _("已添加 %(place)s。") % {"place": made})
            return redirect("places:place", parent.pk if parent else made.pk)
    title = _("在%(parent)s下添加") % {"parent": parent} if parent else _("添加院区")
    return _form(request, form, title, _("添加"), parent)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """What is known of a place; its name reaches all below."""
    here = _kept(request, pk)
    fields = ("name", "code", "space_kind", "area_m2", "capacity", "position")
    form = forms.PlaceForm(
        request.POST or None, place=here, initial={field: getattr(here, field) for field in fields}
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_place(_actor(request), here, **form.cleaned_data)
        except Problem as problem:
            add_problem(form, problem)
        else:
            messages.success(request, _("已保存。"))
            return redirect("places:place", pk)
    return _form(request, form, _("修改%(place)s") % {"place": here}, _("保存"), here)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Hang a place elsewhere in the tree."""
    here = _kept(request, pk)
    form = forms.MoveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            moved = actions.move_place(_actor(request), here, parent=form.cleaned_data["parent"])
        except Problem as problem:
            add_problem(form, problem)
        else:
            messages.success(request, _("已移到%(parent)s之下。") % {"parent": moved.parent})
            return redirect("places:place", pk)
    return _form(request, form, _("移动%(place)s") % {"place": here}, _("移动"), here)


def _form(request: HttpRequest, form: Form, title: str, submit: str, place: Place | None) -> HttpResponse:
    back = reverse("places:place", args=[place.pk]) if place else reverse("places:tree")
    context = {"form": form, "title": title, "submit": submit, "place": place, "cancel_url": back}
    return render(request, "places/form.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a place and all below it; the page it comes back to offers to undo it."""
    count = actions.end_place(_actor(request), queries.place_of(pk))
    told = ngettext("已停用 %(n)d 个场所。", "已停用 %(n)d 个场所。", count) % {"n": count}
    messages.success(request, told)
    return redirect("places:place", pk)


@login_required
@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a closing back."""
    try:
        count = actions.reopen_place(_actor(request), queries.place_of(pk))
    except Conflict as problem:
        messages.error(request, str(problem.message))
    else:
        told = ngettext("已恢复 %(n)d 个场所。", "已恢复 %(n)d 个场所。", count) % {"n": count}
        messages.success(request, told)
    return redirect("places:place", pk)


@login_required
@require_safe
def sheets(request: HttpRequest, pk: int) -> HttpResponse:
    """Codes of a subtree to print: A4, 3 × 8 labels, so many sheets a page of the site."""
    top = _kept(request, pk)
    kind = request.GET.get("kind", "")
    walked = queries.walk(top)
    places = [place for place in walked if kind in ("", place.kind)]
    start = _whole(request.GET.get("from", ""))
    shown = places[start : start + LABELS_A_SHEET * SHEETS]
    labels = [(place, codes.svg(place.qr)) for place in shown]
    following = start + len(shown)
    context = {
        "place": top,
        "sheets": [labels[n : n + LABELS_A_SHEET] for n in range(0, len(labels), LABELS_A_SHEET)],
        "count": len(places),
        "first": start + 1,
        "last": following,
        "next_url": f"?kind={kind}&from={following}" if following < len(places) else "",
        "first_url": f"?kind={kind}" if start else "",
        "kinds": _kind_chips(walked, kind),
    }
    return render(request, "places/sheets.html", context)


def _kind_chips(walked: list[Place], chosen: str) -> list[dict[str, object]]:
    counts = Counter(place.kind for place in walked)
    every = {"label": _("全部"), "url": "?", "current": not chosen, "count": len(walked)}
    kinds = [
        {"label": kind.label, "url": f"?kind={kind}", "current": chosen == kind, "count": counts[kind]}
        for kind in PlaceKind
        if counts[kind]
    ]
    return [every, *kinds]


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
