"""What of a visit goes when nobody needs it any more: who it was. That somebody came, when and to whom stays."""

from __future__ import annotations

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Concat
from django.utils import timezone

from houqin.services.access import actions as access
from houqin.services.visitors.models import Visit


def forget(rows: QuerySet[Visit]) -> int:
    """Put a pseudonym in the place of a visitor's name and numbers, here and at the doors; answers how many.

    《个人信息保护法》第十九条: kept as long as the purpose needs. The secret address leads nowhere from then on.
    """
    keys = list(rows.values_list("pk", flat=True))
    access.forget(holders=[f"visitor:{pk}" for pk in keys])
    found = Visit.objects.filter(pk__in=keys)
    return found.update(
        name=Concat(Value("访客"), F("pk")), phone="", id_number="", plate="", organisation="", items="", purpose="",
        key=Concat(Value("-"), F("pk")), forgotten_at=timezone.now(),
    )  # fmt: skip
