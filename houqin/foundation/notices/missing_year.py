"""Tells whoever keeps the calendar that a year's official notice is missing."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.calendar.models import Year
from houqin.foundation.calendar.queries import keepers, missing_years
from houqin.foundation.notices import queries
from houqin.foundation.notices.actions import tell

#: The same warning comes again after this time, until the notice is there.
AGAIN = timedelta(days=7)


def warn_about_missing_year() -> list[int]:
    """Warn of each year in question, at most once a week; answers which. Runs twice without harm."""
    return [year for year in missing_years(timezone.localdate()) if _warn(year)]


@transaction.atomic
def _warn(year: int) -> bool:
    row, _created = Year.objects.get_or_create(year=year)
    Year.objects.select_for_update().get(pk=row.pk)
    if queries.about(row).filter(created_at__gt=timezone.now() - AGAIN).exists():
        return False
    tell(
        keepers(),
        kind="calendar.year_missing",
        title=lambda: _("%(year)s 年的放假通知尚未录入，办理时限可能算错") % {"year": year},
        body=lambda: _("现在只按周末和日期固定的节日推算。通知发布后请在工作日历中录入。"),
        url=reverse("calendar:notice", args=[year]),
        record=row,
    )
    return True
