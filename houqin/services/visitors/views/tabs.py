"""The parts of the gate's and keepers' desk, each for whoever may enter it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from houqin.foundation.people import scope
from houqin.portal.door import person_of


def tabs(request: HttpRequest, at: str) -> list[dict[str, Any]]:
    """As chips: the pages that this reader has the right for."""
    every = (
        ("gate", _("门岗"), ("visitors.gate",)),
        ("muster", _("在内人员"), ("visitors.gate", "visitors.view")),
        ("trace", _("来访查询"), ("visitors.view",)),
        ("insight", _("来访分析"), ("visitors.insight",)),
        ("contractors", pgettext("plural", "承包单位"), ("visitors.keep",)),
        ("rules", pgettext("plural", "接访规则"), ("visitors.keep",)),
        ("denials", _("值班室"), ("visitors.deny",)),
    )
    person = person_of(request)
    return [
        {"label": label, "url": reverse(f"visitors:{name}"), "current": name == at}
        for name, label, rights in every
        if any(scope.holds(person, right) for right in rights)
    ]
