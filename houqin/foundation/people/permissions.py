"""Permissions: codes that roles are made of. Each app announces its own in its ``permissions.py``.

Three administrators are kept apart (三员: GB/T 22239-2019, 8.1.5): a permission that is part of the work of one of them
says so by its kind, and the database lets nobody hold permissions of two (see ``migrations/0004``).
"""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from houqin.foundation.registry import Registry


class Kind(models.TextChoices):
    """Whose work a permission is part of."""

    WORK = "work", pgettext_lazy("permission", "业务")
    NEUTRAL = "neutral", pgettext_lazy("permission", "通用")
    SYSTEM = "system", _("系统管理员")
    SECURITY = "security", _("安全管理员")
    AUDIT = "audit", _("审计管理员")


ADMINISTRATORS = (Kind.SYSTEM, Kind.SECURITY, Kind.AUDIT)


@dataclass(frozen=True)
class Permission:
    """One right, named ``<area>.<verb>``."""

    code: str
    name: str | Promise
    kind: Kind = Kind.WORK


PERMISSIONS: Registry[Permission] = Registry("permission")


def announce(code: str, name: str | Promise, kind: Kind = Kind.WORK) -> Permission:
    """Make a permission known, so that roles can hold it. Neutral is what each of the three may have beside their own."""
    return PERMISSIONS.add(code, Permission(code, name, kind))


announce("backoffice.enter", _("进入管理后台"), Kind.NEUTRAL)
announce("people.view", _("查看人员与组织"), Kind.NEUTRAL)
announce("people.import", _("维护组织与人员名册"), Kind.SYSTEM)
announce("people.manage", _("管理账号、角色与任职"), Kind.SECURITY)
announce("people.integrity", _("登记廉政档案"))
announce("duty.manage", _("安排值班"))
announce("trail.view", _("查看操作留痕"), Kind.AUDIT)
announce("trail.verify", _("核验操作留痕、取走证明"), Kind.AUDIT)
