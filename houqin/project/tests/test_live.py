"""The simulated working day goes through the same actions as the pages."""

from __future__ import annotations

from random import Random

import pytest

from houqin.affairs.models import Case, Route
from houqin.foundation.errors import Problem
from houqin.foundation.people.models import Person
from houqin.project import live
from houqin.testing.cast import Cast


def test_a_day_reports_handles_and_ends_repairs(cast: Cast):
    Route.objects.create(item_code="repairs.report", section=cast.repairs)
    cast.duty(cast.worker)
    Person.objects.filter(pk=cast.colleague.pk).update(username=None)
    dice, possible = Random(7), live.steps()
    for _ in range(300):
        live.take_one(dice, possible)
    states = set(Case.objects.values_list("state", flat=True))
    assert {"open", "completed"} <= states
    assert Case.objects.filter(applicant=cast.colleague).count() == Case.objects.count()


def test_it_plays_on_a_demo_only(cast: Cast):
    with pytest.raises(Problem, match="demo"):
        live.run()
