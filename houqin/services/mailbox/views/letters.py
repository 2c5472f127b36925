"""The ledger of letters; sorting by one tap; joining those about the same."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from houqin.affairs.actions import perform
from houqin.foundation.errors import Problem
from houqin.foundation.people.installation import is_demo
from houqin.portal.door import person_of
from houqin.portal.guard import needs
from houqin.services.mailbox import queries
from houqin.services.mailbox.actions import matters
from houqin.services.mailbox.forms import FilterForm, JoinForm
from houqin.services.mailbox.queries import Filters
from houqin.services.mailbox.views.periods import periods


@needs("mailbox.view")
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """Every letter within my scope, filtered; each figure of the digest leads here."""
    person, filters = person_of(request), Filters.of(request.GET)
    before = request.GET.get("before", "")
    letters = queries.ledger(
        person, filters, before=int(before) if before.isdecimal() and len(before) < 18 else None
    )
    values = {name: getattr(filters, name) for name in ("since", "until", "category", "section", "q")}
    last = f"{filters.query()}&before={letters[-1].pk}" if len(letters) == queries.PAGE else ""
    spans = periods(filters)
    context = {
        "letters": letters,
        "filters": filters,
        "filter_form": FilterForm(initial=values, sections=queries.sections(person)),
        "periods": spans,
        "narrowed": bool(filters.category or filters.section or filters.q or filters.matter)
        or not any(each["current"] for each in spans),
        "flags": _flags(filters),
        "next_url": f"?{last}" if last else "",
        "first_url": f"?{filters.query()}" if before else "",
        "synthetic": is_demo(),
    }
    return render(request, "mailbox/letters.html", context)


@needs("mailbox.sort", "affairs.dispatch")
@require_POST
def sort(request: HttpRequest, number: str) -> HttpResponse:
    """Take the suggestion over: one tap sends the letter on."""
    person = person_of(request)
    letter = queries.find_letter(person, number)
    panel = queries.panel(person, letter.case)
    if panel is None or panel.sort_task is None or panel.letter.suggested is None:
        raise Problem(_("这封信已经分办，或还没有建议。"))
    data: dict[str, Any] = {"category": panel.letter.suggested.code}
    if panel.letter.suggested_section_id:
        data["sections"] = [panel.letter.suggested_section_id]
    perform(person, "dispatch", case=number, task=panel.sort_task, data=data)
    messages.success(request, _("已按建议分办"))
    return redirect(letter.case.get_absolute_url())


@needs("mailbox.sort")
@require_POST
def join(request: HttpRequest, number: str) -> HttpResponse:
    """Answer the ticked letters together with this one."""
    form = JoinForm(request.POST)
    if not form.is_valid():
        raise Problem(" ".join(str(text) for texts in form.errors.values() for text in texts))
    others = [letter.pk for letter in form.cleaned_data["others"]]
    matter = matters.join_letters(person_of(request), lead=number, others=others)
    messages.success(request, _("已合并，一次答复会发给所有来信人"))
    return redirect(matter.lead.case.get_absolute_url())


def _flags(filters: Filters) -> list[dict[str, Any]]:
    words = [
        ("", _("全部")), ("unsorted", _("待分办")), ("open", _("未答复")), ("answered", _("已答复")), ("late", _("超时答复")),
        ("poor", _("低分")), ("anonymous", _("匿名")), ("joined", _("已合并")), ("spot", _("现场评价")), ("published", _("已公开")),
    ]  # fmt: skip
    return [
        {
            "label": label,
            "url": f"?{filters.query(flag=flag)}",
            "count": None,
            "current": filters.flag == flag,
        }
        for flag, label in words
    ]
