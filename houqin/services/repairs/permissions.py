"""Rights around repairs."""

from django.utils.translation import gettext_lazy as _

from houqin.foundation.people.permissions import announce

announce("repairs.view", _("查看报修台账与设备"))
announce("repairs.insight", _("查看报修分析"))
announce("repairs.stock", _("管理维修物料"))
announce("repairs.incidents", _("发布与解除区域事件"))
announce("repairs.manage", _("维护故障字典与设备档案"))
