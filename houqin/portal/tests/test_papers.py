"""The receipt of a case says no more to its reader than the page of the case does."""

from __future__ import annotations

from houqin.affairs.models import Follower
from houqin.exchange.papers.declare import Facts
from houqin.foundation.people.models import Person
from houqin.portal.papers import receipt
from houqin.testing.desk import Desk


def said(reader: Person, number: str) -> dict[str, str]:
    first = receipt(reader, number).parts[0]
    assert isinstance(first, Facts)
    return dict(first.rows)


def test_the_callers_number_stands_masked_and_not_on_the_paper_of_who_only_follows(desk: Desk) -> None:
    case, cast = desk.submit(), desk.cast
    Follower.objects.create(case=case, person=cast.other_staff, name=cast.other_staff.name)
    masked = str(cast.staff.phone)
    assert "****" in masked
    assert said(cast.staff, case.number)["手机号"] == masked
    assert said(cast.worker, case.number)["手机号"] == masked
    follows = said(cast.other_staff, case.number)
    assert (follows["手机号"], follows["办件编号"]) == ("", case.spoken_number)


def test_an_open_case_says_by_when_it_has_to_be_done(desk: Desk) -> None:
    case = desk.submit()
    assert "应办结时间" in said(desk.cast.staff, case.number)
