"""One's own choices of channels, and the administrators' pages."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from houqin.foundation.channels import actions, choices, forms, queries
from houqin.foundation.channels.base import CHANNELS
from houqin.foundation.channels.planning import OF_PERSON
from houqin.foundation.errors import Problem
from houqin.foundation.people.forms import add_problem
from houqin.foundation.people.models import Person

PAGE, LOG_PAGE = 30, 50


def _actor(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def _before(request: HttpRequest) -> int | None:
    given = request.GET.get("before", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 19 else None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """By which channels I hear of what, how often, and when not."""
    person = _actor(request)
    chosen = choices.choices_of([person.pk])[person.pk]
    offered = queries.offered_to(person)
    form = forms.ChoicesForm(
        request.POST or None,
        choices=chosen,
        offered=[channel.code for channel, reaches in offered if reaches],
    )
    if request.method == "POST" and _saved(request, form):
        return redirect("channels:mine")
    context = {"form": form, "offered": offered, "own": bool(chosen.own)}
    return render(request, "channels/mine.html", context, status=422 if form.errors else 200)


def _saved(request: HttpRequest, form: forms.ChoicesForm, *, defaults: bool = False) -> bool:
    if not form.is_valid():
        return False
    save = actions.set_defaults if defaults else actions.choose
    try:
        save(
            _actor(request),
            choices=form.chosen(),
            quiet_from=form.cleaned_data["quiet_from"],
            quiet_to=form.cleaned_data["quiet_to"],
        )
    except Problem as problem:
        add_problem(form, problem)
        return False
    messages.success(request, _("通知设置已保存。"))
    return True


@login_required
@require_POST
def reset(request: HttpRequest) -> HttpResponse:
    """Back to the defaults."""
    actions.forget_choices(_actor(request))
    messages.success(request, _("已恢复默认的通知设置。"))
    return redirect("channels:mine")


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Every channel: set up, verified, last success, failures; and what was given up."""
    actor = _actor(request)
    rows = queries.overview(actor)
    found = queries.dead_letters(actor, before=_before(request), size=PAGE)
    dead, more = found[:PAGE], found[PAGE:]
    here = reverse("channels:overview")
    context = {
        "rows": rows,
        "dead": dead,
        "dead_count": sum(row.dead for row in rows),
        "names": {channel.code: channel.name for channel in CHANNELS},
        "next_url": f"{here}?{urlencode({'before': dead[-1].pk})}" if more else "",
        "first_url": here if _before(request) else "",
    }
    return render(request, "channels/overview.html", context)


@login_required
@require_POST
def test(request: HttpRequest, code: str) -> HttpResponse:
    """A message to myself."""
    try:
        actions.send_test(_actor(request), channel=code)
    except Problem as problem:
        if problem.status not in {400, 409}:
            raise
        messages.error(request, str(problem.message))
        return redirect("channels:overview")
    messages.success(request, _("测试消息已交付发送，结果见发送记录。"))
    return redirect(f"{reverse('channels:log')}?{urlencode({'channel': code})}")


@login_required
@require_POST
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Say that the channel was checked against the real system, or take that back."""
    state = actions.verify(_actor(request), channel=code, verified=request.POST.get("verified") == "1")
    said = _("已标记为与真实系统核对过。") if state.verified_at else _("已取消核对标记。")
    messages.success(request, said)
    return redirect("channels:overview")


@login_required
@require_POST
def resend(request: HttpRequest) -> HttpResponse:
    """Try once more: one (``id``), or all that a channel gave up (``channel``)."""
    given = request.POST.get("id", "")
    ids = [int(given)] if given.isascii() and given.isdecimal() and len(given) < 19 else None
    count = actions.resend(_actor(request), ids=ids, channel=request.POST.get("channel", ""))
    said = ngettext("%(n)s 条消息将重新发送。", "%(n)s 条消息将重新发送。", count)
    messages.success(request, said % {"n": count})
    return redirect("channels:overview")


@login_required
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """What was tried when, and what came of it."""
    channel = request.GET.get("channel", "")
    channel = channel if channel in CHANNELS else ""
    found = queries.attempts(_actor(request), channel=channel, before=_before(request), size=LOG_PAGE)
    attempts, more = found[:LOG_PAGE], found[LOG_PAGE:]
    here = reverse("channels:log")
    shown = {"channel": channel} if channel else {}
    context = {
        "attempts": attempts,
        "names": {each.code: each.name for each in CHANNELS},
        "chips": [
            {"label": _("全部"), "url": here, "count": None, "current": not channel},
            *(
                {
                    "label": each.name,
                    "url": f"{here}?{urlencode({'channel': each.code})}",
                    "count": None,
                    "current": channel == each.code,
                }
                for each in CHANNELS
            ),
        ],
        "next_url": f"{here}?{urlencode(shown | {'before': attempts[-1].pk})}" if more else "",
        "first_url": f"{here}?{urlencode(shown)}" if _before(request) else "",
    }
    return render(request, "channels/log.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def defaults(request: HttpRequest) -> HttpResponse:
    """What holds for whoever has chosen nothing."""
    queries.authorise_everywhere(_actor(request), queries.RIGHT)
    form = forms.ChoicesForm(request.POST or None, choices=choices.defaults(), offered=CHANNELS.codes())
    if request.method == "POST" and _saved(request, form, defaults=True):
        return redirect("channels:defaults")
    return render(request, "channels/defaults.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def addresses(request: HttpRequest) -> HttpResponse:
    """Who is known on DingTalk and WeChat by which account; noted by hand where no sign-in did so."""
    actor = _actor(request)
    known = queries.addresses(actor)
    named = [(each.code, each.name) for each in CHANNELS if each.code not in OF_PERSON]
    form = forms.AddressForm(request.POST or None, channels=named)
    if request.method == "POST" and form.is_valid() and _noted(actor, form):
        messages.success(request, _("渠道账号已保存。"))
        return redirect("channels:addresses")
    context = {"form": form, "known": known, "names": dict(named)}
    return render(request, "channels/addresses.html", context, status=422 if form.errors else 200)


def _noted(actor: Person, form: forms.AddressForm) -> bool:
    person = queries.person_named(actor, form.cleaned_data["username"])
    if person is None:
        form.add_error("username", _("没有这个在职人员，请核对登录名或工号。"))
        return False
    try:
        actions.set_address(
            actor, person=person, channel=form.cleaned_data["channel"], value=form.cleaned_data["value"]
        )
    except Problem as problem:
        add_problem(form, problem)
        return False
    return True
