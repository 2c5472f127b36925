"""Tells people that somebody came in as them on a browser they had never used."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from houqin.foundation.notices.actions import tell
from houqin.foundation.people.devices import short_address
from houqin.foundation.people.models import Person, SignedInSession
from houqin.foundation.people.moments import NEW_DEVICE


def new_device(person: Person, session: SignedInSession) -> None:
    """Where it was, and what to do if it was somebody else."""
    tell(
        [person],
        kind="people.new_device",
        title=lambda: _("您的账号在新设备上登录"),
        body=lambda: (
            _("%(device)s，地址 %(address)s。如果不是您本人，请立即退出该设备并修改密码。")
            % {
                "device": session.device or _("未知设备"),
                "address": short_address(session.address) or _("未知"),
            }
        ),
        url=reverse("people:sessions"),
        record=session,
    )


NEW_DEVICE.add("notices", new_device)
