"""Who keeps the calendar hears of a missing year, once a week."""

from __future__ import annotations

import time_machine

from houqin.foundation.calendar import actions
from houqin.foundation.notices.missing_year import warn_about_missing_year
from houqin.foundation.notices.models import Notice
from houqin.foundation.trail.actors import SYSTEM
from houqin.testing.cast import Cast


def test_keepers_of_the_calendar_are_told_once_a_week_until_it_is_there(cast: Cast) -> None:
    with time_machine.travel("2026-10-20 09:00+08:00"):
        assert warn_about_missing_year() == []
    with time_machine.travel("2026-11-22 09:00+08:00"):
        assert warn_about_missing_year() == [2027]
        assert warn_about_missing_year() == []
    (notice,) = Notice.objects.filter(kind="calendar.year_missing")
    assert notice.person == cast.sysadmin
    assert notice.title.startswith("2027 年")
    assert notice.url == "/calendar/2027/notice"
    with time_machine.travel("2026-11-30 09:00+08:00"):
        assert warn_about_missing_year() == [2027]
        actions.set_notice_number(SYSTEM, year=2027, notice_number="国办发明电〔2026〕9号")
    with time_machine.travel("2026-12-20 09:00+08:00"):
        assert warn_about_missing_year() == []
