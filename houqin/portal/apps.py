from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "houqin.portal"
    label = "portal"
    verbose_name = _("统一门户")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from houqin.portal import warnings  # noqa: F401 - announces itself to the rail and the home page

        autodiscover_modules("panels")
