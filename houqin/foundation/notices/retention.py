"""How long read notices are kept."""

from django.utils.translation import gettext_lazy as _

from houqin.foundation.notices.models import Notice
from houqin.foundation.personal.retention import KEPT, Kept

KEPT.add(
    "notices.read",
    Kept(
        name=_("已读通知"),
        does=_("删除；办件经过里不再显示谁何时看到"),
        days=730,
        least=90,
        due=lambda before: Notice.objects.filter(read_at__lt=before),
        erase=lambda rows: rows.delete()[1].get("notices.Notice", 0),
    ),
)
