"""The `houqin` command."""

from __future__ import annotations

import os
import sys

import click


@click.group()
def main() -> None:
    """Houqin: run, feed and look after an installation."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "houqin.project.settings")


@main.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Any Django management command."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["houqin manage", *arguments])
    sys.exit(0)
