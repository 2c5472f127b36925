"""How long door events are kept."""

from django.utils.translation import gettext_lazy as _

from houqin.foundation.personal.retention import KEPT, Kept
from houqin.services.access.models import DoorEvent

KEPT.add(
    "access.events",
    Kept(
        name=_("通行记录"),
        does=_("删除"),
        days=365,
        least=184,
        most=1825,
        why=_("网络安全法第二十一条：日志留存不少于六个月。"),
        due=lambda before: DoorEvent.objects.filter(received_at__lt=before),
        erase=lambda rows: rows.delete()[0],
    ),
)
