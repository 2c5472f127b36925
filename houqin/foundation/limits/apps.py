from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LimitsConfig(AppConfig):
    name = "houqin.foundation.limits"
    label = "limits"
    verbose_name = _("频次限制")
    default_auto_field = "django.db.models.BigAutoField"
