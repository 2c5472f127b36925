"""A year of letters in the demo compound, and ratings on the spot. Everything in them is invented."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from houqin.affairs.models import Route
from houqin.foundation.bulk import copy_in, set_sequence
from houqin.foundation.demo import Somebody, World, moment
from houqin.services.mailbox import jobs, masking
from houqin.services.mailbox.actions.letters import ITEM
from houqin.services.mailbox.demo import words
from houqin.services.mailbox.demo.history import History
from houqin.services.mailbox.demo.line import FORMER, LETTER, Book, LetterLine
from houqin.services.mailbox.models import (
    FormerAnswer,
    Letter,
    LetterCategory,
    Matter,
    Publication,
    SpotRating,
    UsefulVote,
)
from houqin.services.mailbox.queries.public import ABOUT, spot_tags_of

SPOTS, PUBLISHED_SHARE, WAITING = 1400, 0.06, 3
_SPOT = ("id", "place", "category", "stars", "tags", "words", "at")
_PUBLICATION = ("letter", "title", "words", "answer", "state", "edited_by", "edited_at", "approved_by", "published_at",
                "reason")  # fmt: skip


def load(world: World) -> None:
    """Write sections of the categories, the route, 1,500 letters, what was published, and ratings on the spot."""
    copy_in(
        Route,
        ("item_code", "category", "place", "unit", "section"),
        [(ITEM, "", None, None, world.sections["BGS"])],
    )
    for code, topic in words.TOPICS.items():
        LetterCategory.objects.filter(code=code).update(section=world.sections[topic.section])
    unit = world.sections["JGSW"]
    postmasters = [each for each in world.people if (each.id, "postmaster", unit) in world.appointments]
    book = Book(world, postmasters)
    history = History(book)
    history.tell()
    book.write(after_cases=lambda: _letters(book, history))
    _publications(world, history)
    _spots(world)
    jobs.train.defer()


def _letters(book: Book, history: History) -> None:
    copy_in(Letter, LETTER, book.letters)
    rows = (
        (line.id, line.title, book.postmasters[0].id, moment(line.at + 3600)) for line in history.matters()
    )
    copy_in(Matter, ("lead", "title", "joined_by", "at"), rows)
    copy_in(FormerAnswer, FORMER, book.former)


def _publications(world: World, history: History) -> None:
    """Some answered letters whose writers agreed, edited by one and approved by another; three wait."""
    chance, manager = world.chance("published"), world.accounts["manager"]
    editors = history.book.postmasters
    fit = [line for line in history.lines if line.state == "completed" and line.may_publish and line.answered]
    chosen = sorted(chance.sample(fit, k=max(2, round(len(fit) * PUBLISHED_SHARE))), key=lambda line: line.at)
    rows, votes = [], []
    waiting = min(WAITING, len(chosen) // 2)
    for number, line in enumerate(reversed(chosen)):
        rows.append(_publication(line, editors[number % len(editors)], manager, waiting=number < waiting))
        if number >= waiting:
            voters = chance.sample(history.writers, k=min(len(history.writers), chance.randint(0, 24)))
            votes += [(line.id, each.id, moment(world.now - 60)) for each in voters]
    copy_in(Publication, _PUBLICATION, rows)
    copy_in(UsefulVote, ("publication", "person", "at"), votes)


def _publication(line: LetterLine, editor: Somebody, approver: Somebody, *, waiting: bool) -> tuple[Any, ...]:
    assert line.answered is not None
    edited = line.answered + 86_400
    title, said, answer = (
        masking.mask(text, (), line.who.name) for text in (line.title, line.words, line.answer)
    )
    state = "waiting" if waiting else "published"
    by = None if waiting else approver.id
    return (
        line.id, title, said, answer, state, editor.id, moment(edited), by, None if waiting else moment(edited + 3600), "",
    )  # fmt: skip


def _spots(world: World) -> None:
    copy_in(SpotRating, _SPOT, list(_ratings(world)))  # asked for before the copy has the connection
    set_sequence(SpotRating)


def _ratings(world: World) -> Iterator[tuple[Any, ...]]:
    chance = world.chance("spots rated")
    categories = {each.code: each.pk for each in LetterCategory.objects.all()}
    rated = [spot for spot in world.spots if spot.kind in ABOUT]
    busy = chance.sample(rated, k=min(60, len(rated)))
    for number in range(1, world.many(SPOTS) + 1):
        spot = chance.choice(busy)
        stars = chance.choices((3, 4, 5), weights=(2, 5, 8))[0]
        tags = [tag for tag in chance.sample(spot_tags_of(spot.kind)[:2], k=1) if stars > 3]
        at = world.now - round(chance.random() * 300 * 86_400) - 300
        said = "[" + ", ".join(f'"{tag}"' for tag in tags) + "]"
        yield number, spot.id, categories[ABOUT[spot.kind]], stars, said, "", moment(at)
