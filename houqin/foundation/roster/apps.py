from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RosterConfig(AppConfig):
    name = "houqin.foundation.roster"
    label = "roster"
    verbose_name = _("花名册导入")
    default_auto_field = "django.db.models.BigAutoField"
