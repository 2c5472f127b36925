from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RepairsConfig(AppConfig):
    name = "houqin.services.repairs"
    label = "repairs"
    verbose_name = _("报修")
    default_auto_field = "django.db.models.BigAutoField"
