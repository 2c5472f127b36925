from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class BriefConfig(AppConfig):
    name = "houqin.foundation.brief"
    label = "brief"
    verbose_name = _("每日简报")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        autodiscover_modules("brief")
