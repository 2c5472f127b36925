"""The way out for the only security administrator whose phone is gone: whoever runs the machine takes the factor away."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from houqin.foundation.people import actions
from houqin.foundation.people.models import Person
from houqin.foundation.trail.actors import SYSTEM


class Command(BaseCommand):
    help = "Take somebody's second factor away. They are signed out, and set up a new one when they sign in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        person = Person.objects.filter(username=options["username"]).first()
        if person is None:
            raise CommandError(f"Nobody signs in as {options['username']}.")
        actions.reset_second_factor(SYSTEM, person=person)
        self.stdout.write(f"{person.name} sets up a second factor at the next sign-in.")
