"""How much is due of each kind, and erasing it now."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from houqin.foundation.retention.actions import erase_due
from houqin.foundation.retention.queries import standings
from houqin.foundation.trail.actors import SYSTEM


class Command(BaseCommand):
    help = "Say what is kept for how long and how much is due; with --erase do now what the job does every night."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--erase", action="store_true", help="erase what is due")

    def handle(self, *args: Any, **options: Any) -> None:
        for each in standings(SYSTEM):
            count = erase_due(each.code) if options["erase"] and each.due else each.due
            verb = "erased" if options["erase"] else "due"
            self.stdout.write(f"{each.code}: kept {each.days} days, {count} {verb}")
