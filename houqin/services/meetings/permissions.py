"""Rights around rooms and meetings."""

from django.utils.translation import gettext_lazy as _

from houqin.foundation.people.permissions import announce

announce("meetings.rooms", _("管理会议室（设置、停用、占用）"))
announce("meetings.serve", _("会务服务（代为预订、改期、签到、释放）"))
announce("meetings.manage", _("维护会议室档案、审批规则、限额和会议标准"))
announce("meetings.insight", _("查看会议室使用分析"))
