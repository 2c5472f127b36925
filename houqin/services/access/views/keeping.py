"""The keeper's review: who may enter what, by area and by person; extend, let stand, take back, give."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from houqin.foundation.errors import NotFound, Problem
from houqin.foundation.people.models import Person
from houqin.portal import problems
from houqin.portal.door import person_of
from houqin.portal.guard import needs
from houqin.services.access import actions, queries
from houqin.services.access.forms import IssueForm, midnight
from houqin.services.access.models import Area, Permit
from houqin.services.access.views.mine import rows_of
from houqin.services.access.views.tabs import tabs

SHOWN = 50


@needs("access.keep")
@require_http_methods(["GET", "HEAD", "POST"])
def permits(request: HttpRequest) -> HttpResponse:
    """The permits for the areas I keep, narrowed by what is worth a look; what is ticked is dealt with together."""
    if request.method == "POST":
        _act(request)
        return redirect(request.get_full_path())
    actor, area = person_of(request), _area(request)
    show, find = request.GET.get("show", ""), request.GET.get("q", "").strip()[:50]
    kinds = {
        "": _("职工"),
        "organisation": _("单位"),
        "visitor": pgettext("plural", "访客"),
        "all": _("全部"),
    }
    of = request.GET.get("of", "")
    if of not in kinds:
        raise NotFound
    holder = {"": "person", "all": ""}.get(of, of)
    found = queries.permits_kept(actor, area, find=find, show=show, holder=holder)
    context = {
        **_page(request, found),
        "tabs": tabs(request, "permits"),
        "area": area,
        "find": find,
        "show": show,
        "of": of,
        "areas": queries.areas_kept(actor),
        "kinds": [
            {"label": label, "url": _with(request, of=key), "current": of == key}
            for key, label in kinds.items()
        ],
        "chips": [
            {"label": label, "url": _with(request, show=key), "current": show == key}
            for key, label in (
                ("", _("全部有效")),
                ("unused", _("90 天未使用")),
                ("expiring", _("30 天内到期")),
                ("long", _("长期")),
                ("unreviewed", _("一年未复核")),
            )
        ],
    }
    return render(request, "access/permits.html", context)


def _act(request: HttpRequest) -> None:
    actor, verb = person_of(request), request.POST.get("verb", "")
    chosen = [int(each) for each in request.POST.getlist("permit") if each.isdecimal() and len(each) < 19]
    try:
        if not chosen:
            raise Problem(_("请先勾选要办理的通行权限。"))
        if verb == "withdraw":
            count = actions.withdraw(actor, permits=chosen, reason=request.POST.get("reason", "")[:200])
            said = ngettext("已收回 %(n)d 项。", "已收回 %(n)d 项。", count)
        elif verb == "extend":
            until = parse_date(request.POST.get("until_on", "") or "x")
            if until is None or until.year > 2200:
                raise Problem(_("请选择新的到期日期。"))
            count = actions.extend(actor, permits=chosen, until_at=midnight(until + timedelta(days=1)))
            said = ngettext("已延期 %(n)d 项。", "已延期 %(n)d 项。", count)
        else:
            count = actions.review(actor, permits=chosen)
            said = ngettext("已复核 %(n)d 项。", "已复核 %(n)d 项。", count)
    except Problem as problem:
        if not problems.is_about_input(problem):
            raise
        told = [str(text) for texts in problem.errors.values() for text in texts] or [str(problem.message)]
        messages.error(request, " ".join(told))
    else:
        messages.success(request, said % {"n": count})


@needs("access.keep")
@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: HttpRequest) -> HttpResponse:
    """Give somebody a permit."""
    actor, today = person_of(request), timezone.localdate()
    form = IssueForm(
        request.POST or None,
        areas=queries.areas_kept(actor).select_related("keeper"),
        initial={"from_on": today, "until_on": today + timedelta(days=365)},
    )
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                data = form.cleaned_data
                permit = actions.issue(
                    actor,
                    person=data["person"],
                    areas=list(data["areas"]),
                    reason=data["reason"],
                    **form.period(),
                )
                messages.success(
                    request, _("已发放给%(name)s，手机上即可出示通行码。") % {"name": permit.name}
                )
                return redirect("access:person", permit.person_id)
        except Problem as problem:
            if not problems.is_about_input(problem):
                raise
            problems.put_into(form, problem)
            status = problems.status_of(problem)
    return render(request, "access/issue.html", {"form": form}, status=status)


@needs("access.keep")
@require_safe
def area(request: HttpRequest, pk: int) -> HttpResponse:
    """Audit by space: who may enter an area, and who last did."""
    found = queries.areas_kept(person_of(request)).select_related("keeper", "parent").filter(pk=pk).first()
    if found is None:
        raise NotFound
    allowed = queries.who_may_enter(found)
    context = {
        **_page(request, allowed),
        "area": found,
        "places": found.places.order_by("path"),
        "doors": found.doors.order_by("code"),
    }
    return render(request, "access/area.html", context)


@needs("access.keep")
@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Audit by person: what somebody may enter of what I keep, and their last passages there."""
    actor = person_of(request)
    kept = list(queries.areas_kept(actor).values_list("pk", flat=True))
    who = Person.objects.select_related("organisation").filter(pk=pk).first()
    if who is None or not kept:
        raise NotFound
    holder = queries.person_holder(who)
    own = queries.permits_of(holder).filter(areas__overlap=kept)
    events = queries.event_page(queries.events_of(actor, holder=holder), 20)
    if not events and not own.exists():
        raise NotFound
    context = {"who": who, "rows": rows_of(list(queries.with_last_use(own)[:SHOWN])), "events": events}
    return render(request, "access/person.html", context)


def _page(request: HttpRequest, found: Any) -> dict[str, Any]:
    """A page by key: the rows, how many there are in all, and the way to the next ones."""
    before = request.GET.get("before", "")
    rows = queries.with_last_use(found).order_by("-pk")
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    shown: list[Permit] = list(rows[: SHOWN + 1])
    more = _with(request, before=str(shown[SHOWN - 1].pk)) if len(shown) > SHOWN else ""
    return {"rows": rows_of(shown[:SHOWN]), "count": found.count(), "more": more}


def _area(request: HttpRequest) -> Area | None:
    code = request.GET.get("area", "")
    if not code:
        return None
    found = queries.areas_kept(person_of(request)).filter(code=code).first()
    if found is None:
        raise NotFound
    return found


def _with(request: HttpRequest, **values: str) -> str:
    """This address with other filters; a page number does not survive."""
    given = {name: value for name, value in request.GET.items() if name != "before"} | values
    return f"?{urlencode({name: value for name, value in given.items() if value})}"
