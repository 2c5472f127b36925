from django.utils.translation import gettext_lazy as _

from houqin.foundation.people.permissions import Kind, announce

announce("places.manage", _("维护场所与二维码"), Kind.SYSTEM)
