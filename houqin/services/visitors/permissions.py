"""Rights around visitors."""

from django.utils.translation import gettext_lazy as _

from houqin.foundation.people.permissions import announce

announce("visitors.gate", _("在门岗登记访客进出"))
announce("visitors.view", _("查询来访记录"))
announce("visitors.keep", _("审批来访，管理接访规则和承包单位"))
announce("visitors.deny", _("查看和管理谢绝来访名单"))
announce("visitors.insight", _("查看来访分析"))
