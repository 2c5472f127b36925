"""Calendars: secret addresses to subscribe to, a meeting as a file, somebody else's invitation read."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from houqin.foundation.errors import Problem
from houqin.portal.door import person_of, signed_in
from houqin.services.meetings import actions, queries
from houqin.services.meetings.calendars import MOST_BYTES, calendar_of, read_invitation

_KIND = "text/calendar; charset=utf-8"


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """What a calendar program reads. The address is the key; an ended one is not found."""
    found = queries.feed_of(token)
    if found.room:
        body = calendar_of(
            queries.feed_of_room(found.room), name=str(found.room), titled=False, whole_series=False
        )
    else:
        body = calendar_of(
            queries.feed_of_person(found.person), name=_("%(name)s的会议") % {"name": found.person.name}
        )
    answer = HttpResponse(body, content_type=_KIND)
    answer["Cache-Control"] = "private, max-age=300"
    return answer


@signed_in
@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One meeting as a file, for who may know its name."""
    meeting = queries.any_meeting(pk)
    known = queries.shown_title(person_of(request), meeting) == meeting.title
    answer = HttpResponse(
        calendar_of(
            [meeting], name=meeting.title if known else str(meeting.room), titled=known, whole_series=False
        ),
        content_type=_KIND,
    )
    answer["Content-Disposition"] = f'attachment; filename="meeting-{pk}.ics"'
    return answer


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def feeds(request: HttpRequest) -> HttpResponse:
    """My addresses; a new one is shown this once."""
    person, token = person_of(request), ""
    if request.method == "POST":
        room = (
            queries.room_of(int(request.POST["room"])) if request.POST.get("room", "").isdecimal() else None
        )
        token = actions.make_feed(person, room=room)
    address = f"{settings.BASE_URL}{reverse('meetings:feed', args=[token])}" if token else ""
    return render(request, "meetings/feeds.html", {"feeds": queries.feeds_of(person), "address": address})


@signed_in
@require_POST
def end_feed(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an address back."""
    actions.end_feed(person_of(request), feed=pk)
    messages.success(request, _("订阅地址已停用。"))
    return redirect("meetings:feeds")


@signed_in
@require_POST
def take_invitation(request: HttpRequest) -> HttpResponse:
    """From an invitation that came by mail to the booking form."""
    given = request.FILES.get("file")
    try:
        if given is None or (given.size or 0) > MOST_BYTES:
            raise Problem(errors={"file": [_("请选择单个会议邀请文件（.ics）。")]})
        read = read_invitation(given.read())
    except Problem as problem:
        messages.error(request, " ".join(str(text) for texts in problem.errors.values() for text in texts))
        return redirect("meetings:feeds")
    if read.starts_at < timezone.now() - timedelta(days=1) and not read.rule:
        messages.error(request, _("邀请中的会议时间已过。"))
        return redirect("meetings:feeds")
    query = urlencode(
        {
            "subject": read.title,
            "from": timezone.localtime(read.starts_at).strftime("%Y-%m-%dT%H:%M"),
            "to": timezone.localtime(read.ends_at).strftime("%Y-%m-%dT%H:%M"),
            "seats": max(read.people, 1),
            "rule": read.rule,
        }
    )
    return redirect(f"{reverse('meetings:new')}?{query}")
