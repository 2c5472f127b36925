"""How long people's data is kept after it has done its work."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from houqin.foundation.people.models import Person, SignedInSession, SignInFailure
from houqin.foundation.personal.retention import KEPT, Kept


def _left(before: datetime) -> QuerySet[Any]:
    reachable = Q(phone__isnull=False) | Q(id_number__isnull=False) | ~Q(email="")
    return Person.objects.filter(reachable, ended_on__lt=timezone.localdate(before))


def _forget_person(rows: QuerySet[Any]) -> int:
    return rows.update(phone="", id_number="", email="", usual_place=None)


def _delete(rows: QuerySet[Any]) -> int:
    return rows.delete()[0]


KEPT.add(
    "people.left",
    Kept(
        name=_("离开人员的联系方式与身份证号"),
        does=_("清除手机、身份证号、邮箱，保留姓名和办理记录"),
        days=1095,
        least=90,
        due=_left,
        erase=_forget_person,
    ),
)
KEPT.add(
    "people.sign_in_failures",
    Kept(
        name=_("登录失败记录"),
        does=_("删除"),
        days=365,
        least=183,
        why=_("网络日志留存不少于六个月（《网络安全法》）。"),
        due=lambda before: SignInFailure.objects.filter(at__lt=before),
        erase=_delete,
    ),
)
KEPT.add(
    "people.sessions",
    Kept(
        name=_("过期的登录会话"),
        does=_("删除"),
        days=1,
        most=90,
        due=lambda before: Session.objects.filter(expire_date__lt=before),
        erase=_delete,
    ),
)
KEPT.add(
    "people.devices",
    Kept(
        name=_("已退出的登录设备与地址"),
        does=_("删除"),
        days=1,
        most=180,
        due=lambda before: SignedInSession.objects.filter(started_at__lt=before).exclude(
            session_key__in=Session.objects.filter(expire_date__gte=timezone.now()).values("session_key")
        ),
        erase=_delete,
    ),
)
