"""Tells people that somebody came in as them on a browser they had never used, and of integrity files that are due."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from houqin.foundation.notices.actions import tell
from houqin.foundation.people import scope
from houqin.foundation.people.devices import short_address
from houqin.foundation.people.integrity import KEEP
from houqin.foundation.people.models import Appointment, Person, SignedInSession
from houqin.foundation.people.moments import ACCOUNT_RESET, NEW_DEVICE, REVIEW_DUE


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


def review_due(post: Appointment) -> None:
    """Whoever keeps the file, and whose post it is."""
    keepers = scope.holders(KEEP, organisation_path=post.organisation.path).exclude(pk=post.person_id)
    due_on: date = post.due_on  # type: ignore[attr-defined]  # put there by the query
    tell(
        [*keepers, post.person],
        kind="people.review_due",
        title=lambda: _("%(person)s的廉政档案该更新了") % {"person": post.person.name},
        body=lambda: (
            _("%(organisation)s，%(role)s，审查日期 %(on)s。")
            % {"organisation": post.organisation.name, "role": post.role.name, "on": date_format(due_on)}
        ),
        url=reverse("people:integrity_post", args=[post.pk]),
        record=post,
    )


def account_reset(person: Person, what: str) -> None:
    """Whoever did not ask for it should know at once, by whatever channel reaches them."""
    tell(
        [person],
        kind="people.account_reset",
        title=lambda: _("您的密码被重设") if what == "password" else _("您的动态口令被重设"),
        body=lambda: _(
            "由安全管理员办理，您在各处的登录都已退出。如果您没有申请，请立即联系安全管理员，并告知审计管理员。"
        ),
        url=reverse("people:sessions"),
        record=person,
    )


REVIEW_DUE.add("notices", review_due)
ACCOUNT_RESET.add("notices", account_reset)
NEW_DEVICE.add("notices", new_device)
