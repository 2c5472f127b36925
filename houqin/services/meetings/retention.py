"""How long what guests of meetings left is kept."""

from django.utils.translation import gettext_lazy as _

from houqin.foundation.personal.retention import KEPT, Kept
from houqin.services.meetings.models import Participant

KEPT.add(
    "meetings.guests",
    Kept(
        name=_("参会人手机号码"),
        does=_("清除号码，保留姓名和签到"),
        days=180,
        least=30,
        most=730,
        why=_(
            "个人信息保护法第十九条：保存期限为实现处理目的所必要的最短时间；会后半年内可能需要联系或核对。"
        ),
        due=lambda before: Participant.objects.filter(meeting__ends_at__lt=before).exclude(phone=""),
        erase=lambda rows: rows.update(phone=""),
    ),
)
