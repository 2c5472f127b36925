"""Rights around parking."""

from django.utils.translation import gettext_lazy as _

from houqin.foundation.people.permissions import announce

announce("parking.keep", _("管理车位（通行证、陌生车、超时车、清点、轮换）"))
announce("parking.manage", _("设置停车场、配额、伙伴院区和入口屏"))
announce("parking.cameras", _("上报车牌识别和充电桩状态"))
