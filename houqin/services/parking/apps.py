from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ParkingConfig(AppConfig):
    name = "houqin.services.parking"
    label = "parking"
    verbose_name = _("停车")
    default_auto_field = "django.db.models.BigAutoField"
