from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    name = "houqin.services.access"
    label = "access"
    verbose_name = _("门禁")
    default_auto_field = "django.db.models.BigAutoField"
