from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class FilesConfig(AppConfig):
    name = "houqin.foundation.files"
    label = "files"
    verbose_name = _("附件")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        autodiscover_modules("visibility")
