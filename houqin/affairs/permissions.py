"""Rights around cases. A role holds some of them; an appointment gives the role a scope."""

from django.utils.translation import gettext_lazy as _

from houqin.foundation.people.permissions import Kind, announce

announce("affairs.view", _("查看范围内的办件"))
announce("affairs.handle", _("接单办理"))
announce("affairs.dispatch", _("派单与转办"))
announce("affairs.approve", _("审批"))
announce("affairs.quality", _("质量回访"))
announce("affairs.intake", _("电话登记"))
announce("affairs.manage", _("设置事项、时限与分办规则"), Kind.SYSTEM)
announce("platform.keep", _("维护系统运行"), Kind.SYSTEM)
