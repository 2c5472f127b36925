"""Rights around channels."""

from django.utils.translation import gettext_lazy as _

from houqin.foundation.people.permissions import Kind, announce

announce("channels.manage", _("管理通知渠道"), Kind.SYSTEM)
