"""The parts of the parking desk, each for whoever may enter it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from houqin.foundation.people import scope
from houqin.foundation.people.models import Person


def tabs_of(person: Person, at: str) -> list[dict[str, Any]]:
    """The parts that ``person`` may enter, as ``components/chips.html`` shows them; ``at`` is the present one."""
    found = [
        ("desk", _("场内"), "parking.keep"),
        ("stays", _("在场车辆"), "parking.keep"),
        ("permits", pgettext("plural", "车辆通行证"), "parking.keep"),
        ("reservations", pgettext("plural", "车位预留"), "parking.keep"),
        ("passages", pgettext("plural", "车辆通行"), "parking.keep"),
        ("rotations", pgettext("plural", "车位轮换"), "parking.keep"),
        ("setup", _("设置"), "parking.manage"),
        ("partners", pgettext("plural", "伙伴院区"), "parking.manage"),
    ]
    return [
        {"label": label, "url": reverse(f"parking:{name}"), "count": None, "current": name == at}
        for name, label, permission in found
        if scope.holds(person, permission)
    ]
