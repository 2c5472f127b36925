from django.utils.translation import gettext_lazy as _

from houqin.foundation.people.permissions import Kind, announce

announce("retention.manage", _("设置个人信息的保存期限"), Kind.SECURITY)
