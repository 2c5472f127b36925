"""Several people at the same moment, on connections of their own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from houqin.affairs.models import Case
from houqin.foundation.errors import Conflict, Problem
from houqin.services.mailbox.actions import matters, publications, receipts, spots
from houqin.services.mailbox.models import Letter, Publication, SpotRating

pytestmark = pytest.mark.db_facing


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each answered, or the Problem it met."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return act()
        except Problem as problem:
            return problem
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_a_form_sent_four_times_at_once_is_one_letter(committed_post):
    def send():
        return receipts.write_anonymously(words="食堂三楼的菜太咸。", ticket="one form")

    answers = at_once(*[send] * 4)
    assert Letter.objects.count() == 1
    assert sum(isinstance(each, Conflict) for each in answers) == 3


def test_low_ratings_of_a_place_at_once_are_one_letter(committed_post):
    place = committed_post.cast.toilet
    at_once(*[lambda: spots.rate_spot(place, stars=1, words="有异味")] * 4)
    assert SpotRating.objects.count() == 4
    assert Case.objects.filter(service="mailbox").count() == 1


def test_a_letter_joins_one_matter_whoever_joins_it(committed_post):
    post = committed_post
    first, second, third = (post.write(f"食堂三楼的菜太咸，第{number}次。") for number in range(3))
    master = post.cast.dispatcher
    at_once(
        lambda: matters.join_letters(master, lead=first.number, others=[third.pk]),
        lambda: matters.join_letters(master, lead=second.number, others=[third.pk]),
    )
    joined = Letter.objects.exclude(matter=None)
    assert joined.exists()
    for letter in joined:
        assert Letter.objects.get(pk=letter.matter_id).matter_id == letter.matter_id  # its lead leads


def test_answering_and_joining_at_once_leave_nobody_without_an_answer(committed_post):
    post = committed_post
    lead, other = post.write("食堂三楼的菜太咸了。"), post.write("三楼食堂的菜太咸。")
    post.sort(lead)
    at_once(
        lambda: post.answer(Case.objects.get(pk=lead.pk)),
        lambda: matters.join_letters(post.cast.dispatcher, lead=lead.number, others=[other.pk]),
    )
    letter = Letter.objects.get(case=other)
    assert (letter.matter is None) == (letter.answered_at is None)


def test_a_publication_is_approved_once(committed_post):
    post = committed_post
    letter = post.answered(may_publish=True)
    number = letter.case.number
    publications.edit_publication(
        post.cast.dispatcher, letter=number, title="咸", words="咸。", answer="已减盐。"
    )
    answers = at_once(*[lambda: publications.approve_publication(post.cast.manager, letter=number)] * 3)
    assert sum(isinstance(each, Publication) for each in answers) == 1
    assert sum(isinstance(each, Conflict) for each in answers) == 2
