"""Learning from sorted letters, and suggesting for new ones. The sums are done by a child process of the worker."""

from __future__ import annotations

import base64
import json
import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from houqin.affairs.models import State
from houqin.foundation.errors import Problem
from houqin.foundation.people import scope
from houqin.foundation.people.installation import is_demo
from houqin.foundation.people.models import Organisation
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import Actor
from houqin.services.mailbox.models import Alike, Learned, Letter, LetterCategory

#: With fewer sorted letters, or fewer than two categories with so many of them, nothing is learned.
LEAST_LETTERS, LEAST_A_CATEGORY = 40, 5
MOST_LETTERS = 20_000
AT_ONCE = 50
#: Letters of so many days are compared with a new one; from this cosine on they are proposed as alike.
ALIKE_WITHIN, LEAST_LIKENESS, MOST_RECENT = timedelta(days=30), 0.4, 400
_PROGRAM = "houqin.services.mailbox.learning"
_PATIENCE_SECONDS = 300


class TooFew(Problem):
    """There are too few letters to learn from."""

    code = "too_few_letters"


def train(actor: Actor) -> Learned:
    """Learn anew from the organisation's own sorted letters. Raises TooFew when there is not enough to learn from."""
    grant = scope.authorise_everywhere(actor, "mailbox.manage")
    letters = _sorted_letters()
    answer = _ask({"do": "train", "letters": letters})
    figures, weights = answer["figures"], base64.b64decode(answer["weights"])
    category, section = figures["category"], figures["section"]
    with transaction.atomic():
        learned = Learned.objects.create(
            letters=figures["letters"],
            held_back=figures["held_back"],
            accuracy=category["accuracy"],
            macro_f1=category["macro_f1"],
            baseline_accuracy=category["baseline_accuracy"],
            baseline_macro_f1=category["baseline_macro_f1"],
            section_accuracy=section["accuracy"],
            section_baseline=section["baseline_accuracy"],
            synthetic=is_demo(),
            weights=weights,
            seal=_seal(weights),
        )
        after = {"letters": learned.letters, "accuracy": round(learned.accuracy, 4)}
        trail.record(actor, "mailbox.train", learned, after=after, grant=grant, name=str(learned.pk))
    return learned


def _sorted_letters() -> list[dict[str, Any]]:
    rows = (
        Letter.objects.filter(sorted_at__isnull=False, category__isnull=False)
        .order_by("-received_at", "-pk")
        .values_list("case__data__words", "category__code", "case__section")[:MOST_LETTERS]
    )
    found = [{"words": words, "category": code, "section": section} for words, code, section in rows if words]
    found.reverse()
    counts: dict[str, int] = {}
    for each in found:
        counts[each["category"]] = counts.get(each["category"], 0) + 1
    if len(found) < LEAST_LETTERS or sum(count >= LEAST_A_CATEGORY for count in counts.values()) < 2:
        raise TooFew(
            _(
                "已分办的来信只有 %(n)s 封，至少要 %(least)s 封、两个以上类别各 %(each)s 封，才能训练出有用的建议。"
            )
            % {"n": len(found), "least": LEAST_LETTERS, "each": LEAST_A_CATEGORY}
        )
    return found


def latest() -> Learned | None:
    """What was learned last, if its seal is whole: weights that were changed behind our back are not used."""
    learned = Learned.objects.order_by("-pk").first()
    if learned and not constant_time_compare(learned.seal, _seal(bytes(learned.weights))):
        logging.getLogger(__name__).error("mailbox: the seal of the weights %s is broken", learned.pk)
        return None
    return learned


def suggest_waiting() -> int:
    """Suggest category and section for letters that wait to be sorted, and find those alike; answers how many.

    May run twice at once: nothing is locked while the child process works, and who comes second changes nothing.
    """
    waiting = list(
        Letter.objects.filter(suggested_at__isnull=True, sorted_at__isnull=True)
        .select_related("case")
        .order_by("received_at")[:AT_ONCE]
    )
    if not waiting:
        return 0
    learned = latest()
    answer = _ask(
        {
            "do": "suggest",
            "letters": _said(waiting),
            "recent": _said(_recent(waiting)),
            "least": LEAST_LIKENESS,
            "weights": base64.b64encode(bytes(learned.weights)).decode() if learned else "",
        }
    )
    with transaction.atomic():
        _keep(waiting, learned, {each["id"]: each for each in answer["suggestions"]})
        pairs = [Alike(earlier_id=one, later_id=other, likeness=much) for one, other, much in answer["alike"]]
        Alike.objects.bulk_create(pairs, ignore_conflicts=True)
    return len(waiting)


def _said(letters: Sequence[Letter]) -> list[dict[str, Any]]:
    return [{"id": letter.pk, "words": letter.words} for letter in letters]


def _recent(waiting: Sequence[Letter]) -> list[Letter]:
    since = waiting[0].received_at - ALIKE_WITHIN
    recent = Letter.objects.filter(received_at__gte=since).exclude(
        case__state__in=[State.REFUSED, State.WITHDRAWN]
    )
    recent = recent.exclude(pk__in=[letter.pk for letter in waiting]).select_related("case")
    return list(recent.order_by("-received_at")[:MOST_RECENT])


def _keep(waiting: Sequence[Letter], learned: Learned | None, found: dict[int, dict[str, Any]]) -> None:
    categories = {
        each.code: each for each in LetterCategory.objects.filter(active=True).select_related("section")
    }
    sections = Organisation.objects.filter(ended_on__isnull=True).in_bulk(
        [int(each["section"]) for each in found.values() if each["section"].isdecimal()]
    )
    for letter in waiting:
        guess = found.get(letter.pk)
        if guess and guess["category"] in categories and learned:
            letter.suggested = categories[guess["category"]]
            letter.suggested_section = sections.get(int(guess["section"])) or letter.suggested.section
            letter.confidence, letter.suggested_by = guess["category_confidence"], f"model:{learned.pk}"
        elif category := _by_keywords(letter.words, list(categories.values())):
            letter.suggested, letter.suggested_section = category, category.section
            letter.suggested_by = "keywords"
        Letter.objects.filter(pk=letter.pk, suggested_at__isnull=True, sorted_at__isnull=True).update(
            suggested=letter.suggested,
            suggested_section=letter.suggested_section,
            confidence=letter.confidence,
            suggested_by=letter.suggested_by,
            suggested_at=timezone.now(),
        )


def _by_keywords(words: str, categories: Sequence[LetterCategory]) -> LetterCategory | None:
    """The category most of whose keywords occur; none where two are even."""
    hits = sorted(
        ((sum(word in words for word in each.keywords.split()), each) for each in categories),
        key=lambda hit: -hit[0],
    )
    if not hits or hits[0][0] == 0 or (len(hits) > 1 and hits[1][0] == hits[0][0]):
        return None
    return hits[0][1]


def _ask(request: dict[str, Any]) -> dict[str, Any]:
    """Let the child process do the sums: one thread, and its memory is given back."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-m", _PROGRAM],
        input=json.dumps(request).encode(),
        capture_output=True,
        env=environment,
        timeout=_PATIENCE_SECONDS,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"learning failed: {done.stderr.decode(errors='replace')[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _seal(weights: bytes) -> str:
    return salted_hmac("houqin.mailbox.weights", weights, algorithm="sha256").hexdigest()
