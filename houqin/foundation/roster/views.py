"""The pages of importing a roster: upload, look, put right, apply."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from houqin.foundation.errors import Conflict, Problem
from houqin.foundation.people.models import Person
from houqin.foundation.roster import actions, preview, queries, words, workbook
from houqin.foundation.roster.columns import LABELS, heading
from houqin.foundation.roster.models import Draft, State
from houqin.foundation.roster.plan import Kind
from houqin.foundation.sealed.scrub import scrubbed

ROWS = 50
DRAFTS = 20
#: The chips in their order: what needs a person first.
CHIPS = (
    Kind.REFUSED,
    Kind.ADDED,
    Kind.CHANGED,
    Kind.ENDED,
    Kind.SAME,
    Kind.REPEATED,
    Kind.ELSEWHERE,
    Kind.IGNORED,
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _actor(request: HttpRequest) -> Person:
    return cast(Person, request.user)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Choose a file; below it what was imported before."""
    drafts = list(queries.drafts_of(_actor(request))[:DRAFTS])
    problem = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if not isinstance(file, UploadedFile):
                raise Problem(_("请先选择一个花名册文件。"))
            made = actions.upload(_actor(request), file=file)
            return redirect("roster:draft", made.pk)
        except Problem as refused:
            if refused.status in (403, 404):
                raise
            problem = str(refused.message)
    context = {"drafts": drafts, "problem": problem}
    return render(request, "roster/start.html", context, status=422 if problem else 200)


@login_required
@require_safe
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """What the file would do, row by row; while a job reads it the page asks again."""
    found = queries.draft_of(_actor(request), pk)
    shown = preview.opened(found.plan)
    kinds = shown.kinds
    kind = request.GET.get("show", "")
    if kind not in kinds:
        kind = next((each for each in CHIPS if kinds.get(each)), "")
    rows = shown.only(kind) if kind else []
    first = max(0, _whole(request.GET.get("from", "")))
    context = {
        "draft": found,
        "working": found.state in (State.WORKING, State.APPLYING),
        "applying": found.state == State.APPLYING,
        "ready": found.state == State.READY,
        "applied": found.state == State.APPLIED,
        "summary": words.summary(found.counts, done=found.state == State.APPLIED),
        "chips": _chips(kinds, kind),
        "rows": rows[first : first + ROWS],
        "kind": kind,
        "first": first + 1,
        "last": min(first + ROWS, len(rows)),
        "total": len(rows),
        "next_url": f"?{urlencode({'show': kind, 'from': first + ROWS})}" if first + ROWS < len(rows) else "",
        "first_url": f"?{urlencode({'show': kind})}" if first else "",
        "warnings": [words.warning(row) for row in shown.warnings],
        "shown": shown,
        "units": queries.units_to_choose() if kind == Kind.REFUSED and found.state == State.READY else [],
        "keeps_unlisted": preview.open_wishes(found.wishes).keep_unlisted if found.wishes else False,
        "nothing": not any(
            found.counts.get(key) for key in ("people_added", "people_changed", "people_ended", "units_added", "sections_added",
                                              "units_renamed", "sections_renamed", "units_merged")
        ),
    }  # fmt: skip
    return render(request, "roster/draft.html", context)


def _chips(kinds: dict[str, int], chosen: str) -> list[dict[str, Any]]:
    return [
        {
            "label": words.KINDS[kind],
            "url": f"?show={kind}",
            "count": kinds[kind],
            "current": kind == chosen,
            "tone": "red" if kind == Kind.REFUSED else "",
        }
        for kind in CHIPS
        if kinds.get(kind)
    ]


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _back(request: HttpRequest, draft: Draft) -> HttpResponse:
    """To the rows where somebody was."""
    show = request.POST.get("show", "")
    query = urlencode({"show": show, "from": _whole(request.POST.get("from", ""))}) if show else ""
    return HttpResponseRedirect(reverse("roster:draft", args=[draft.pk]) + (f"?{query}" if query else ""))


def _tried(request: HttpRequest, pk: int, done: Any, said: str) -> HttpResponse:
    """Do something with a preview and come back to it, with what was done or why it was not."""
    try:
        found = done()
    except Problem as problem:
        if problem.status in (403, 404):
            raise
        messages.error(request, str(problem.message))
        return _back(request, Draft(pk=pk))
    if said:
        messages.success(request, said)
    return _back(request, found)


@login_required
@require_POST
def row(request: HttpRequest, pk: int) -> HttpResponse:
    """Put one value of a row right."""
    at, field, value = (request.POST.get(name, "") for name in ("at", "field", "value"))
    return _tried(
        request,
        pk,
        lambda: actions.correct_row(_actor(request), draft=pk, at=at, values={field: value}),
        _("已更正 %(at)s，并重新预览。") % {"at": at},
    )


@login_required
@require_POST
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """Say which unit a name means."""
    text, means = request.POST.get("text", ""), request.POST.get("means", "")
    return _tried(
        request,
        pk,
        lambda: actions.name_unit(_actor(request), draft=pk, text=text, means=means),
        _("已记下“%(text)s”的含义，并重新预览。") % {"text": text},
    )


@login_required
@require_POST
def unlisted(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what becomes of people whom the roster does not list."""
    keep = request.POST.get("keep") == "1"
    return _tried(
        request,
        pk,
        lambda: actions.keep_unlisted(_actor(request), draft=pk, keep=keep),
        _("名单之外的人员保持不变。") if keep else _("名单之外的人员按已离开处理。"),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """What the columns of each table mean, with a few of their values, to be put right."""
    found = queries.draft_of(_actor(request), pk)
    shown = preview.opened(found.plan)
    if request.method == "POST":
        said = {
            heading(label): meaning
            for label, meaning in zip(
                request.POST.getlist("label"), request.POST.getlist("meaning"), strict=False
            )
        }
        signature = request.POST.get("signature", "")
        return _tried(
            request,
            pk,
            lambda: actions.name_columns(_actor(request), draft=pk, signature=signature, meanings=said),
            _("已记住这些列的含义，下次遇到同样的表头会照此识别。"),
        )
    tables: dict[str, dict[str, Any]] = {}
    for table in shown.tables:
        for column in table["columns"]:
            column["samples"] = [scrubbed(text) for text in column["samples"]]
        kept = tables.setdefault(table["signature"], {**table, "sheets": []})
        if table["sheet"] not in kept["sheets"]:
            kept["sheets"].append(table["sheet"])
    context = {"draft": found, "tables": list(tables.values()), "meanings": LABELS.items()}
    return render(request, "roster/columns.html", context)


@login_required
@require_POST
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Import what was shown."""
    try:
        done = actions.apply_draft(_actor(request), draft=pk, digest=request.POST.get("digest", ""))
    except Conflict as moved:
        messages.error(request, str(moved.message))
        return redirect("roster:draft", pk)
    if done.state == State.APPLIED:
        messages.success(request, words.summary(done.counts, done=True))
    return redirect("roster:draft", pk)


@login_required
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a preview up."""
    response = _tried(
        request, pk, lambda: actions.drop_draft(_actor(request), draft=pk), _("已放弃，上传的文件已删除。")
    )
    return redirect("roster:start") if response.status_code == 302 else response


@login_required
@require_safe
def refused(request: HttpRequest, pk: int) -> HttpResponse:
    """The refused rows as a workbook to mend and to import again."""
    found = queries.draft_of(_actor(request), pk)
    content = workbook.of_refused(preview.opened(found.plan).only(Kind.REFUSED))
    return HttpResponse(
        content,
        content_type=XLSX,
        headers={
            "Content-Disposition": f'attachment; filename="refused-{pk}.xlsx"',
            "Cache-Control": "no-store",
        },
    )
