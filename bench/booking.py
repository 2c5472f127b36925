"""Booking a room beside the bare INSERT of a booking, and the grid of a day beside its bare statement.

120 rooms with 60,000 bookings in the year. Bookings go to other hours of rooms that need no approval, so that none is
refused. Beside the floor stands `pgbench` with the same INSERT and the same constraints, without Python.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from bench import wrk
from bench.house import House
from bench.measure import (
    cpu_ratio,
    line,
    middle,
    spent,
    statements_of_get,
    statements_of_post,
    used,
    whole,
)
from bench.pages import ACCEPT
from bench.signing import sign_in

CLIENTS = 16
LEAST = 0.5
ROOMS, BOOKINGS, WORKDAYS = 120, 60_000, 250
MOST_BYTES = 60_000
WARM = 100
SETTLE = 0.5
#: Hours at which the year's bookings begin; those that are measured come after them.
YEAR_HOURS = (9, 14)
FREE_FROM, QUARTERS = 18, 11
#: Everything that the year's bookings and pgbench write, but room and time.
_ROW = """
  gen_random_uuid(), '例会', false, {room}, {starts}, {ends}, false, 0, 0, 'booked', {who}, {who}, {section}, '', 6, '', '', 0, '',
  false, 0, '', now()
"""
_COLUMNS = """
  uid, title, private, room_id, starts_at, ends_at, all_day, setup_minutes, clearing_minutes, state, organiser_id, booked_by_id,
  section_id, external_organiser, expected, layout, meeting_class, fen_a_head_day, exceeds, is_main, sequence, gave_back_reason,
  created_at
"""


def measure(house: House) -> bool:
    """Three lines; whether all passed."""
    _year()
    return _grid(house) & _bookings(house) & sign_in(house)


def _year() -> None:
    """Fill the year up to :data:`BOOKINGS`, in working hours, where the demo has left room."""
    from django.db import connection

    from houqin.services.meetings.models import Meeting, Room

    assert Room.objects.count() >= ROOMS, "the demo has fewer rooms"
    who, section = _somebody()
    missing = BOOKINGS - Meeting.objects.count()
    starts = "(d + h * interval '1 hour') AT TIME ZONE 'Asia/Shanghai'"
    row = _ROW.format(
        room="r.place_id", starts=starts, ends=f"{starts} + interval '1 hour'", who=who, section=section
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO meetings_meeting ({_COLUMNS})
            SELECT {row} FROM meetings_room r CROSS JOIN unnest(%s::int[]) h
            CROSS JOIN generate_series(current_date - 180, current_date + 180, interval '1 day') d
            WHERE extract(isodow FROM d) < 6 AND NOT EXISTS (
              SELECT FROM meetings_occupation o WHERE o.part_id = r.place_id
                AND o.during && tstzrange({starts} - interval '30 minutes', {starts} + interval '90 minutes'))
            ORDER BY d, h, r.place_id LIMIT %s""",
            [list(YEAR_HOURS), max(missing, 0)],
        )
        cursor.execute("ANALYZE meetings_meeting, meetings_occupation")


def _somebody() -> tuple[int, int]:
    from houqin.foundation.people.models import Person

    staff = Person.objects.get(username="staff")
    return staff.pk, staff.organisation_id


def _slots() -> Iterator[tuple[Any, datetime]]:
    """Quarters of an hour in the evening that nothing takes, in rooms that anybody may book at once."""
    from django.utils import timezone

    from houqin.services.meetings.models import Meeting, Room

    rooms = list(
        Room.objects.select_related("place")
        .filter(capacity__lt=60, bookable=True, only_for__isnull=True, setup_minutes=0)
        .order_by("place_id")
    )
    first = timezone.localtime().replace(hour=FREE_FROM, minute=0, second=0, microsecond=0)
    for day in range(1, 80):
        begins = first + timedelta(days=day)
        taken = set(
            Meeting.objects.filter(ends_at__gt=begins, starts_at__lt=begins + timedelta(hours=3)).values_list(
                "room_id", flat=True
            )
        )
        for quarter in range(QUARTERS):
            for room in rooms:
                if room.pk not in taken:
                    yield room, begins + timedelta(minutes=15 * quarter)


def _bookings(house: House) -> bool:
    booking, bare = _callers()
    count = 400 if house.quick else 1600
    statements, floor_statements = _statements(booking, bare)
    for made in (bare, booking):
        wrk.feed(house.base, [made() for _ in range(WARM)], connections=CLIENTS)
    rounds = []
    for _ in range(1 if house.quick else 3):
        rounds.append([_fed(house, [made() for _ in range(count)]) for made in (bare, booking)])
    floors, runs = zip(*rounds, strict=True)
    ratio = middle(run.a_second / floor.a_second for (floor, _f), (run, _r) in rounds)
    share = max(run.share for pair in rounds for run, _cost in pair)
    void = share > wrk.MOST_SHARE
    return line(
        "booking",
        figure={"bookings_a_second": round(middle(run.a_second for run, _ in runs), 1), "statements": statements, "cpu_ms": _cost(runs)},
        limit={"inserts_a_second": round(middle(run.a_second for run, _ in floors), 1), "statements": floor_statements, "cpu_ms": _cost(floors)},
        pgbench_inserts_a_second=_pgbench(house, 2 if house.quick else 5),
        ratio=round(ratio, 3),
        bound=f">= {LEAST}",
        cpu_ratio=cpu_ratio([cost for _, cost in floors], [cost for _, cost in runs]),
        clients=CLIENTS,
        client_share=round(share, 3),
        strangers_share=round(middle(cost["strangers"] for pair in rounds for _run, cost in pair), 3),
        void=void,
        **{"pass": ratio >= LEAST and not void},
    )  # fmt: skip


def _callers() -> tuple[Callable[[], wrk.Call], Callable[[], wrk.Call]]:
    """What makes the next booking, and the next bare INSERT of one: each at a time of its own."""
    from houqin.exchange.tokens import create_token

    token, (_who, section), slots = create_token("staff"), _somebody(), _slots()

    def booking() -> wrk.Call:
        room, starts = next(slots)
        body = {
            "room": room.place.code, "subject": "压测会议", "starts_at": starts.isoformat(),
            "ends_at": (starts + timedelta(minutes=15)).isoformat(), "expected": 5,
        }  # fmt: skip
        return "/api/v1/meetings/bookings", token, json.dumps(body, ensure_ascii=False)

    def bare() -> wrk.Call:
        room, starts = next(slots)
        body = {
            "room": room.pk, "starts_at": starts.isoformat(), "section": section,
            "ends_at": (starts + timedelta(minutes=15)).isoformat(),
        }  # fmt: skip
        return "/floor/rooms/bookings", token, json.dumps(body)

    return booking, bare


def _statements(booking: Callable[[], wrk.Call], bare: Callable[[], wrk.Call]) -> tuple[int, int]:
    """The statements of a booking and of its floor, caches warm."""
    for _ in range(2):
        statements_of_post(*booking())
        statements_of_post(*bare())
    statements, told = statements_of_post(*booking())
    floor_statements, _told = statements_of_post(*bare())
    if os.environ.get("BENCH_SQL"):
        print("booking", *told, sep="\n    ", file=sys.stderr)
    return statements, floor_statements


def _fed(house: House, calls: list[wrk.Call]) -> tuple[wrk.Run, dict[str, float]]:
    before = used(house)
    run = wrk.feed(house.base, calls, connections=CLIENTS)
    time.sleep(SETTLE)
    return run, spent(before, used(house), run.requests, run.share)


def _cost(runs: tuple[tuple[wrk.Run, dict[str, float]], ...]) -> dict[str, float]:
    return whole({name: middle(cost[name] for _, cost in runs) for name in runs[0][1]})


def _pgbench(house: House, seconds: int) -> float:
    """Inserts a second by :data:`CLIENTS` connections of pgbench: each into a room and at a time of its own, far ahead."""
    from django.db import connection

    who, section = _somebody()
    rooms = f"(SELECT place_id FROM meetings_room ORDER BY place_id OFFSET :client_id % {ROOMS} LIMIT 1)"
    starts = "timestamptz '2060-01-01' + :slot * interval '15 minutes'"
    with connection.cursor() as cursor:
        cursor.execute("CREATE SEQUENCE IF NOT EXISTS bench_slot")
    row = _ROW.format(
        room=rooms, starts=starts, ends=f"{starts} + interval '15 minutes'", who=who, section=section
    )
    script = house.folder / "booking.sql"
    script.write_text(
        "SELECT nextval('bench_slot') AS slot \\gset\n"
        + " ".join(f"INSERT INTO meetings_meeting ({_COLUMNS}) SELECT {row};".split())
        + "\n",
        encoding="utf-8",
    )
    script.chmod(0o644)
    command = [
        str(house.cluster.program("pgbench")), "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(seconds), "-f", str(script),
        house.cluster.url(),
    ]  # fmt: skip
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"tps = ([\d.]+)", said)
    assert found, said
    with connection.cursor() as cursor:  # the year stays as it was
        cursor.execute("DELETE FROM meetings_occupation WHERE lower(during) >= '2060-01-01'")
        cursor.execute("DELETE FROM meetings_meeting WHERE starts_at >= '2060-01-01'")
        cursor.execute("DROP SEQUENCE bench_slot")
    return round(float(found[1]), 1)


def _grid(house: House) -> bool:
    day = _usual_day()
    cookie, path = house.cookie("staff"), f"/meetings/?day={day}"
    floor_path = f"/floor/rooms/grid?day={day}"
    seconds = 2 if house.quick else 4
    rounds = []
    for address in (floor_path, path):
        _asked(house, address, cookie, 3)
    for _ in range(1 if house.quick else 3):
        rounds.append([_asked(house, address, cookie, seconds) for address in (floor_path, path)])
    statements, told = statements_of_get(path, cookie)
    if os.environ.get("BENCH_SQL"):
        print("grid", *told, sep="\n    ", file=sys.stderr)
    floors, runs = zip(*rounds, strict=True)
    ratio = middle(run.a_second / floor.a_second for (floor, _f), (run, _r) in rounds)
    share = max(run.share for pair in rounds for run, _cost in pair)
    void, sizes = share > wrk.MOST_SHARE, _sizes(house, path, cookie)
    return line(
        "booking-grid",
        figure={"requests_a_second": round(middle(run.a_second for run, _ in runs), 1), "statements": statements, "cpu_ms": _cost(runs)},
        limit={"requests_a_second": round(middle(run.a_second for run, _ in floors), 1), "statements": statements_of_get(floor_path, cookie)[0], "cpu_ms": _cost(floors)},
        ratio=round(ratio, 3),
        bound=f">= {LEAST}",
        **sizes,
        bytes_bound=f"<= {MOST_BYTES}",
        cpu_ratio=cpu_ratio([cost for _, cost in floors], [cost for _, cost in runs]),
        connections=CLIENTS,
        client_share=round(share, 3),
        strangers_share=round(middle(cost["strangers"] for pair in rounds for _run, cost in pair), 3),
        void=void,
        **{"pass": ratio >= LEAST and sizes["bytes"] <= MOST_BYTES and not void},
    )  # fmt: skip


def _usual_day() -> date:
    """A working day of the last weeks, which hold the demo's bookings besides the year's, with as many as the year has on average."""
    from django.db.models import Count
    from django.db.models.functions import TruncDate
    from django.utils import timezone

    from houqin.services.meetings.models import OCCUPYING, Meeting

    now = timezone.now()
    rows = Meeting.objects.filter(
        starts_at__lt=now, starts_at__gt=now - timedelta(days=60), state__in=OCCUPYING
    )
    days = rows.order_by().annotate(day=TruncDate("starts_at")).values_list("day").annotate(n=Count("pk"))
    found: date = min(days, key=lambda row: abs(row[1] - BOOKINGS / WORKDAYS))[0]
    return found


def _asked(house: House, address: str, cookie: str, seconds: float) -> tuple[wrk.Run, dict[str, float]]:
    before = used(house)
    run = wrk.page(house.base + address, {**ACCEPT, "Cookie": cookie}, connections=CLIENTS, seconds=seconds)
    return run, spent(before, used(house), run.requests, run.share)


def _sizes(house: House, path: str, cookie: str) -> dict[str, int]:
    """Bytes of the page: as it is, and as it travels."""
    import httpx

    with httpx.Client(trust_env=False, headers={**ACCEPT, "Cookie": cookie}, timeout=30) as client:
        with client.stream("GET", house.base + path) as answer:
            travels = sum(len(part) for part in answer.iter_raw())
        whole_page = len(client.get(house.base + path).content)
    return {"bytes": whole_page, "bytes_sent": travels}
