"""The audit administrator's pages: search the trail, look at one entry, take its proof away, check the whole."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from houqin.foundation.people import scope
from houqin.foundation.trail import actions, jobs, keys, proofs, queries, stored
from houqin.foundation.trail.models import Entry
from houqin.portal import trail_words
from houqin.portal.door import person_of
from houqin.portal.forms_trail import SearchForm
from houqin.portal.guard import needs_everywhere

PAGE, EXPORTED = 30, 20_000
_FIRST_CELL = ("=", "+", "-", "@", "\t", "\r")
views = needs_everywhere("trail.view")
verifies = needs_everywhere("trail.verify")


@views
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What was done, newest first, a page at a time by key."""
    form = SearchForm(request.GET)
    form.is_valid()
    wanted = form.wanted()
    found = queries.page(wanted, after=_key(request.GET.get("after", "")), size=PAGE)
    shown, more = found[:PAGE], found[PAGE:]
    given = {name: value for name, value in form.data.items() if name in form.fields and value}
    query = urlencode(given)
    here = reverse("portal:trail")
    context = {
        "form": form,
        "acts": trail_words.acts(shown),
        "since": wanted.since,
        "until": wanted.until,
        "narrowed": bool(given),
        "query": query,
        "next_url": f"{here}?{urlencode({**given, 'after': _written(shown[-1])})}" if more else "",
        "first_url": f"{here}?{query}" if request.GET.get("after") else "",
        "may_verify": _may_verify(request),
        **_standing(),
    }
    return render(request, "portal/trail.html", context, status=422 if form.errors else 200)


def _standing() -> dict[str, Any]:
    """How far the trail is sealed, by which key, and what the last walk found."""
    return {
        "checkpoint": stored.latest(),
        "waiting": stored.waiting(),
        "key": keys.signer().public,
        "check": queries.last_check(),
    }


@views
@require_safe
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry: who, what, from what to what, and its place in the tree."""
    found = get_object_or_404(Entry, pk=pk)
    (act,) = trail_words.acts([found])
    context = {
        "act": act,
        "type": trail_words.type_words(found.record_type),
        "position": queries.position_of(found),
        "checkpoint": stored.latest(),
        "key": keys.signer().public,
        "may_verify": _may_verify(request),
        "links": _links(found),
    }
    return render(request, "portal/trail_entry.html", context)


def _links(found: Entry) -> list[tuple[str, str]]:
    """Searches that start from this entry, over the month before it."""
    day = timezone.localdate(found.at).isoformat()
    wanted = [(_("这条记录的全部操作"), {"record_type": found.record_type, "record": found.record_id})]
    if found.actor_id:
        wanted.append((_("此人的操作"), {"person": f"#{found.actor_id}"}))
    wanted.append((_("同一种操作"), {"action": found.action}))
    if found.address:
        wanted.append((_("同一来源地址"), {"address": found.address}))
    here = reverse("portal:trail")
    return [(words, f"{here}?{urlencode({**query, 'until': day})}") for words, query in wanted]


@verifies
@require_safe
def proof(request: HttpRequest, pk: int) -> HttpResponse:
    """The proof of one entry as a file, to be checked without this system."""
    return _file(
        json.dumps(proofs.inclusion(pk), ensure_ascii=False, indent=1), f"proof-{pk}.json", "application/json"
    )


@verifies
@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The latest signed checkpoint as a file: kept elsewhere, it shows later that nothing was cut off."""
    latest = stored.latest()
    if latest is None:
        messages.info(request, _("还没有检查点，一分钟后再试。"))
        return redirect("portal:trail")
    return _file(latest.note, f"checkpoint-{latest.size}.txt", "text/plain; charset=utf-8")


@verifies
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Have the whole chain walked along by the worker."""
    jobs.ask_for_check()
    messages.success(request, _("正在后台核验全部记录，结果稍后显示在本页。"))
    return redirect("portal:trail")


@views
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """What was found as CSV for a spreadsheet, the newest first; that it was taken is in the trail too."""
    form = SearchForm(request.GET)
    if not form.is_valid():
        return redirect(f"{reverse('portal:trail')}?{request.GET.urlencode()}")
    wanted = form.wanted()
    actor = person_of(request)
    given = {name: str(value) for name, value in form.cleaned_data.items() if value}
    actions.record(actor, "trail.export", actor, after=given)
    entries = queries.page(wanted, size=EXPORTED)[:EXPORTED]
    name = f"trail-{timezone.localdate():%Y%m%d}.csv"
    return _file("".join(_csv(entries)), name, "text/csv; charset=utf-8")


def _csv(entries: list[Entry]) -> Iterator[str]:
    yield "\ufeff"
    writer = csv.writer(_Lines())
    heads = [
        _("编号"),
        _("时间"),
        _("操作人"),
        _("所用任职"),
        _("来源地址"),
        _("操作"),
        _("记录类型"),
        _("记录"),
        _("变更"),
        _("已封存"),
    ]
    yield writer.writerow(heads)
    for start in range(0, len(entries), 500):
        for act in trail_words.acts(entries[start : start + 500]):
            found = act.entry
            changes = _("；").join(f"{what} {before} → {after}" for what, before, after in act.lines)
            cells = [
                found.pk, f"{timezone.localtime(found.at):%Y-%m-%d %H:%M:%S}", found.actor_name, found.appointment_name,
                found.address or "", act.what, trail_words.type_words(found.record_type), act.of, changes,
                _("是") if found.sealed else _("否"),  # type: ignore[attr-defined]  # annotated by the search
            ]  # fmt: skip
            yield writer.writerow([_harmless(str(cell)) for cell in cells])


class _Lines:
    """What ``csv.writer`` writes to: each line is answered back."""

    def write(self, line: str) -> str:
        return line


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FIRST_CELL) else cell


def _file(body: str, name: str, content_type: str) -> HttpResponse:
    return HttpResponse(
        body, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _may_verify(request: HttpRequest) -> bool:
    return scope.grant_everywhere(person_of(request), "trail.verify") is not None


def _written(last: Entry) -> str:
    return f"{last.at.isoformat()}_{last.pk}"


def _key(text: str) -> queries.Key | None:
    """Where a page begins; what makes no sense is the first page."""
    at, _line, pk = text.partition("_")
    try:
        moment = parse_datetime(at)
    except ValueError:
        return None
    if moment is None or moment.tzinfo is None or not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return None
    return moment, int(pk)
