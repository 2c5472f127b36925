"""The pictures of the documentation: pages of the demo compound as a phone and a desktop show them.

Loads the demo into a database of its own, on a Wednesday in July at five past ten, and writes
`docs/images/<page>-<width>.png`. What the watch of the browser journeys finds wrong with a page is told, and fails.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import time_machine
from PIL import Image

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))
IMAGES = HERE / "docs" / "images"
NOW = datetime(2026, 7, 15, 10, 5, tzinfo=ZoneInfo("Asia/Shanghai"))
MOST_BYTES = 250_000


@dataclass(frozen=True)
class Picture:
    """A page: the account that looks at it, its address, and what is done there before the picture is taken."""

    name: str
    username: str
    address: Callable[[], str]
    prepare: Callable[[object], None] = lambda visitor: None


def pictures() -> list[Picture]:
    """What is shown, in the order of a first visit."""
    return [
        Picture("home", "staff", lambda: "/"),
        Picture("services", "staff", lambda: "/services"),
        Picture("report", "staff", lambda: "/services/repairs.report", _fill_report),
        Picture("case", "staff", _case_of_staff),
        Picture("notices", "staff", lambda: "/notices"),
        Picture("todo", "worker", lambda: "/todo"),
        Picture("board", "dispatcher", lambda: "/board"),
        Picture("intake", "dispatcher", lambda: "/intake", _fill_intake),
        Picture("insights", "dispatcher", lambda: "/repairs/insights"),
        Picture("letter", "dispatcher", _letter_to_sort),
        Picture("digest", "manager", lambda: "/mailbox/digest?since=2026-06-01&until=2026-06-30"),
        Picture("published", "staff", lambda: "/mailbox/published"),
        Picture("pass", "staff", lambda: "/access/"),
        Picture("doors", "guard", lambda: "/access/board"),
        Picture("door-permits", "guard", lambda: "/access/permits?show=expiring"),
        Picture("invite", "staff", lambda: "/visitors/invite"),
        Picture("gate", "guard", lambda: "/visitors/gate"),
        Picture("walk-in", "guard", lambda: "/visitors/walk-in"),
        Picture("muster", "guard", lambda: "/visitors/muster"),
        Picture("visit-rules", "guard", lambda: "/visitors/rules"),
        Picture("visits", "manager", lambda: "/visitors/insight"),
        Picture("parking", "staff", lambda: "/parking/"),
        Picture("parking-guide", "staff", lambda: "/parking/guide", _ask_the_way),
        Picture("parking-desk", "guard", lambda: "/parking/keep"),
        Picture("parking-setup", "sysadmin", _lot_to_set_up),
        Picture("rotation", "staff", _drawn_rotation),
        Picture("rooms", "staff", lambda: "/meetings/"),
        Picture(
            "find-room",
            "staff",
            lambda: f"/meetings/find?seats=12&minutes=60&first={NOW:%Y-%m-%d}&last={NOW:%Y-%m-%d}",
        ),
        Picture("rooms-week", "staff", lambda: "/meetings/week"),
        Picture("taken", "clerk", _taken_room, _book),
        Picture("panel", "guard", _door_panel),
        Picture("guest", "guard", _pass_of_guest),
        Picture("attendance", "clerk", lambda: f"/meetings/{_plenary()}/attendance"),
        Picture("feedback", "staff", _how_it_was),
        Picture("participants", "clerk", lambda: f"/meetings/{_plenary()}/participants"),
        Picture("run-sheet", "clerk", lambda: f"/meetings/events/{_plenary_event()}/sheet"),
        Picture("rooms-figures", "clerk", lambda: "/meetings/figures"),
        Picture("settings", "sysadmin", lambda: "/settings/items/repairs.report"),
        Picture("backoffice", "sysadmin", lambda: "/backoffice/"),
    ]


def _fill_report(visitor) -> None:  # type: ignore[no-untyped-def]  # houqin is imported later
    visitor.page.get_by_label("什么坏了", exact=True).select_option("air.warm")
    visitor.page.get_by_label("补充描述").fill("开到 20 度还是热，下午有会，请尽快。")


def _fill_intake(visitor) -> None:  # type: ignore[no-untyped-def]
    from houqin.foundation.people.models import Person

    staff = Person.objects.get(username="staff")
    visitor.page.get_by_label("来电号码").fill(staff.phone.clear)
    visitor.page.locator("#caller-found input").first.wait_for()


def _plenary() -> int:
    from houqin.services.meetings.models import Meeting

    return Meeting.objects.get(event__isnull=False, is_main=True).pk


def _plenary_event() -> int:
    from houqin.services.meetings.models import BigEvent

    return BigEvent.objects.get().pk


def _taken_room() -> str:
    """The form for a room and an hour that somebody has already."""
    from django.utils import timezone

    from houqin.services.meetings.models import Meeting

    later = Meeting.objects.filter(
        starts_at__gt=timezone.now(), private=False, state="booked", series__isnull=False
    )
    taken = later.select_related("room__place").earliest("starts_at", "pk")
    begin, end = (timezone.localtime(each) for each in (taken.starts_at, taken.ends_at))
    return f"/meetings/new?room={taken.room.place.code}&from={begin:%Y-%m-%dT%H:%M}&to={end:%Y-%m-%dT%H:%M}"


def _book(visitor) -> None:  # type: ignore[no-untyped-def]
    visitor.page.get_by_label("会议名称", exact=True).fill("数字化专班例会")
    visitor.page.get_by_label("预计人数").fill("6")
    visitor.press("预订", to="/meetings/new")


def _door_panel() -> str:
    from houqin.foundation.people.models import Person
    from houqin.services.meetings import actions

    keeper = Person.objects.get(username="clerk")
    return f"/meetings/panel/{actions.make_panel(keeper, room=_running().room_id)}"


def _running():  # type: ignore[no-untyped-def]
    from django.utils import timezone

    from houqin.services.meetings.models import Meeting

    now = timezone.now()
    return Meeting.objects.filter(starts_at__lte=now, ends_at__gt=now, private=False).earliest(
        "starts_at", "pk"
    )


def _pass_of_guest() -> str:
    from houqin.services.meetings.models import Participant

    guests = Participant.objects.filter(meeting=_plenary(), person=None)
    return f"/meetings/p/{guests.earliest('pk').token}"


def _how_it_was() -> str:
    from houqin.services.meetings.models import Participant

    ended = Participant.objects.filter(meeting__state="ended", feedback=None, signed_in_at__isnull=False)
    return f"/meetings/p/{ended.latest('meeting__ends_at', 'pk').token}/feedback"


def _case_of_staff() -> str:
    from houqin.affairs.models import Case

    cases = Case.objects.filter(applicant__username="staff", service="repairs")
    running = cases.filter(state__in=["confirming", "open"]).order_by("state", "-submitted_at").first()
    return (running or cases.latest("submitted_at")).get_absolute_url()


def _letter_to_sort() -> str:
    """A letter that waits at the desk, with the suggestion that the worker's jobs would have made."""
    from houqin.foundation.trail.actors import SYSTEM
    from houqin.services.mailbox.actions import learning
    from houqin.services.mailbox.models import Letter

    learning.train(SYSTEM)
    learning.suggest_waiting()
    waiting = Letter.objects.filter(sorted_at=None, suggested__isnull=False, anonymous=False)
    return waiting.latest("received_at").case.get_absolute_url()


def _ask_the_way(visitor) -> None:  # type: ignore[no-untyped-def]
    visitor.page.get_by_label("要充电").check()
    visitor.press("查看", to="/parking/guide")


def _lot_to_set_up() -> str:
    from houqin.services.parking.models import Lot

    return f"/parking/setup/lots/{Lot.objects.earliest('position').pk}"


def _drawn_rotation() -> str:
    from houqin.services.parking.models import Rotation

    return f"/parking/rotations/{Rotation.objects.get(state='drawn').pk}"


@contextmanager
def demo() -> Iterator[str]:
    """The demo compound, served by a thread of this process. Gives its address."""
    folder = Path(tempfile.mkdtemp(prefix="hq-pictures-"))
    folder.chmod(0o755)
    os.environ.update(
        HOUQIN_MODE="test",
        HOUQIN_DATA_DIR=str(folder),
        DJANGO_SETTINGS_MODULE="houqin.project.settings_test",
        DJANGO_ALLOW_ASYNC_UNSAFE="1",
    )
    with ExitStack() as stack:
        from houqin.project.postgres import Cluster, use

        cluster = stack.enter_context(use(Cluster(folder / "postgres", fleeting=True), folder))
        os.environ["HOUQIN_DATABASE_URL"] = cluster.url()
        (folder / "static").mkdir()
        import django

        django.setup()
        stack.enter_context(time_machine.travel(NOW, tick=True))
        _load()
        yield stack.enter_context(_serving())


def _load() -> None:
    from django.core.management import call_command

    from houqin.project import demo as compound

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    compound.load(today=NOW.date())


@contextmanager
def _serving() -> Iterator[str]:
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.db import connections
    from django.test.testcases import LiveServerThread

    thread = LiveServerThread("localhost", StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://localhost:{thread.port}"
    thread.terminate()
    connections.close_all()


def take(base: str, only: tuple[str, ...], into: Path) -> list[str]:
    """Take every picture at both widths; answers what was found wrong."""
    from django.conf import settings
    from django.test import Client

    from houqin.foundation.people.models import Person
    from houqin.testing.browser import DESKTOP, PHONE, Visitor, chromium, window

    faults: list[str] = []
    with chromium() as browser:
        for picture in pictures():
            if only and picture.name not in only:
                continue
            client = Client()
            client.force_login(Person.objects.get(username=picture.username))
            key = client.cookies[settings.SESSION_COOKIE_NAME].value
            for width in (PHONE, DESKTOP):
                context = window(browser, width, device_scale_factor=2 if width == PHONE else 1)
                context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": base}])
                visitor = Visitor(context, base, faults, picture.username)
                visitor.go(picture.address())
                picture.prepare(visitor)
                visitor.look()
                visitor.page.evaluate("() => { document.activeElement?.blur(); scrollTo(0, 0); }")
                _keep(visitor.page.screenshot(), into / f"{picture.name}-{width}.png")
                context.close()
    return faults


def _keep(raw: bytes, path: Path) -> None:
    """Write a picture with as many colours as fit into ``MOST_BYTES``."""
    picture = Image.open(BytesIO(raw)).convert("RGB")
    for colours in (256, 128, 64):
        made = BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(made, "PNG", optimize=True)
        if made.tell() <= MOST_BYTES:
            break
    path.write_bytes(made.getvalue())
    print(f"{path.name}  {made.tell() // 1000} kB", flush=True)


@click.command()
@click.argument("only", nargs=-1)
@click.option(
    "--into", type=click.Path(file_okay=False, path_type=Path), default=IMAGES, help="Where they go."
)
def main(only: tuple[str, ...], into: Path) -> None:
    """Take all pictures, or only those named."""
    into.mkdir(parents=True, exist_ok=True)
    with demo() as base:
        faults = take(base, only, into)
    for fault in faults:
        print(f"✗ {fault}", file=sys.stderr)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
