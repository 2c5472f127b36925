from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class PlacesConfig(AppConfig):
    name = "houqin.foundation.places"
    label = "places"
    verbose_name = _("场所")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        autodiscover_modules("scans")
