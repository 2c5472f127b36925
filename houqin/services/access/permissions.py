"""Rights around doors."""

from django.utils.translation import gettext_lazy as _

from houqin.foundation.people.permissions import announce

announce("access.manage", _("管理门禁区域、门与控制器"))
announce("access.keep", _("审批、发放与复核通行权限"))
announce("access.view", _("查看在内人员与通行记录"))
announce("access.gate", _("在门岗核验通行码"))
