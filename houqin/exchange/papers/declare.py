"""What a paper says: title, facts, tables, signature lines and a code; and which papers there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.errors import NotFound
from houqin.foundation.registry import Registry
from houqin.foundation.trail.actors import Actor


@dataclass(frozen=True)
class Facts:
    """Names and what they say, one a line; a line that says nothing is left out."""

    rows: Sequence[tuple[str, str]]
    title: str = ""


@dataclass(frozen=True)
class Table:
    """Rows under heads that are said again on every page; ``widths`` are relative."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    title: str = ""


@dataclass(frozen=True)
class Prose:
    """What somebody wrote, with their line breaks."""

    text: str
    title: str = ""


@dataclass(frozen=True)
class Code:
    """A QR code of an address, and what whoever scans it finds. What is not an address is not printed beside it."""

    address: str
    words: str


@dataclass(frozen=True)
class Paper:
    """One paper for one reader, in their language. Personal numbers come masked: no paper shows one whole.

    ``record`` is what the trail names when somebody takes it; none where it is a list of many.
    """

    title: str
    parts: Sequence[Facts | Table | Prose]
    name: str
    number: str = ""
    signatures: Sequence[str] = ()
    code: Code | None = None
    note: str = ""
    wide: bool = False
    record: models.Model | None = field(default=None, compare=False)


class For(Enum):
    """Who may ask for a paper before any right is looked at."""

    PERSONS = "whoever has signed in"
    TRACKERS = "and a passer-by who has shown number and phone of the case that is the key"
    ANYBODY = "whoever has the key, which only its owner was given"


@dataclass(frozen=True)
class Kind:
    """One kind of paper.

    ``build(actor, key)`` raises NotFound outside the actor's sight and NotPermitted without the right: what the page it is printed from asks.
    A passer-by comes as ``Outsider``, with :attr:`For.ANYBODY` also one without a name.
    """

    build: Callable[[Actor, str], Paper]
    open_to: For = For.PERSONS


#: So many rows a list has at the most; see :func:`left_out`.
MOST_ROWS = 2000
#: Announced in each app's ``papers.py`` by ``service.paper``; the code is part of the paper's address.
PAPERS: Registry[Kind] = Registry("paper")


def at(moment: datetime | None) -> str:
    """A moment as papers say it; nothing for none."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""


def span(since: datetime, until: datetime) -> str:
    """From when to when, as papers say it."""
    return _("%(since)s 至 %(until)s") % {"since": at(since), "until": at(until)}


def left_out(count: int) -> str:
    """What a list of ``count`` rows says below its first :data:`MOST_ROWS`; nothing where it is whole."""
    return _("只列出前 %(most)d 项，请按区域分别打印。") % {"most": MOST_ROWS} if count > MOST_ROWS else ""


def address(path: str) -> str:
    """A page of ours as a code holds it."""
    return f"{settings.BASE_URL.rstrip('/')}{path}"


def number_of(key: str) -> int:
    """A key that is a record's number. Raises NotFound for any other text."""
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        raise NotFound
    return int(key)
