"""How long the answers of idempotent calls are kept."""

from django.utils.translation import gettext_lazy as _

from houqin.exchange.models import KeptAnswer
from houqin.foundation.personal.retention import KEPT, Kept

KEPT.add(
    "exchange.answers",
    Kept(
        name=_("接口防重复键与答复"),
        does=_("删除"),
        days=1,
        most=1,
        why=_("接口约定保存 24 小时。"),
        due=lambda before: KeptAnswer.objects.filter(created_at__lt=before),
        erase=lambda rows: rows.delete()[0],
    ),
)
