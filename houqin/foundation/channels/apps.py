from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class ChannelsConfig(AppConfig):
    name = "houqin.foundation.channels"
    label = "channels"
    verbose_name = _("通知渠道")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from houqin.foundation.channels import clients, listening  # noqa: F401 - they announce themselves

        # Which notices are urgent, and what they are about, each app says of its own.
        autodiscover_modules("notice_kinds")
