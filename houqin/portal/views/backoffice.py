"""The back office around Django's admin: the one search box, running parameters and jobs."""

from __future__ import annotations

from typing import Any

from django import get_version
from django.conf import settings
from django.contrib import admin
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from procrastinate.contrib.django.models import ProcrastinateJob

import houqin
from houqin.portal import backoffice
from houqin.portal.guard import needs
from houqin.portal.problems import vary

enter = needs("backoffice.enter")
_JOBS_SHOWN = 50


@enter
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """What the box at the top finds; for htmx the list alone."""
    text = request.GET.get("q", "")
    context: dict[str, Any] = {"found": backoffice.search(request, text), "text": text}
    if request.headers.get("HX-Request"):
        return vary(render(request, "portal/backoffice_found.html", context))
    context |= {**admin.site.each_context(request), "title": _("查找")}
    return vary(render(request, "portal/backoffice_search.html", context))


@enter
@require_GET
def system(request: HttpRequest) -> HttpResponse:
    """The parameters this installation runs with. They are set by environment, so they are only shown."""
    rows = [
        (_("版本"), houqin.__version__),
        ("Django", get_version()),
        (_("对外地址"), settings.BASE_URL),
        (_("允许的主机名"), _("、").join(settings.ALLOWED_HOSTS)),
        (_("时区"), settings.TIME_ZONE),
        (_("默认语言"), dict(settings.LANGUAGES).get(settings.LANGUAGE_CODE, settings.LANGUAGE_CODE)),
        (_("会话时长"), _("%(n)s 小时") % {"n": settings.SESSION_COOKIE_AGE // 3600}),
        (_("仅加密访问"), _("是") if settings.SESSION_COOKIE_SECURE else _("否")),
        (_("受信任的代理"), _("、").join(settings.TRUSTED_PROXIES) or _("无")),
    ]
    context = {**admin.site.each_context(request), "title": _("运行参数"), "rows": rows}
    return render(request, "portal/backoffice_system.html", context)


@enter
@require_GET
def jobs(request: HttpRequest) -> HttpResponse:
    """The queue of background jobs: how many stand where, and the latest that failed."""
    words = {
        "todo": _("待执行"), "doing": _("执行中"), "succeeded": _("已完成"), "failed": _("失败"),
        "cancelled": _("已取消"), "aborting": _("正在中止"), "aborted": _("已中止"),
    }  # fmt: skip
    counts = dict(ProcrastinateJob.objects.order_by().values_list("status").annotate(n=Count("id")))
    context = {
        **admin.site.each_context(request),
        "title": _("后台任务"),
        "counts": [(words.get(status, status), n) for status, n in sorted(counts.items())],
        "failed": ProcrastinateJob.objects.filter(status="failed").order_by("-id")[:_JOBS_SHOWN],
    }
    return render(request, "portal/backoffice_jobs.html", context)
