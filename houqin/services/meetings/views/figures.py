"""How rooms are used, who does not come, how it was."""

from __future__ import annotations

from datetime import date, timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from houqin.portal.door import person_of
from houqin.portal.guard import needs
from houqin.services.meetings import queries
from houqin.services.meetings.models import NeedKind
from houqin.services.meetings.rules import in_reason

#: The period shown unless another is asked for, and the longest.
SHOWN, LONGEST = timedelta(days=29), timedelta(days=366)
#: Rows of each table.
ROWS = 20


class PeriodForm(forms.Form):
    """From which day to which."""

    first = forms.DateField()
    last = forms.DateField()


@needs("meetings.insight")
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Use of rooms by room, hour and unit, no-shows by unit, scores by room, team and need. Ten queries of its own."""
    person, (first, last) = person_of(request), _period(request)
    rooms = queries.use_by_room(person, first, last)
    units = queries.use_by_unit(person, first, last)
    meetings, missed = sum(each.meetings for each in units), sum(each.missed for each in units)
    context = {
        "first": first,
        "last": last,
        "meetings": meetings,
        "hours": sum(each.hours for each in rooms),
        "share": sum(each.share for each in rooms) / len(rooms) if rooms else 0,
        "missed": missed,
        "missed_share": missed / (meetings + missed) if meetings + missed else 0,
        "rooms": rooms[:ROWS],
        "idle": [each for each in rooms if not each.meetings][:ROWS],
        "by_hour": queries.use_by_hour(person, first, last),
        "units": units[:ROWS],
        "scores": [
            (title, [{**row, "what": names.get(row["what"], row["what"])} for row in rows[:ROWS]])
            for title, names, rows in (
                (gettext_lazy("按会议室"), {}, queries.scores(person, first, last, by="room")),
                (gettext_lazy("按会务科室"), {}, queries.scores(person, first, last, by="team")),
                (gettext_lazy("按会务需求"), dict(NeedKind.choices), queries.scores(person, first, last, by="need")),
            )
        ],
    }  # fmt: skip
    return render(request, "meetings/figures.html", context)


def _period(request: HttpRequest) -> tuple[date, date]:
    """The period of the address; the last thirty days where it names none that could be."""
    form = PeriodForm(request.GET)
    today = timezone.localdate()
    if form.is_valid():
        first, last = form.cleaned_data["first"], form.cleaned_data["last"]
        if in_reason(first) and in_reason(last) and first <= last <= first + LONGEST:
            return first, last
    return today - SHOWN, today
