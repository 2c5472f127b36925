from django.utils.translation import gettext_lazy as _

from houqin.foundation.people.permissions import Kind, announce

announce("calendar.manage", _("维护工作日历与作息时间"), Kind.SYSTEM)
