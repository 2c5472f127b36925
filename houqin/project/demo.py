"""The demo compound, 江城市民中心, into an empty database: the order in which every app's ``demo.py`` is called."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from importlib import import_module
from types import ModuleType

import click
from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext as _
from django.utils.translation import override
from procrastinate.exceptions import AlreadyEnqueued

from houqin.affairs.jobs import evaluate_warnings
from houqin.foundation.demo import World, seconds_of
from houqin.foundation.errors import Problem
from houqin.foundation.people import installation
from houqin.foundation.people.models import Installation, Organisation, Person
from houqin.foundation.places.models import Place
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import SYSTEM
from houqin.foundation.trail.jobs import seal

SEED = 20260101
#: The demo's morning: its history is told up to this hour, or to the evening before where that lies ahead.
MORNING_HOUR, EVENING_HOUR = 9 + 40 / 60, 17 + 20 / 60
#: Places first, because people sit in them; then the order of the applications.
FIRST = ("places", "people")


def load(
    progress: Callable[[float], None] | None = None,
    *,
    today: date | None = None,
    seed: int = SEED,
    scale: float = 1.0,
) -> bool:
    """Make the database the demo compound; whether anything was loaded. A demo is left as it is.

    ``progress`` is told each share of the work that was done; without it a bar is shown. ``today`` is
    ``HOUQIN_DEMO_TODAY`` or the present day. Raises Problem when the database holds anything else.
    """
    if Installation.objects.filter(demo=True).exists():
        click.echo(_("已是演示环境，不再装入数据。"), err=True)
        return False
    if Organisation.objects.exists() or Person.objects.exists() or Place.objects.exists():
        raise Problem(_("数据库里已有数据，演示数据只能装入空库；请另建一个库，或换一个 HOUQIN_DATA_DIR。"))
    today = today or demo_today()
    world = World(seed=seed, today=today, now=_now(today), scale=scale)
    if progress:
        world.advance = progress
        fill(world)
    else:
        with click.progressbar(length=1000, label=_("装入演示数据"), file=sys.stderr) as bar:
            world.advance = lambda share: bar.update(round(share * 1000))
            fill(world)
    return True


def fill(world: World) -> None:
    """Load everything in one transaction, and let the database look at all constraints."""
    # What is made here lives until the end: looking through it for garbage again and again is time lost.
    gc.disable()
    try:
        with transaction.atomic(), override("zh-hans"):
            marked = installation.mark_demo(today=world.today, seed=world.seed)
            found = loaders()
            for loader in found:
                loader.load(world)
                world.advance(0.01)
            for loader in found:
                if hasattr(loader, "finish"):
                    loader.finish(world)
            _check()
            world.advance(0.25)
            trail.record(SYSTEM, "demo.load", marked, after={"seed": world.seed, "today": world.today})
    finally:
        gc.enable()
        installation.forget()
    _analyse()
    _hand_on()


def _hand_on() -> None:
    """Let the worker begin with what was told, rather than when its turn comes."""
    for defer in (seal.defer, partial(evaluate_warnings.defer, everything=True)):
        with suppress(AlreadyEnqueued), transaction.atomic():
            defer()


def demo_today() -> date:
    """The demo's day: ``HOUQIN_DEMO_TODAY`` as year-month-day, or today."""
    given = os.environ.get("HOUQIN_DEMO_TODAY", "").strip()
    if not given:
        return timezone.localdate()
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise Problem(_("HOUQIN_DEMO_TODAY 应为日期，如 2026-07-15。")) from None


def loaders() -> list[ModuleType]:
    """The ``demo`` modules of the apps, in the order in which they are called."""
    found = [config for config in apps.get_app_configs() if config.name.startswith("houqin.")]
    found.sort(key=lambda config: FIRST.index(config.label) if config.label in FIRST else len(FIRST))
    modules = [
        import_module(f"{config.name}.demo")
        for config in found
        if module_has_submodule(config.module, "demo")
    ]
    return [module for module in modules if hasattr(module, "load")]


def _now(today: date) -> int:
    """The moment up to which the demo's history is told: never ahead of the clock."""
    morning = seconds_of(today, MORNING_HOUR)
    if morning <= timezone.now().timestamp():
        return morning
    return seconds_of(today - timedelta(days=1), EVENING_HOUR)


def _check() -> None:
    """Let the database look at every constraint now, not at the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _analyse() -> None:
    """Tell the planner what came in, and leave nothing of it for autovacuum, which would come in a minute."""
    with connection.cursor() as cursor:
        # A transaction, such as tests load within, admits no VACUUM.
        cursor.execute("ANALYZE" if connection.in_atomic_block else "VACUUM ANALYZE")
