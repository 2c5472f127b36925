from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BackupsConfig(AppConfig):
    name = "houqin.foundation.backups"
    label = "backups"
    verbose_name = _("备份")
    default_auto_field = "django.db.models.BigAutoField"
