"""Permits: made for a source, moved and ended with it, whose they are, what they open."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from houqin.foundation.errors import NotFound, NotPermitted, Problem
from houqin.foundation.trail.actors import SYSTEM
from houqin.foundation.trail.models import Entry
from houqin.services.access import actions, queries
from houqin.services.access.models import DoorEvent, Permit


def test_granting_twice_for_the_same_source_is_one_permit_with_the_later_times(doors):
    first = doors.grant()
    again = doors.grant(doors.tower, doors.other, until_at=first.until_at + timedelta(hours=1))
    assert again.pk == first.pk
    assert Permit.objects.count() == 1
    assert set(Permit.objects.get().areas) == {doors.tower.pk, doors.other.pk}
    assert Entry.objects.filter(action="access.grant").count() == 2
    before = Entry.objects.count()
    doors.grant(doors.tower, doors.other, from_at=again.from_at, until_at=again.until_at)
    assert Entry.objects.count() == before, "nothing changed, nothing is told"


def test_all_of_a_source_moves_and_ends_together_and_calling_twice_harms_nothing(doors):
    for number in (1, 2, 3):
        doors.grant(holder=f"visitor:{number}", name=f"访客{number}", source="visitors.visit:9")
    doors.grant(source="other.thing:1")
    starts = timezone.now() + timedelta(days=2)
    moved = {"source": "visitors.visit:9", "from_at": starts, "until_at": starts + timedelta(hours=2)}
    assert actions.move(SYSTEM, **moved) == 3
    assert actions.move(SYSTEM, **moved) == 0
    assert doors.admit(holder="visitor:2").reason == "not_yet"
    assert actions.end(SYSTEM, source="visitors.visit:9", reason="访问取消") == 3
    assert actions.end(SYSTEM, source="visitors.visit:9") == 0
    assert doors.admit(holder="visitor:2").reason == "no_permit"
    assert doors.admit().allowed


def many(doors, count: int, **more):
    begins = timezone.now() - timedelta(hours=1)
    given = {
        "areas": [doors.tower],
        "from_at": begins,
        "until_at": begins + timedelta(hours=3),
        "reason": "全体会",
    }
    holders = [(doors.holder, "李晓雯", None), *((f"visitor:{n}", f"代表{n}", None) for n in range(1, count))]
    return actions.grant_many(SYSTEM, source="meetings.meeting:9", **{"holders": holders, **given, **more})


def test_a_hall_of_four_hundred_gets_its_permits_in_a_few_statements(doors, django_assert_max_num_queries):
    since = json.loads(queries.permit_list(doors.controller)["list"])["version"]
    with django_assert_max_num_queries(10):
        made = many(doors, 400)
    assert [permit.holder for permit in made[:2]] == [doors.holder, "visitor:1"]
    assert len({permit.pk for permit in made}) == 400
    assert made[0].person == doors.cast.staff
    assert Entry.objects.filter(action="access.grant").count() == 400
    assert doors.admit().allowed
    assert doors.admit(holder="visitor:399").allowed
    told = json.loads(queries.permit_list(doors.controller, since)["list"])
    assert len(told["permits"]) == 400
    again = json.loads(queries.permit_list(doors.controller, told["version"])["list"])
    assert (again["permits"], again["version"]) == ([], told["version"])


def test_granting_many_again_changes_only_what_is_other(doors, django_assert_max_num_queries):
    first = many(doors, 60)
    before, version = Entry.objects.count(), queries.latest_version()
    same = {"from_at": first[0].from_at, "until_at": first[0].until_at}
    assert [permit.pk for permit in many(doors, 60, **same)] == [permit.pk for permit in first]
    assert (Entry.objects.count(), queries.latest_version()) == (before, version), (
        "nothing changed, nothing is told"
    )
    longer = same | {"until_at": first[0].until_at + timedelta(hours=1)}
    with django_assert_max_num_queries(10):
        many(doors, 70, **longer)
    assert Permit.objects.filter(source="meetings.meeting:9", until_at=longer["until_at"]).count() == 70
    assert Entry.objects.count() == before + 70
    assert actions.end(SYSTEM, source="meetings.meeting:9") == 70
    assert many(doors, 3, **longer)[0].pk != first[0].pk, "what ended stays ended"


def test_nobody_has_a_permit_when_one_of_many_is_wrong(doors):
    with pytest.raises(IntegrityError), transaction.atomic():
        many(doors, 3, holders=[("visitor:1", "程立", None), ("guest", "程立", None)])
    with pytest.raises(Problem):
        many(doors, 3, areas=["nowhere"])
    assert not Permit.objects.exists()
    assert many(doors, 3, holders=[]) == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"areas": []}, "areas"),
        ({"areas": ["nowhere"]}, "areas"),
        ({"until_at": timezone.now() - timedelta(days=3)}, "until_at"),
        ({"hours": [{"days": [9]}]}, "hours"),
        ({"until_at": datetime(9999, 12, 31, tzinfo=UTC)}, "until_at"),
    ],
)
def test_what_cannot_be_granted_is_said(doors, wrong, field):
    now = timezone.now()
    with pytest.raises(Problem) as caught:
        actions.grant(
            SYSTEM,
            **{
                "source": "x.y:1", "holder": "visitor:1", "name": "程立", "areas": ["T1"], "from_at": now,
                "until_at": now + timedelta(hours=1),
            }
            | wrong,
        )  # fmt: skip
    assert field in caught.value.errors


def test_permits_of_a_person_are_their_own_and_their_organisations(doors):
    own = doors.grant()
    section = doors.grant(holder=f"organisation:{doors.cast.budget.pk}", name="预算处", source="s:1")
    city = doors.grant(doors.other, holder=f"organisation:{doors.cast.city.pk}", name="江城市", source="s:2")
    doors.grant(holder=f"organisation:{doors.cast.schools.pk}", name="学校处", source="s:3")
    assert set(queries.permits_of(doors.holder)) == {own, section, city}
    assert doors.admit(doors.far).permit == city.pk


def test_who_may_enter_a_place_is_whoever_may_pass_into_an_area_around_it(doors):
    tower = doors.grant(source="s:1")
    vault = doors.grant(doors.vault, source="s:2")
    doors.grant(doors.other, source="s:3")
    assert set(queries.may_enter(doors.cast.office)) == {tower, vault}
    assert set(queries.may_enter(doors.cast.tower)) == {tower, vault}
    assert [area.code for area in queries.areas_of(doors.cast.office)] == ["T1-3"]
    assert [area.code for area in queries.areas_of(doors.cast.other_office)] == ["T2"]
    assert queries.areas_of(doors.cast.site) == []


def test_a_permit_within_opens_what_is_around_it_and_not_the_other_way(doors):
    doors.grant(doors.vault)
    assert doors.admit(doors.gate).allowed
    assert doors.admit(doors.vault_door).allowed
    doors.grant(doors.tower, holder="visitor:1", name="程立", source="s:2")
    assert doors.admit(doors.vault_door, holder="visitor:1").reason == "no_permit"


def test_the_keeper_issues_extends_reviews_and_withdraws(doors):
    clerk, now = doors.cast.clerk, timezone.now()
    permit = actions.issue(
        clerk, person=doors.cast.staff, areas=[doors.tower], from_at=now, until_at=now + timedelta(days=3)
    )
    assert list(queries.permits_kept(clerk)) == [permit]
    assert actions.extend(clerk, permits=[permit.pk], until_at=now + timedelta(days=30)) == 1
    assert actions.review(clerk, permits=[permit.pk]) == 1
    with pytest.raises(Problem):
        actions.withdraw(clerk, permits=[permit.pk], reason=" ")
    assert actions.withdraw(clerk, permits=[permit.pk], reason="调离") == 1
    permit.refresh_from_db()
    assert (permit.state, permit.ended_reason, permit.reviewed_by) == ("ended", "调离", clerk)
    assert [entry.action for entry in Entry.objects.filter(record_type="access.permit").order_by("id")] == [
        "access.grant", "access.extend", "access.review", "access.end",
    ]  # fmt: skip


def test_who_keeps_nothing_gives_and_takes_nothing(doors):
    permit, now = doors.grant(), timezone.now()
    with pytest.raises(NotPermitted):
        actions.issue(
            doors.cast.staff, person=doors.cast.staff, areas=[doors.vault], from_at=now, until_at=None
        )
    with pytest.raises(NotFound):
        actions.withdraw(doors.cast.staff, permits=[permit.pk], reason="x")
    assert not queries.permits_kept(doors.cast.staff).exists()


def test_never_used_for_ninety_days_is_found(doors):
    old = timezone.now() - timedelta(days=120)
    used, unused, young = (
        doors.grant(source=f"s:{n}", from_at=old, holder=f"person:{person.pk}")
        for n, person in enumerate((doors.cast.staff, doors.cast.head, doors.cast.worker))
    )
    Permit.objects.filter(pk__in=[used.pk, unused.pk]).update(created_at=old)
    assert doors.admit(at=timezone.now() - timedelta(days=30)).permit == used.pk
    assert list(queries.permits_kept(doors.cast.clerk, show="unused")) == [unused]
    assert young in queries.permits_kept(doors.cast.clerk)
    assert DoorEvent.objects.count() == 1


def test_what_is_over_for_a_day_ends_by_itself(doors):
    now = timezone.now()
    over = doors.grant(from_at=now - timedelta(days=9), until_at=now - timedelta(days=2))
    just = doors.grant(from_at=now - timedelta(days=9), until_at=now - timedelta(hours=2), source="s:2")
    assert doors.admit().reason == "expired"
    assert actions.settle() == 1
    assert actions.settle() == 0
    over.refresh_from_db()
    just.refresh_from_db()
    assert (over.state, just.state) == ("ended", "active")


def test_the_database_keeps_permits_and_their_areas(doors):
    permit = doors.grant()
    for statement in (
        lambda: permit.delete(),
        lambda: Permit.objects.filter(pk=permit.pk).update(areas=[987654]),
        lambda: Permit.objects.filter(pk=permit.pk).update(areas=[]),
        lambda: Permit.objects.filter(pk=permit.pk).update(holder="somebody"),
        lambda: doors.gate.delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            statement()


def test_each_change_draws_a_later_version(doors):
    permit = doors.grant()
    first = queries.latest_version()
    actions.end(SYSTEM, source=permit.source)
    assert queries.latest_version() > first
