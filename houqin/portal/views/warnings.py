"""The board of warnings, one warning, and what people do about it; thresholds for administrators."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from houqin.affairs.models import WarningSetting
from houqin.affairs.warnings import actions, queries
from houqin.affairs.warnings.declare import RULES
from houqin.affairs.warnings.evaluation import in_force
from houqin.foundation.errors import NotFound, NotPermitted, Problem
from houqin.foundation.trail.queries import entries_of
from houqin.portal import problems, trail_words, warnings
from houqin.portal.door import next_address, person_of, signed_in
from houqin.portal.forms_staff import WarningRuleForm
from houqin.portal.guard import needs


@signed_in
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """What is amiss, the worst first, or what has been mended lately."""
    actor = person_of(request)
    if not queries.concerns(actor):
        raise NotPermitted
    wanted = warnings.Filter.of(request.GET)
    found = warnings.board(actor, wanted)
    context = {
        "board": found,
        "wanted": wanted,
        "more": max(0, found.total - warnings.SHOWN),
        "here": wanted.address,
        "tabs": [
            {
                "label": _("未解除"),
                "url": warnings.Filter().address,
                "count": None,
                "current": not wanted.ended,
            },
            {
                "label": _("已解除"),
                "url": warnings.Filter(ended=True).address,
                "count": None,
                "current": wanted.ended,
            },
        ],
    }
    return render(request, "portal/warnings.html", context)


@signed_in
@require_safe
def warning(request: HttpRequest, pk: int) -> HttpResponse:
    """One warning: what, since when, who looks after it, what became of it."""
    row = _row(request, pk)
    context = {"row": row, "told": trail_words.acts(list(entries_of(row.warning)[:20]))}
    return render(request, "portal/warning.html", context)


@signed_in
@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """I look after it."""
    try:
        actions.acknowledge(person_of(request), warning=pk, note=request.POST.get("note", ""))
    except actions.WarningOver as over:
        messages.info(request, str(over.message))
    except (NotFound, NotPermitted):
        raise
    except Problem as problem:
        messages.error(request, str(problem.message))
    else:
        messages.success(request, _("已知悉，其他有权处理的人能看到由您跟进。"))
    warnings.forget()
    return redirect(next_address(request, reverse("portal:warning", args=[pk])))


@signed_in
@require_POST
def open_case(request: HttpRequest, pk: int) -> HttpResponse:
    """Turn it into a case, and go there."""
    try:
        case = actions.open_case(person_of(request), warning=pk)
    except (NotFound, NotPermitted):
        raise
    except Problem as problem:
        messages.error(request, str(problem.message))
        return redirect("portal:warning", pk=pk)
    warnings.forget()
    messages.success(request, _("已转为办件 %(number)s。") % {"number": case.spoken_number})
    return redirect(case.get_absolute_url())


def _row(request: HttpRequest, pk: int) -> warnings.Row:
    actor = person_of(request)
    found = queries.visible(actor).filter(pk=pk).first()
    row = warnings.row_of(actor, found) if found else None
    if row is None:
        raise NotFound
    return row


manage = needs("affairs.manage")


@manage
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule with its thresholds as they hold now."""
    changed = {each.rule: each for each in WarningSetting.objects.all()}
    rows = []
    for rule in RULES:
        enabled, thresholds = in_force(rule, changed.get(rule.code))
        amber, red = (warnings.threshold_words(rule, each) for each in (thresholds.amber, thresholds.red))
        rows.append(
            {"rule": rule, "enabled": enabled, "amber": amber, "red": red, "changed": rule.code in changed}
        )
    return render(request, "portal/settings_warnings.html", {"rows": rows})


@manage
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest, code: str) -> HttpResponse:
    """One rule: on or off, and from where on it is amber and red; with its history."""
    declared = RULES.get(code)
    if declared is None:
        raise NotFound
    setting = WarningSetting.objects.filter(rule=code).first()
    form = WarningRuleForm(request.POST or None, rule=declared, setting=setting)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_rule(person_of(request), rule=code, **form.cleaned_data)
        except NotPermitted:
            raise
        except Problem as problem:
            problems.put_into(form, problem)
        else:
            messages.success(request, _("已保存，几分钟内按新的起点重新判断。"))
            return redirect("portal:settings_warning", code=code)
    history = trail_words.acts(list(entries_of(setting)[:50])) if setting else []
    context = {"rule": declared, "form": form, "told": history}
    return render(request, "portal/settings_warning.html", context, status=422 if form.errors else 200)
