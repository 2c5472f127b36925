"""Rights around the exchange."""

from django.utils.translation import gettext_lazy as _

from houqin.foundation.people.permissions import announce

announce("exchange.manage", _("管理接口令牌"))
