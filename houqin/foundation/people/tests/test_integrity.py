"""Posts of integrity risk: their files are added to, by others, and reviews are told of in time."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from houqin.foundation.errors import NotPermitted, Problem
from houqin.foundation.notices.models import Notice
from houqin.foundation.people import actions, integrity
from houqin.foundation.people.jobs import tell_reviews
from houqin.foundation.people.models import Appointment, IntegrityRecord
from houqin.foundation.trail.queries import entries_of


@pytest.fixture
def post(cast):
    found = cast.worker.appointments.get()
    Appointment.objects.filter(pk=found.pk).update(high_risk=True, from_on=timezone.localdate())
    return Appointment.objects.select_related("organisation", "person").get(pk=found.pk)


def declare(cast, post, days=365, **more):
    today = timezone.localdate()
    return actions.record_integrity(
        cast.manager,
        appointment=post,
        kind="declaration",
        on=today,
        review_on=today + timedelta(days=days),
        **more,
    )


def test_a_file_is_added_to_by_page_and_read_by_whose_post_it_is(cast, as_person, post):
    keeper = as_person(cast.manager)
    assert "还没有档案" in keeper.get("/integrity").content.decode()
    today = timezone.localdate()
    sent = {"kind": "talk", "on": today.isoformat(), "note": "任前谈话", "review_on": today.isoformat()}
    assert "须晚于本次日期" in keeper.post(f"/integrity/{post.pk}", sent).content.decode()
    sent["review_on"] = (today + timedelta(days=180)).isoformat()
    assert keeper.post(f"/integrity/{post.pk}", sent).status_code == 302
    record = IntegrityRecord.objects.get()
    assert (record.recorded_by, entries_of(record).get().actor_name) == (cast.manager, "林正")
    own = as_person(cast.worker).get(f"/integrity/{post.pk}").content.decode()
    assert "任前谈话" in own
    assert "记入档案" not in own
    assert as_person(cast.worker).post(f"/integrity/{post.pk}", sent).status_code == 403
    assert as_person(cast.staff).get(f"/integrity/{post.pk}").status_code == 404
    assert as_person(cast.staff).get("/integrity").status_code == 403


def test_nobody_keeps_their_own_and_ordinary_posts_have_none(cast, post):
    cast.appoint(cast.worker, ["people.integrity"], cast.city)
    with pytest.raises(NotPermitted, match="自己的廉政档案"):
        actions.record_integrity(cast.worker, appointment=post, kind="talk", on=timezone.localdate())
    ordinary = Appointment.objects.select_related("organisation").get(person=cast.staff)
    with pytest.raises(Problem, match="没有标为"):
        declare(cast, ordinary)


@pytest.mark.db_facing
def test_what_is_in_a_file_stays(cast, post):
    record = declare(cast, post)
    for change in (
        lambda: IntegrityRecord.objects.filter(pk=record.pk).update(note="改"),
        lambda: IntegrityRecord.objects.filter(pk=record.pk).delete(),
    ):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            change()


@pytest.mark.parametrize(("days", "told"), [(8, False), (7, True), (3, False)])
def test_a_review_is_told_a_week_ahead_to_keeper_and_holder(cast, post, days, told):
    declare(cast, post, days=days)
    tell_reviews(0)
    people = set(Notice.objects.filter(kind="people.review_due").values_list("person", flat=True))
    assert people == ({cast.manager.pk, cast.worker.pk} if told else set())


def test_what_is_overdue_is_told_every_week(cast, post):
    today = timezone.localdate()
    told = [day for day in range(15) if integrity.to_be_told(today + timedelta(days=day))]
    assert told == [0, 7, 14]


def test_many_posts_ask_no_more_queries(cast, as_person, post, django_assert_max_num_queries):
    for _number in range(60):
        Appointment.objects.create(
            person=cast.staff,
            role=cast.roles["staff"],
            organisation=cast.budget,
            high_risk=True,
            from_on="2020-01-01",
        )
    browser = as_person(cast.manager)
    browser.get("/")  # what a process keeps is asked for once, whichever test comes first in it
    with django_assert_max_num_queries(8):
        page = browser.get("/integrity").content.decode()
    assert "下一页" in page
