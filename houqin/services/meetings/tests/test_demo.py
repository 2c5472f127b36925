"""The demo compound's meetings: needs with whoever prepares them in every state, guests, answers, ratings, a plenary by the minute."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.db.models import Count, F

from houqin.affairs.actions import perform
from houqin.foundation.demo import World, seconds_of
from houqin.foundation.people.models import Person
from houqin.project import demo
from houqin.services.meetings.models import BigEvent, Feedback, Meeting, Need, Participant
from houqin.testing.compound import rolled_back

TODAY = date(2026, 7, 15)
MORNING = datetime(2026, 7, 15, 1, 45, tzinfo=UTC)


@pytest.fixture(scope="module")
def compound(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """A small demo compound, rolled back when the module's tests are over."""
    with rolled_back(django_db_blocker):
        world = World(seed=1, today=TODAY, now=seconds_of(TODAY, demo.MORNING_HOUR), scale=1 / 25)
        demo.fill(world)
        with time_machine.travel(MORNING, tick=False):
            yield world


def test_needs_are_waiting_taken_up_and_prepared_by_the_sections_concerned(compound: World) -> None:
    states = dict(Need.objects.values_list("case__state").annotate(n=Count("pk")))
    assert {"open", "completed"} <= states.keys()
    tasks = Need.objects.filter(case__state="open")
    assert tasks.filter(case__tasks__accepted_at__isnull=True).exists()
    assert tasks.filter(case__tasks__accepted_at__isnull=False).exists()
    kinds = dict(Need.objects.values_list("kind", "case__section__code").distinct())
    assert {"tea", "layout", "av", "plates", "live", "meals"} <= kinds.keys()
    assert (kinds["tea"], kinds["av"], kinds["meals"]) == ("HWK", "RDB", "CYK")
    # Whatever is still open has to be ready before its meeting begins, by the clock on the wall.
    late = tasks.filter(case__due_at__gt=F("wanted_at"), case__submitted_at__lt=F("meeting__starts_at"))
    assert not late.exclude(case__limit_minutes=15).exists()
    assert set(Need.objects.values_list("case__clock", flat=True)) == {"wall"}


def test_the_clerk_of_the_demo_carries_on_where_it_stopped(compound: World, client: Any) -> None:
    clerk = Person.objects.get(username="clerk")
    need = Need.objects.filter(
        case__state="open", case__tasks__assignee=clerk, case__tasks__accepted_at__isnull=False
    ).first()
    assert need is not None
    with transaction.atomic():
        client.force_login(clerk)
        page = client.get(f"/cases/{need.case.number}").content.decode()
        assert need.meeting.title in page
        task = need.case.tasks.get()
        perform(clerk, "complete", case=need.case.number, task=task.pk, data={"comment": "已备好"})
        need.case.refresh_from_db()
        assert need.case.state == "completed"
        transaction.set_rollback(True)


def test_people_are_asked_answer_come_and_say_how_it_was(compound: World) -> None:
    guests = Participant.objects.filter(person__isnull=True)
    assert guests.exists()
    assert {"yes", "no", "maybe", "none"} == set(Participant.objects.values_list("reply", flat=True).distinct())  # fmt: skip
    assert Participant.objects.filter(signed_in_at__isnull=False).exists()
    assert Feedback.objects.exclude(words="").exists()


def test_the_plenary_has_its_venues_posts_vehicles_and_run_sheet(compound: World) -> None:
    event = BigEvent.objects.get()
    venues = Meeting.objects.filter(event=event)
    assert (venues.filter(is_main=True).count(), venues.count() > 1) == (1, True)
    assert event.posts.count() == 5
    assert event.vehicles.count() == 8
    assert event.steps.count() == 8
    assert 0 < event.checks.filter(done_at__isnull=False).count() < event.checks.count()
    assert Need.objects.filter(meeting__event=event).values("kind").distinct().count() == 6
