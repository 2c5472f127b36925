from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class PersonalConfig(AppConfig):
    name = "houqin.foundation.personal"
    label = "personal"
    verbose_name = _("个人信息")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        autodiscover_modules("showing", "retention")
