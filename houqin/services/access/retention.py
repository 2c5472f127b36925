"""How long door events are kept, and the names of visitors."""

from django.utils.translation import gettext_lazy as _

from houqin.foundation.personal.retention import KEPT, Kept
from houqin.services.access.models import DoorEvent, Permit, PermitState

#: What stands in the place of a visitor's name.
NAMELESS = "访客"

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
KEPT.add(
    "access.visitors",
    Kept(
        name=_("来访通行权限上的姓名"),
        does=_("改为“访客”，保留期限和区域"),
        days=365,
        least=184,
        most=1825,
        why=_("《个人信息保护法》第十九条：保存期限为实现处理目的所必要的最短时间。"),
        due=lambda before: Permit.objects.filter(
            holder__startswith="visitor:", state=PermitState.ENDED, ended_at__lt=before
        ).exclude(name=NAMELESS),
        erase=lambda rows: rows.update(name=NAMELESS),
    ),
)
