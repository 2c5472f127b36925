from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VisitorsConfig(AppConfig):
    name = "houqin.services.visitors"
    label = "visitors"
    verbose_name = _("访客")
    default_auto_field = "django.db.models.BigAutoField"
