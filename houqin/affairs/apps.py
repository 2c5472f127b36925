from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class AffairsConfig(AppConfig):
    name = "houqin.affairs"
    label = "affairs"
    verbose_name = _("办件")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from houqin.affairs.warnings import errand, machine, own  # noqa: F401 - they announce item and rules

        autodiscover_modules("items", "conditions", "who", "warnings")
