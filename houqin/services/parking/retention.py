"""How long plates are kept: personal data, only as long as the purpose needs (《个人信息保护法》第十九条). Counts stay for good."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from houqin.foundation.files.models import File
from houqin.foundation.personal.retention import KEPT, Kept
from houqin.services.parking.models import (
    Corrected,
    PartnerPermit,
    Passage,
    PermitState,
    PlatePermit,
    Reservation,
    RotationEntry,
    RotationState,
    Stay,
)

_WHY = _("《个人信息保护法》第十九条：保存期限为实现处理目的所必要的最短时间；用于查清剐蹭和争议。")


def _passages(before: datetime) -> QuerySet[Any]:
    return Passage.objects.filter(at__lt=before).exclude(plate="", read="", picture=None)


def _erase_passages(rows: QuerySet[Any]) -> int:
    """Plate and picture. A picture that no record has any more is erased by the files' own job."""
    gone = list(rows.values_list("pk", flat=True))
    pictures = File.objects.filter(record_type=Passage._meta.label_lower, record_id__in=gone)
    pictures.update(record_type="", record_id=None)
    return Passage.objects.filter(pk__in=gone).update(
        read="", plate="", corrected=Corrected.NO, corrected_note="", picture=None
    )


def _over(before: datetime) -> QuerySet[Any]:
    over = Q(state__in=(PermitState.ENDED, PermitState.REFUSED), ended_at__lt=before)
    return PlatePermit.objects.filter(over).exclude(plate="")


def _entries(before: datetime) -> QuerySet[Any]:
    """Of draws whose period is over, and of entries to rotations that came to nothing."""
    ended = Q(rotation__until_on__lt=before.date())
    left = Q(state="withdrawn", entered_at__lt=before)
    called_off = Q(rotation__state=RotationState.CANCELLED, entered_at__lt=before)
    return RotationEntry.objects.filter(ended | left | called_off).exclude(plate="")


def _partners(before: datetime) -> QuerySet[Any]:
    return PartnerPermit.objects.filter(Q(until_on__lt=before.date()) | Q(until_on=None, taken_at__lt=before))


KEPT.add(
    "parking.passages",
    Kept(
        name=_("车辆通行的车牌和照片"),
        does=_("清除车牌和照片，保留数量"),
        days=90,
        least=7,
        most=730,
        why=_WHY,
        due=_passages,
        erase=_erase_passages,
    ),
)
KEPT.add(
    "parking.stays",
    Kept(
        name=_("停放记录的车牌"),
        does=_("清除车牌，保留数量"),
        days=90,
        least=7,
        most=730,
        why=_WHY,
        due=lambda before: Stay.objects.filter(out_at__lt=before).exclude(plate=""),
        erase=lambda rows: rows.update(plate=""),
    ),
)
KEPT.add(
    "parking.permits",
    Kept(
        name=_("已结束通行证的车牌"),
        does=_("清除车牌和无障碍需要，保留期限与结果"),
        days=365,
        least=30,
        most=1825,
        why=_WHY,
        due=_over,
        erase=lambda rows: rows.update(plate="", accessible=False),
    ),
)
KEPT.add(
    "parking.reservations",
    Kept(
        name=_("已结束预留的车牌"),
        does=_("清除车牌，保留数量"),
        days=90,
        least=7,
        most=730,
        why=_WHY,
        due=lambda before: Reservation.objects.filter(ends_at__lt=before).exclude(plate=""),
        # Released with it: one source holds no plate, or none, twice.
        erase=lambda rows: rows.update(plate="", released_at=Coalesce("released_at", "ends_at")),
    ),
)
KEPT.add(
    "parking.rotations",
    Kept(
        name=_("已结束轮换的车牌"),
        does=_("清除车牌，保留报名号与结果"),
        days=365,
        least=90,
        most=1825,
        why=_WHY,
        due=_entries,
        erase=lambda rows: rows.update(plate=""),
    ),
)
KEPT.add(
    "parking.partners",
    Kept(
        name=_("过期的伙伴院区通行证"),
        does=_("删除"),
        days=90,
        least=7,
        most=730,
        why=_WHY,
        due=_partners,
        erase=lambda rows: rows.delete()[0],
    ),
)
