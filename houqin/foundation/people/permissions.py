"""Permissions: codes that roles are made of. Each app announces its own in its ``permissions.py``."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from houqin.foundation.registry import Registry


@dataclass(frozen=True)
class Permission:
    """One right, named ``<area>.<verb>``."""

    code: str
    name: str | Promise


PERMISSIONS: Registry[Permission] = Registry("permission")


def announce(code: str, name: str | Promise) -> Permission:
    """Make a permission known, so that roles can hold it."""
    return PERMISSIONS.add(code, Permission(code, name))


announce("backoffice.enter", _("进入管理后台"))
announce("people.view", _("查看人员与组织"))
announce("people.manage", _("管理人员、组织与任职"))
announce("duty.manage", _("安排值班"))
announce("trail.view", _("查看操作留痕"))
