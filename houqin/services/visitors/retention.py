"""How long visits keep who came."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from houqin.foundation.personal.retention import KEPT, Kept
from houqin.services.visitors import actions
from houqin.services.visitors.models import Denial, Visit, VisitState, Worker


def _visits(before: datetime) -> QuerySet[Visit]:
    return Visit.objects.filter(until_at__lt=before, forgotten_at=None).exclude(state=VisitState.INSIDE)


def _denials(before: datetime) -> QuerySet[Denial]:
    found = Denial.objects.filter(lifted_at__lt=before)
    return found.exclude(phone="", id_number="")


def _workers(before: datetime) -> QuerySet[Worker]:
    return Worker.objects.filter(ended_at__lt=before).exclude(phone="", id_number="")


KEPT.add(
    "visitors.visits",
    Kept(
        name=_("来访记录的个人信息"),
        does=_("姓名改为代号，清除手机号、证件号、车牌、单位和事由，保留时间、地点和接待人"),
        days=180,
        least=30,
        most=1825,
        why=_("《个人信息保护法》第十九条：保存期限为实现处理目的所必要的最短时间。"),
        due=_visits,
        erase=actions.forget,
    ),
)
KEPT.add(
    "visitors.denials",
    Kept(
        name=_("已解除的谢绝来访人员号码"),
        does=_("清除手机号和证件号"),
        days=365,
        least=30,
        most=1825,
        due=_denials,
        erase=lambda rows: rows.update(phone="", id_number=""),
    ),
)
KEPT.add(
    "visitors.workers",
    Kept(
        name=_("已离场施工人员的号码"),
        does=_("清除手机号和证件号"),
        days=365,
        least=180,
        most=1825,
        due=_workers,
        erase=lambda rows: rows.update(phone="", id_number=""),
    ),
)
