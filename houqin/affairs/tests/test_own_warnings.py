"""The platform's own rules."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from houqin.affairs.models import Case, Route, Warning
from houqin.affairs.warnings import machine
from houqin.affairs.warnings.declare import RULES
from houqin.affairs.warnings.evaluation import evaluate
from houqin.foundation.backups.models import Backup
from houqin.foundation.calendar.models import Year
from houqin.foundation.notices.actions import tell
from houqin.foundation.notices.models import Notice
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail import sealing
from houqin.foundation.trail.actors import SYSTEM
from houqin.foundation.trail.models import Check

#: A Monday, ten in the morning in Shanghai.
MONDAY = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)


def look(code):
    evaluate(RULES[code])
    return {each.subject: each for each in Warning.objects.filter(rule=code, resolved_at=None)}


def words(warning):
    return RULES[warning.rule].words(warning)


def test_a_section_with_many_late_cases(desk):
    cast = desk.cast
    cases = [desk.submit(f"滴漏 {number}") for number in range(6)]
    assert not look("affairs.overdue")
    Case.objects.filter(pk__in=[each.pk for each in cases]).update(due_at=timezone.now() - timedelta(hours=1))
    (warning,) = look("affairs.overdue").values()
    assert words(warning) == "维修科有 6 件超过承诺时限还没有办结"
    assert warning.organisation == cast.repairs
    Case.objects.update(due_at=timezone.now() + timedelta(hours=1))
    assert not look("affairs.overdue")


@pytest.fixture
def monday():
    with time_machine.travel(MONDAY, tick=False):
        yield MONDAY


@pytest.fixture
def duty_section(cast, monday):
    Route.objects.create(item_code="repairs.report", section=cast.repairs)
    return cast.repairs


def test_a_section_that_has_planned_nothing(duty_section):
    (warning,) = look("affairs.duty_gap").values()
    assert (warning.level, words(warning)) == ("red", "维修科今后 7 天没有排班")


def test_nobody_there_in_working_time(cast, duty_section, monday):
    cast.duty(cast.worker, starts_at=monday + timedelta(days=1))
    (warning,) = look("affairs.duty_gap").values()
    assert (warning.level, words(warning)) == ("red", "维修科现在是工作时间，没有人值班")
    cast.duty(cast.worker2)
    cast.duty(cast.worker2, starts_at=monday + timedelta(days=7, hours=-1))
    assert not look("affairs.duty_gap")


def test_hours_that_were_covered_last_week_and_are_not_this_week(cast, duty_section, monday):
    for weeks in (0, 1):
        cast.duty(cast.worker, starts_at=monday + timedelta(days=7 * weeks, hours=-1))
    cast.duty(cast.worker, starts_at=monday - timedelta(days=4), hours=6)
    (warning,) = look("affairs.duty_gap").values()
    assert (warning.level, words(warning)) == (
        "amber",
        "维修科今后 7 天有 6 小时无人值班，最早从 03-19 10:00 起",
    )
    cast.duty(cast.worker2, starts_at=monday + timedelta(days=3), hours=6)
    assert not look("affairs.duty_gap")


def test_duty_of_any_number_of_sections_takes_a_few_questions(
    cast, duty_section, django_assert_max_num_queries
):
    Route.objects.create(item_code="repairs.report", section=cast.general, place=cast.tower)
    for person in (cast.worker, cast.worker2, cast.clerk):
        cast.duty(person, section=cast.general)
    with django_assert_max_num_queries(6):
        assert len(list(RULES["affairs.duty_gap"].find(RULES["affairs.duty_gap"].thresholds))) == 2


@pytest.mark.parametrize(("on", "level"), [((2026, 11, 5), "amber"), ((2026, 12, 10), "red")])
def test_a_year_without_its_notice(cast, on, level):
    with time_machine.travel(datetime(*on, 4, tzinfo=UTC), tick=False):
        warning = look("calendar.year_missing")["year:2027"]
        assert (warning.level, words(warning)) == (level, "2027 年的放假通知尚未录入，办理时限可能算错")
        assert [
            each.person for each in Notice.objects.filter(kind__in=["warnings.amber", "warnings.red"])
        ] == [cast.sysadmin]
        assert warning.url == "/calendar/2027/notice"


def test_a_worker_that_is_silent_is_noticed_by_the_web(cast, as_person, monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '7 minutes')"
        )
    monkeypatch.setattr(machine, "_looked_at", float("-inf"))
    as_person(cast.staff).get("/")
    assert not Warning.objects.exists()
    page = as_person(cast.sysadmin).get("/").content.decode()
    assert "有 1 条预警待处理" in page
    warning = Warning.objects.get()
    assert (warning.level, words(warning)) == ("red", "后台进程已有 7 分钟没有动静，通知和时限监控都停着")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now()")
    assert not look("platform.worker")


def test_jobs_that_wait_without_any_worker(cast):
    assert not look("platform.worker")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('x', 'x', '{}') RETURNING id"
        )
        cursor.execute("UPDATE procrastinate_events SET at = now() - interval '2 minutes'")
    assert look("platform.worker")["worker"].level == "amber"


def test_notices_that_wait_without_any_worker(cast):
    tell([cast.staff], kind="affairs.task", title="待办")
    assert not look("platform.worker")
    Notice.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    assert look("platform.worker")["worker"].level == "amber"


@pytest.mark.parametrize(("free", "level"), [(16, None), (15, "amber"), (5, "red")])
def test_a_disk_that_fills(cast, monkeypatch, free, level):
    monkeypatch.setattr(
        shutil, "disk_usage", lambda folder: SimpleNamespace(total=100 * 10**9, free=free * 10**9, used=0)
    )
    found = list(look("platform.disk").values())
    assert [each.level for each in found] == ([level] if level else [])
    assert not found or f"只剩 {free}%（{free}.0 GB）" in words(found[0])


def backup(hours, **more):
    at = timezone.now() - timedelta(hours=hours)
    fields = {
        "version": "1",
        "place": "/srv/backup",
        "started_at": at,
        "finished_at": at,
        "size_bytes": 1,
        **more,
    }
    return Backup.objects.create(**fields)


def test_a_backup_that_is_too_old_damaged_or_was_never_made(cast):
    assert not look("platform.backup"), "a new installation has time for its first one"
    with time_machine.travel(timezone.now() + timedelta(days=5), tick=False):
        backup(1, finished_at=None, size_bytes=None)
    backup(100)
    warning = look("platform.backup")["backup"]
    assert (warning.level, words(warning)) == ("red", "最近一次备份已是 100 小时以前")
    backup(50)
    assert look("platform.backup")["backup"].level == "amber"
    backup(2, trouble="3 files missing")
    assert words(look("platform.backup")["backup"]) == "最近一次备份里有附件缺失或损坏"
    backup(1)
    assert not look("platform.backup")
    Backup.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE django_migrations SET applied = applied - interval '3 days'")
    assert words(look("platform.backup")["backup"]) == "从未备份，丢失后无法恢复"
    assert [each.person for each in Notice.objects.filter(kind="warnings.red")] == [cast.sysadmin]


def test_sealing_that_is_late(cast, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    trail.record(SYSTEM, "people.test", cast.city)
    assert not look("trail.sealing_late")
    with time_machine.travel(timezone.now() + timedelta(minutes=40), tick=False):
        (warning,) = look("trail.sealing_late").values()
        assert (warning.level, words(warning)) == ("red", "1 条操作留痕还没有封存，最早的已等 40 分钟")
        sealing.seal()
        assert not look("trail.sealing_late")


def test_a_trail_that_was_tampered_with_is_told_to_the_auditor(cast):
    Check.objects.create(entries=7, seconds=1, faults=[{"kind": "altered", "words": "留痕 7 被改动。"}])
    (warning,) = look("trail.broken").values()
    assert "留痕 7 被改动。" in words(warning)
    assert [each.person for each in Notice.objects.filter(kind__in=["warnings.amber", "warnings.red"])] == [
        cast.auditor
    ]
    Check.objects.create(entries=7, seconds=1, faults=[])
    assert not look("trail.broken")


def test_the_calendar_is_not_known_by_a_row_alone(cast):
    with time_machine.travel(datetime(2026, 12, 10, 4, tzinfo=UTC), tick=False):
        assert not Year.objects.filter(year=2027).exists()
        assert "year:2027" in look("calendar.year_missing")
