"""Telephone intake: from a number, a name or a staff number to the caller, and to what the caller asked for before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from houqin.affairs import queries as affairs
from houqin.affairs.declare import Kind
from houqin.affairs.models import Case
from houqin.affairs.offers import Offered, catalogue
from houqin.foundation import standards
from houqin.foundation.people.models import Person
from houqin.foundation.people.queries import find_people, people_of, phone_lookup
from houqin.foundation.sealed.value import Personal

#: Callers of one phone or one name that are offered, and cases of theirs that are shown.
MOST_PEOPLE, MOST_CASES = 6, 5


@dataclass(frozen=True)
class Caller:
    """Who may be calling: people found, the phone number if one was typed, and their latest cases."""

    text: str
    phone: str | Personal
    people: Sequence[Person]
    cases: Sequence[Case]

    @property
    def unknown(self) -> bool:
        return bool(self.text) and not self.people


def phone_in(text: str) -> str:
    """The whole phone number that was typed, in its normal form; empty for a name or a part of a number."""
    try:
        return standards.phone(text)
    except standards.Unfit:
        return ""


def find_caller(actor: Person, text: str) -> Caller:
    """Whoever ``text`` stands for. A clerk who may not look people up still sees the cases of the number."""
    text = text.strip()[:40]
    if not text:
        return Caller("", "", (), ())
    typed = phone_in(text)
    people = list(phone_lookup(actor, typed)[:MOST_PEOPLE]) if typed else []
    people = people or list(find_people(actor, text, limit=MOST_PEOPLE))
    phone = typed or (people[0].phone if people else "")
    return Caller(text, phone, people, list(affairs.by_phone(actor, phone)[:MOST_CASES]) if phone else ())


def person_called(actor: Person, pk: str) -> Person | None:
    """The person a clerk chose, if the clerk may look them up."""
    if not (pk.isascii() and pk.isdigit() and len(pk) < 18):
        return None
    return people_of(actor).filter(pk=pk).select_related("organisation", "usual_place").first()


def offers_by_phone(actor: Person) -> list[Offered]:
    """Items that can be asked for by telephone, the popular ones first."""
    found = catalogue(actor.organisation)
    taken = [each for each in found if "phone" in each.item.channels and each.item.kind is Kind.CASE]
    return sorted(taken, key=lambda each: not each.item.popular)
