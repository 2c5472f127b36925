"""`houqin demo --live`: a simulated working day. Each app's `demo/live.py` knows what its people do next."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import import_module
from random import Random

import click
from django.apps import apps
from django.db import OperationalError, close_old_connections
from django.utils.module_loading import module_has_submodule
from django.utils.translation import override

from houqin.foundation.errors import Problem
from houqin.foundation.people.installation import is_demo

PAUSE = (2.0, 9.0)  # seconds between two steps


def steps() -> list[Callable[[Random], str]]:
    """What the services' people can do."""
    found = []
    for config in apps.get_app_configs():
        demo = f"{config.name}.demo"
        if config.name.startswith("houqin.") and module_has_submodule(config.module, "demo"):
            module = import_module(demo)
            if hasattr(module, "__path__") and module_has_submodule(module, "live"):
                found.append(import_module(f"{demo}.live").step)
    return found


def run() -> None:
    """Go on until stopped. Raises Problem unless this is the demo."""
    if not is_demo():
        raise Problem("Only the demo compound can be brought to life.")
    dice, possible = Random(), steps()  # noqa: S311 - a play, no secret
    with override("zh-hans"):
        while True:
            close_old_connections()
            take_one(dice, possible)
            time.sleep(dice.uniform(*PAUSE))


def take_one(dice: Random, possible: list[Callable[[Random], str]]) -> None:
    """One step; what somebody else did meanwhile, or a database that is away, is waited out."""
    try:
        click.echo(dice.choice(possible)(dice))
    except (Problem, OperationalError) as problem:
        click.echo(f"- {problem}", err=True)
