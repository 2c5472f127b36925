"""How long a case keeps the number to call back."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from houqin.affairs.models import Case, Follower
from houqin.affairs.rights import RATING_DAYS
from houqin.foundation.personal.retention import KEPT, Kept


def _cases(before: datetime) -> QuerySet[Case]:
    return Case.objects.filter(ended_at__lt=before, applicant_phone__isnull=False)


def _followers(before: datetime) -> QuerySet[Follower]:
    return Follower.objects.filter(case__ended_at__lt=before, phone__isnull=False)


KEPT.add(
    "affairs.applicant_phones",
    Kept(
        name=_("办结办件的申请人电话"),
        does=_("清除号码，保留办件；来访者此后不能再凭编号和手机号查询"),
        days=180,
        least=RATING_DAYS + 1,
        due=_cases,
        erase=lambda rows: rows.update(applicant_phone=""),
    ),
)
KEPT.add(
    "affairs.follower_phones",
    Kept(
        name=_("办结办件的共同报告人电话"),
        does=_("清除号码，保留办件"),
        days=180,
        least=RATING_DAYS + 1,
        due=_followers,
        erase=lambda rows: rows.update(phone=""),
    ),
)
