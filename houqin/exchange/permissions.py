"""Rights around the exchange."""

from django.utils.translation import gettext_lazy as _

from houqin.foundation.people.permissions import Kind, announce

announce("exchange.manage", _("管理接口令牌"), Kind.SECURITY)
