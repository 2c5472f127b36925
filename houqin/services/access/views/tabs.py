"""The parts of doors' management, for whoever may see each."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from houqin.foundation.people import scope
from houqin.portal.door import person_of


def tabs(request: HttpRequest, at: str) -> list[dict[str, Any]]:
    """As chips: the boards that this reader has the right for."""
    every = (
        ("board", _("门与控制器"), ("access.view", "access.manage")),
        ("inside", _("在内人员"), ("access.view",)),
        ("permits", _("权限复核"), ("access.keep",)),
        ("manage", _("设置"), ("access.manage",)),
    )
    person = person_of(request)
    return [
        {"label": label, "url": reverse(f"access:{name}"), "current": name == at}
        for name, label, rights in every
        if any(scope.holds(person, right) for right in rights)
    ]
