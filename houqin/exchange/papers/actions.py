"""Taking a paper: within the taker's scope, and the trail says who took which."""

from __future__ import annotations

from dataclasses import dataclass

from houqin.exchange.papers.declare import PAPERS, Paper
from houqin.exchange.papers.printing import pdf
from houqin.foundation.errors import NotFound
from houqin.foundation.people.models import Person
from houqin.foundation.people.queries import house_name
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import Actor


@dataclass(frozen=True)
class Taken:
    """A paper as a file."""

    content: bytes
    name: str


def find(actor: Actor, *, kind: str, key: str) -> Paper:
    """The paper ``kind`` about ``key`` for ``actor``. Raises NotFound and NotPermitted as whoever announced it says."""
    if "\x00" in key:
        raise NotFound
    return PAPERS[kind].build(actor, key)


def take(actor: Actor, *, kind: str, paper: Paper) -> Taken:
    """A found paper as a file. That a person took it is in the trail: it leaves the house with names in it; passers-by get their own alone."""
    if isinstance(actor, Person):
        said = {"paper": kind, "title": paper.title, "number": paper.number}
        trail.record(actor, "papers.take", paper.record or actor, after=said)
    return printed(paper, actor)


def printed(paper: Paper, actor: Actor) -> Taken:
    """A paper as a file, for who holds what it says already."""
    return Taken(pdf(paper, organisation=house_name(), by=actor.name), f"{paper.name}.pdf")
