"""Failures that carry a message for people.

Every action raises a :class:`Problem`; a page shows its message beside the form, the API turns it into
RFC 9457 ``application/problem+json`` with the same ``code``.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class Problem(Exception):
    """Something a person can mend. ``code`` is stable, ``message`` says what happened and the next step.

    ``errors`` maps a field of the input to what is wrong with it; ``more`` is what else a machine may want to know (an
    extension member of RFC 9457): JSON by name.
    """

    code = "invalid"
    status = 400
    message: Text = _("内容有误，请修改后再试。")
    more: Mapping[str, Any] = {}

    def __init__(
        self,
        message: Text | None = None,
        *,
        code: str | None = None,
        errors: Mapping[str, Sequence[Text]] | None = None,
    ) -> None:
        self.message = message or self.message
        self.code = code or self.code
        self.errors = {field: list(texts) for field, texts in (errors or {}).items()}
        super().__init__(str(self.message))


class NotFound(Problem):
    """The record does not exist, or lies outside the actor's scope (which must look the same)."""

    code = "not_found"
    status = 404
    message = _("没有找到这条记录，可能已被移除，或不在您的权限范围内。")


class NotPermitted(Problem):
    """The record is within the actor's scope, but the right is missing."""

    code = "not_permitted"
    status = 403
    message = _("您没有办理这项操作的权限，如需开通请联系系统管理员。")


class Conflict(Problem):
    """Somebody else was quicker, or the state no longer allows it."""

    code = "conflict"
    status = 409
    message = _("情况已经变化，请刷新后再试。")


class TooMany(Problem):
    """A rate limit was reached."""

    code = "too_many"
    status = 429
    message = _("操作过于频繁，请稍后再试。")
