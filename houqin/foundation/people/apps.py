import logging
from typing import Any

from django.apps import AppConfig
from django.db import IntegrityError, transaction
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from houqin.foundation.people.permissions import PERMISSIONS

_log = logging.getLogger(__name__)


class PeopleConfig(AppConfig):
    name = "houqin.foundation.people"
    label = "people"
    verbose_name = _("人员与组织")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        autodiscover_modules("permissions")
        post_migrate.connect(_know_permissions, sender=self)


def _know_permissions(apps: Any, **more: Any) -> None:
    """Tell the database of the announced permissions. Roles are looked at again where a kind has changed."""
    try:
        known = apps.get_model("people", "KnownPermission")
    except LookupError:  # migrated back to before it
        return
    stored = dict(known.objects.values_list("code", "kind"))
    announced = {each.code: str(each.kind) for each in PERMISSIONS}
    if stored == announced:
        return
    known.objects.exclude(code__in=announced).delete()
    rows = [known(code=code, kind=kind) for code, kind in announced.items()]
    known.objects.bulk_create(rows, update_conflicts=True, unique_fields=["code"], update_fields=["kind"])
    changed = [code for code, kind in announced.items() if stored.get(code) != kind]
    for role in apps.get_model("people", "Role").objects.filter(permissions__overlap=changed):
        try:
            with transaction.atomic():
                role.save(update_fields=["permissions"])
        except (
            IntegrityError
        ) as error:  # a role of before the three were kept apart: it must be split by hand
            _log.warning("role %s: %s", role.code, error)
