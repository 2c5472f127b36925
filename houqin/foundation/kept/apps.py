from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KeptConfig(AppConfig):
    name = "houqin.foundation.kept"
    label = "kept"
    verbose_name = _("配置版本")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.core.signals import request_finished, request_started
        from django.db.models.signals import m2m_changed, post_delete, post_save

        from houqin.foundation import kept

        request_started.connect(kept.begin, dispatch_uid="kept")
        request_finished.connect(kept.end, dispatch_uid="kept")
        for signal in (post_save, post_delete, m2m_changed):
            signal.connect(kept.doubt, dispatch_uid="kept")
