"""The demo compound: whole, the same every time, and what its accounts see of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.test import Client, RequestFactory

from houqin.affairs import queries
from houqin.affairs.actions import submit
from houqin.affairs.models import ENDED, Case, Event, Rating, State, Task
from houqin.foundation.calendar import clock
from houqin.foundation.calendar.demo import WorkClock
from houqin.foundation.demo import World, day_of, moment, seconds_of
from houqin.foundation.errors import Problem
from houqin.foundation.notices.models import Notice
from houqin.foundation.people import installation
from houqin.foundation.people.demo.roles import ACCOUNTS, PASSWORD
from houqin.foundation.people.models import DutyShift, Organisation, Person
from houqin.foundation.people.queries import on_duty
from houqin.foundation.personal.fields import PersonalField
from houqin.foundation.places.models import Place
from houqin.foundation.sealed.envelope import WHOLE
from houqin.foundation.trail.models import Entry
from houqin.project import demo
from houqin.project.demo_guard import DemoGuardMiddleware
from houqin.services.access import queries as doors
from houqin.services.access.models import DoorEvent
from houqin.services.meetings.models import BigEvent, Series
from houqin.services.parking.models import Partner
from houqin.services.repairs.models import Device, Incident, MaterialUse, RepairOrder, StockItem, StockMove
from houqin.services.visitors import queries as visitors
from houqin.services.visitors.models import Visit
from houqin.testing.compound import rolled_back

TODAY = date(2026, 7, 15)
#: The hour up to which the compound is told; later on the same day the gate is told up to the clock.
MORNING = datetime(2026, 7, 15, 1, 40, tzinfo=UTC)
SCALE = 1 / 40
CREW_CODES = ["SNB", "DQB", "KTB", "ZHB", "RDB", "BJB", "DTWB", "BXDD"]
TABLES = [
    Organisation, Person, Place, DutyShift, Case, Task, Event, Rating, Notice, RepairOrder, Device, StockItem, StockMove,
    MaterialUse, Incident, Visit,
]  # fmt: skip


def quiet(share: float) -> None:
    """Progress that nobody watches."""


def small_world() -> World:
    return World(seed=demo.SEED, today=TODAY, now=seconds_of(TODAY, demo.MORNING_HOUR), scale=SCALE)


def digest() -> dict[str, Any]:
    """What the tables hold, but for when the load itself was entered in the trail. Of encrypted values their keyed hash
    counts: they are sealed anew each time.
    """
    found = {}
    with connection.cursor() as cursor:
        for model in [*TABLES, Entry]:
            table, key = model._meta.db_table, model._meta.pk.column
            where = "WHERE action <> 'demo.load'" if model is Entry else ""
            columns = ", ".join(
                f'substring("{field.column}", 1, {WHOLE})'
                if isinstance(field, PersonalField)
                else f'"{field.column}"'
                for field in model._meta.concrete_fields
            )
            cursor.execute(
                f"SELECT md5(string_agg(ROW({columns})::text, '|' ORDER BY {key})) FROM {table} {where}"
            )
            found[table] = cursor.fetchone()[0]
    return found


@pytest.fixture(scope="module")
def compound(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """A small demo compound, rolled back when the module's tests are over."""
    with rolled_back(django_db_blocker):
        world = small_world()
        demo.fill(world)
        with time_machine.travel(MORNING, tick=False):
            yield world


def account(username: str) -> Person:
    return Person.objects.select_related("organisation").get(username=username)


def test_the_same_seed_and_day_give_the_same_data(compound: World) -> None:
    first = digest()
    for table in TABLES:
        assert table.objects.exists(), table
    with transaction.atomic():
        with connection.cursor() as cursor:
            names = [model._meta.db_table for model in [*TABLES, Entry, Series, BigEvent, DoorEvent, Partner]]
            for table in ("trail_entry", "repairs_stockmove", "people_integrityrecord"):
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            # A dictionary that migrations brought names sections, and would be emptied along with them.
            cursor.execute(
                "CREATE TEMP TABLE dictionary ON COMMIT DROP AS SELECT * FROM mailbox_lettercategory"
            )
            cursor.execute("UPDATE dictionary SET section_id = NULL")
            cursor.execute(
                f"TRUNCATE {', '.join(names)}, people_role, people_installation, procrastinate_jobs CASCADE"
            )
            cursor.execute("INSERT INTO mailbox_lettercategory SELECT * FROM dictionary")
        demo.load(quiet, today=TODAY, scale=SCALE)
        second = digest()
        transaction.set_rollback(True)
    installation.forget()
    assert second == first


def test_what_was_loaded_is_told_and_not_loaded_twice(compound: World) -> None:
    assert installation.is_demo()
    before = Case.objects.count()
    assert demo.load(quiet, today=TODAY, scale=SCALE) is False
    assert Case.objects.count() == before


@pytest.mark.django_db
def test_a_database_with_anything_else_is_refused(cast: Any) -> None:
    with pytest.raises(Problem, match="空库"):
        demo.load(quiet, today=TODAY, scale=SCALE)
    assert not installation.is_demo()


def test_the_day_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOUQIN_DEMO_TODAY", "2026-07-15")
    assert demo.demo_today() == TODAY
    monkeypatch.setenv("HOUQIN_DEMO_TODAY", "昨天")
    with pytest.raises(Problem, match="2026-07-15"):
        demo.demo_today()


def test_nothing_lies_ahead_of_the_clock(compound: World) -> None:
    now = datetime.fromtimestamp(seconds_of(TODAY, demo.MORNING_HOUR), UTC)
    assert not Case.objects.filter(submitted_at__gt=now).exists()
    assert not Event.objects.filter(at__gt=now).exists()
    assert not Entry.objects.exclude(action="demo.load").filter(at__gt=now).exists()
    assert not Notice.objects.filter(Q(created_at__gt=now) | Q(read_at__gt=now)).exists()


def test_cases_are_whole(compound: World) -> None:
    assert not Case.objects.filter(state__in=ENDED, tasks__state="open").exists()
    opened = Case.objects.filter(state__in=["open", "waiting_applicant"]).annotate(
        n=Count("tasks", filter=Q(tasks__state="open"))
    )
    assert {case.n for case in opened} == {1}
    assert set(Case.objects.values_list("state", flat=True)) >= set(State.values) - {State.REFUSED}
    numbers = list(Case.objects.order_by("id").values_list("submitted_at", flat=True))
    assert numbers == sorted(numbers)
    assert not RepairOrder.objects.filter(finished_at__lt=F("arrived_at")).exists()
    assert not RepairOrder.objects.filter(arrived_at__lt=F("accepted_at")).exists()


def test_the_trail_tells_the_story_of_the_timeline(compound: World) -> None:
    events = (
        Event.objects.exclude(verb="join")
        .order_by("case", "id")
        .values_list("case_id", "verb", "at", "actor_id")
    )
    entries = (
        Entry.objects.filter(record_type="affairs.case")
        .exclude(action="affairs.rate_quality")
        .values_list("record_id", "action", "at", "actor_id")
    )
    told = sorted((case, at, f"affairs.{verb}", actor or 0) for case, verb, at, actor in events)
    kept = sorted((int(case), at, action, actor or 0) for case, action, at, actor in entries)
    assert told == kept
    in_time = list(Entry.objects.exclude(action="demo.load").order_by("id").values_list("at", flat=True))
    assert in_time == sorted(in_time)


def test_each_entry_goes_on_where_the_one_before_ended(compound: World) -> None:
    last: dict[str, Any] = {}
    entries = (
        Entry.objects.filter(record_type="affairs.case").exclude(action="affairs.rate_quality").order_by("id")
    )
    for entry in entries:
        assert entry.before == last.get(entry.record_id, entry.before)
        last[entry.record_id] = entry.after
    for case in Case.objects.all():
        after = last[str(case.pk)]
        assert (after["state"], after["step"], after["version"]) == (case.state, case.step, case.version)


def test_summer_is_hot_and_winter_is_cold(compound: World) -> None:
    def share(category: str, *months: int) -> float:
        cases = Case.objects.filter(submitted_at__month__in=months)
        return cases.filter(category=category).count() / cases.count()

    assert share("air", 7, 8) > 2 * share("air", 3, 4, 10, 11)
    cooling = RepairOrder.objects.filter(fault__code="air.warm")
    assert not cooling.filter(reported_at__month__in=[12, 1, 2]).exists()
    heating = RepairOrder.objects.filter(fault__code="water.heating")
    assert heating.exists()
    assert not heating.filter(reported_at__month__in=[6, 7, 8, 9]).exists()


def test_somebody_of_every_trade_is_on_duty_at_any_hour(compound: World) -> None:
    crews = list(Organisation.objects.filter(code__in=CREW_CODES))
    assert len(crews) == len(CREW_CODES)
    for hours in range(-6 * 24, 20 * 24, 7):
        at = MORNING + timedelta(hours=hours)
        for crew in crews:
            assert on_duty(crew, at=at), (crew, at)


def test_nobody_has_two_duties_of_one_crew_at_once(compound: World) -> None:
    shifts = list(DutyShift.objects.order_by("section", "person", "starts_at"))
    for one, other in pairwise(shifts):
        if (one.section_id, one.person_id) == (other.section_id, other.person_id):
            assert one.ends_at <= other.starts_at


def test_only_the_accounts_can_sign_in(compound: World) -> None:
    assert set(Person.objects.filter(username__isnull=False).values_list("username", flat=True)) == {
        each.username for each in ACCOUNTS
    }
    assert account("staff").check_password(PASSWORD)
    assert not Person.objects.filter(username__isnull=True).exclude(password="!").exists()


@pytest.mark.parametrize("username", [each.username for each in ACCOUNTS])
def test_an_account_opens_its_home(compound: World, username: str) -> None:
    with transaction.atomic():
        client = Client()
        client.force_login(account(username))
        assert client.get("/").status_code == 200
        transaction.set_rollback(True)


def test_staff_has_something_to_answer_and_to_follow(compound: World) -> None:
    staff = account("staff")
    states = [case.state for case in queries.to_answer(staff)]
    assert sorted(states) == ["completed", "confirming", "waiting_applicant"]
    open_case = queries.my_cases(staff).get(state="open")
    assert open_case.tasks.get(state="open").assignee == account("worker")
    assert Notice.objects.filter(person=staff, read_at__isnull=True).count() >= 3


def test_the_worker_is_on_duty_and_has_three_jobs(compound: World) -> None:
    worker, staff = account("worker"), account("staff")
    assert queries.todo_count(worker) == 3
    here = Place.objects.get(pk=staff.usual_place_id)
    for hours in (0, 6, 14, 20):
        assert worker in on_duty(
            worker.organisation, at=MORNING + timedelta(hours=hours), place_path=here.path
        )


def test_what_staff_reports_now_goes_to_the_worker(compound: World) -> None:
    staff = account("staff")
    with transaction.atomic():
        case = submit(
            staff, item="repairs.report", data={"place": str(staff.usual_place_id), "fault": "water.pipe"}
        )
        assert case.tasks.get(state="open").assignee == account("worker")
        transaction.set_rollback(True)


def test_the_dispatchers_board_has_every_column(compound: World) -> None:
    cases = list(queries.board(account("dispatcher")))
    assert {case.state for case in cases} == {"open", "waiting_applicant", "confirming"}
    tasks = [task for case in cases for task in case.open_tasks if case.state == "open"]
    colours = {task.colour() for task in tasks}
    assert {"open", "amber", "red"} <= colours
    assert any(task.assignee is None for task in tasks)
    assert Incident.objects.filter(closed_at__isnull=True).count() == 1


def test_the_head_sees_the_section_and_the_manager_everything(compound: World) -> None:
    assert queries.visible_cases(account("manager")).count() == Case.objects.count()
    head, staff = account("head"), account("staff")
    seen = set(queries.visible_cases(head).values_list("applicant_id", flat=True))
    assert staff.pk in seen
    colleagues = set(Person.objects.filter(organisation=head.organisation_id).values_list("id", flat=True))
    assert seen <= colleagues


def test_stock_is_what_its_moves_add_up_to(compound: World) -> None:
    for item in StockItem.objects.prefetch_related("moves"):
        moves = sorted(item.moves.all(), key=lambda move: move.pk)
        assert item.quantity == sum(move.quantity for move in moves) == moves[-1].left
    for order in RepairOrder.objects.filter(material_fen__gt=0).prefetch_related("materials"):
        assert order.material_fen == sum(use.cost_fen for use in order.materials.all())


def test_the_fast_calendar_agrees_with_the_calendar(compound: World) -> None:
    fast, slow = WorkClock(date(2026, 1, 1), date(2026, 12, 31)), clock.read()
    for number in range(300):
        at = seconds_of(date(2026, 1, 2)) + number * 91_237
        start = datetime.fromtimestamp(at, UTC)
        minutes = number * 7 % 900
        assert datetime.fromtimestamp(fast.add(at, minutes), UTC) == slow.add_working(start, minutes)
        assert datetime.fromtimestamp(fast.add_workdays(at, 3), UTC) == slow.add_workdays(start, 3)
        assert fast.is_workday(day_of(at)) == slow.is_workday(day_of(at))
        assert moment(at) == start.strftime("%Y-%m-%d %H:%M:%S+00")


def test_a_demo_answers_to_this_machine_only(compound: World) -> None:
    guard = DemoGuardMiddleware(lambda request: "answered")  # type: ignore[arg-type, return-value]
    ask = RequestFactory()
    assert guard(ask.get("/", REMOTE_ADDR="127.0.0.1")) == "answered"
    assert guard(ask.get("/", REMOTE_ADDR="::1")) == "answered"
    assert guard(ask.get("/", REMOTE_ADDR="192.168.1.20")).status_code == 403


@pytest.mark.slow
@pytest.mark.django_db
def test_the_whole_compound_is_as_promised() -> None:
    demo.load(quiet, today=TODAY)
    installation.forget()
    assert Organisation.objects.filter(kind="unit").count() == 128
    assert 700 <= Organisation.objects.filter(kind="section").count() <= 910
    assert Person.objects.count() == 8000
    assert Place.objects.filter(space_kind="meeting").count() == 120
    assert Place.objects.filter(space_kind="canteen").count() == 3
    assert Place.objects.filter(space_kind="parking").count() == 4
    assert sum(place.area_m2 or 0 for place in Place.objects.filter(kind="space")) == 580_000
    assert RepairOrder.objects.count() == 24_000
    running = Counter(Case.objects.exclude(state__in=ENDED).values_list("service", flat=True))
    assert 45 <= running["repairs"] <= 75
    assert running["mailbox"]
    assert running["meetings"]
    completed = Case.objects.filter(state="completed").count()
    assert 0.34 <= Rating.objects.filter(kind="applicant").count() / completed <= 0.42
    assert 0.025 <= Task.objects.filter(escalated_at__isnull=False).count() / 24_000 <= 0.05
    assert 0.025 <= Event.objects.filter(verb="reopen").count() / 24_000 <= 0.04
    assert 0.05 <= Event.objects.filter(verb="transfer").count() / 24_000 <= 0.07


def test_the_gate_has_a_morning(compound: World) -> None:
    """Somebody is inside, expected, overdue and gone; who is expected may pass the doors."""
    states = dict(Visit.objects.values_list("state").annotate(n=Count("pk")))
    assert {"inside", "expected", "left", "missed", "cancelled"} <= set(states)
    guard = account("guard")
    assert visitors.expected(guard).exists()
    assert visitors.inside(guard).exists()
    waiting = Visit.objects.filter(state="expected").first()
    assert waiting
    assert doors.permits_of(waiting.holder).exists()
