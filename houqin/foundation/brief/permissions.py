"""Rights around the brief."""

from django.utils.translation import gettext_lazy as _

from houqin.foundation.people.permissions import announce

announce("brief.read", _("接收每日简报和超时推送"))
