from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrailConfig(AppConfig):
    name = "houqin.foundation.trail"
    label = "trail"
    verbose_name = _("操作留痕")
    default_auto_field = "django.db.models.BigAutoField"
