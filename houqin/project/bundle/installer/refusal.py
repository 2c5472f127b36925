"""Saying no, and saying what is done."""

import sys


class Refusal(Exception):
    """Why nothing, or nothing more, is done; the text says what helps."""


def say(text: str) -> None:
    """Tell the person at the terminal."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - this is a command
