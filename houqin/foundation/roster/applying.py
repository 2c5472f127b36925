"""Carrying a plan out: everything in the caller's transaction, many rows a statement, each change in the trail."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import F, Q, Value
from django.db.models.functions import Greatest

from houqin.foundation.bulk import copy_in
from houqin.foundation.errors import Conflict
from houqin.foundation.people import sign_in
from houqin.foundation.people.models import Appointment, Person, Role, SignedInSession
from houqin.foundation.people.pinyin import name_key
from houqin.foundation.people.scope import Grant
from houqin.foundation.roster.founding import Founder
from houqin.foundation.roster.ids import next_ids
from houqin.foundation.roster.known import Known
from houqin.foundation.roster.models import Spelling
from houqin.foundation.roster.plan import PersonPlan, Place, Plan
from houqin.foundation.roster.store import STAFF
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import Actor
from houqin.foundation.trail.models import Entry

#: What no password is equal to.
NOBODY_SIGNS_IN = "!"
_PERSON = ("id", "password", "name", "pinyin", "initials", "organisation", "post", "phone", "id_number", "email",
           "language", "large_type", "ended_on")  # fmt: skip
_APPOINTMENT = ("person", "role", "organisation", "service", "from_on", "high_risk")
_BATCH = 500


class Applier:
    """Writes one plan."""

    def __init__(self, actor: Actor, grant: Grant, plan: Plan, known: Known) -> None:
        self.actor, self.grant, self.plan, self.known = actor, grant, plan, known
        self.entries: list[Entry] = []
        self.appointments: list[tuple[Any, ...]] = []

    def apply(self) -> None:
        """Everything, in an order in which each row finds what it points to."""
        self._lock()
        founder = Founder(self.plan, self.known, self._note)
        founder.write()
        self.role = self._staff_role()
        Spelling.objects.bulk_create(
            [Spelling(organisation_id=_pk((unit, None)), text=text) for unit, text in self.plan.spellings],
            update_conflicts=True,  # one that a closed unit left behind goes to whom it means now
            unique_fields=["text"],
            update_fields=["organisation"],
        )
        self._add([*self.plan.added, *self.plan.left_new])
        self._change()
        self._end()
        copy_in(Appointment, _APPOINTMENT, self.appointments)
        trail.record_many(self.entries)

    def _note(self, action: str, record: Any, before: Any = None, after: Any = None, name: str = "") -> None:
        self.entries.append(
            trail.entry(self.actor, action, record, before=before, after=after, grant=self.grant, name=name)
        )

    def _lock(self) -> None:
        """Keep others from the people who change, and make sure that they are as they were when the plan was made."""
        meant = {each.known.pk: each.known for each in self.plan.changed if each.known}
        meant |= {known.pk: known for known, _at in self.plan.ended}
        rows = Person.objects.select_for_update(of=("self",)).filter(pk__in=meant).order_by("pk")
        found = 0
        for pk, name, organisation, phone in rows.values_list("pk", "name", "organisation_id", "phone"):
            was = meant[pk]
            found += (was.name, was.organisation, was.mobile) == (name, organisation, phone.clear)
        if found != len(meant):
            raise Conflict(code="moved_on")

    def _staff_role(self) -> int:
        if self.known.staff_role:
            return self.known.staff_role
        role = Role.objects.create(code=STAFF, name="职工", permissions=[])
        self._note("people.add_role", role, after={"code": STAFF})
        return role.pk

    def _add(self, people: list[PersonPlan]) -> None:
        rows = []
        subject = Person()
        for pk, each in zip(next_ids(Person, len(people)), people, strict=True):
            values = each.values
            ended_on = self.known.today if each.left else None
            assert each.place
            place = _pk(each.place)
            rows.append((
                pk, NOBODY_SIGNS_IN, values["name"], *name_key(values["name"]), place, values["post"],
                values["mobile"], values["id_number"], "", "zh-hans", False, ended_on,
            ))  # fmt: skip
            for post in each.added_posts:
                self._appoint(pk, post)
            subject.pk = pk
            self._note(
                "roster.add_person",
                subject,
                after={
                    "name": values["name"],
                    "organisation_id": place,
                    "post": values["post"],
                    "phone": values["mobile"],
                    "id_number": values["id_number"],
                    **({"ended_on": ended_on} if ended_on else {}),
                },
                name=values["name"],
            )
        copy_in(Person, _PERSON, rows)

    def _appoint(self, person: int, place: Place) -> None:
        self.appointments.append((person, self.role, _pk(place), "", self.known.today, False))

    def _change(self) -> None:
        pks = [each.known.pk for each in self.plan.changed if each.known]
        stored = Person.objects.in_bulk(pks)
        ended_posts: list[int] = []
        for each in self.plan.changed:
            assert each.known
            person = stored[each.known.pk]
            before, after = self._set(person, each)
            for post in each.added_posts:
                self._appoint(person.pk, post)
            if each.added_posts:
                after["posts_added"] = [_pk(post) for post in each.added_posts]
            if each.ended_posts:
                after["appointments_ended"] = each.ended_posts
                ended_posts += each.ended_posts
            self._note("roster.change_person", person, before, after)
        fields = ["name", "pinyin", "initials", "organisation", "post", "phone", "id_number", "ended_on"]
        Person.objects.bulk_update(stored.values(), fields, batch_size=_BATCH)
        yesterday = self.known.today - timedelta(days=1)
        for pks_of_batch in _batches(ended_posts):
            Appointment.objects.filter(pk__in=pks_of_batch).update(
                to_on=Greatest(F("from_on"), Value(yesterday))
            )

    def _set(self, person: Person, each: PersonPlan) -> tuple[dict[str, Any], dict[str, Any]]:
        """Give a person the new values; answers the old and the new ones for the trail."""
        old: dict[str, Any] = {}
        new: dict[str, Any] = {}
        given = dict(each.values)
        wanted: dict[str, Any] = {
            {"mobile": "phone"}.get(field, field): text
            for field, text in given.items()
            if field not in ("place", "ended")
        }
        if "place" in given:
            assert each.place
            wanted["organisation_id"] = _pk(each.place)
        if "ended" in given:
            wanted["ended_on"] = None
        for field, value in wanted.items():
            old[field], new[field] = getattr(person, field), value
            setattr(person, field, value)
        if "name" in wanted:
            person.pinyin, person.initials = name_key(person.name)
        return old, new

    def _end(self) -> None:
        today = self.known.today
        for known, at in self.plan.ended:
            person = Person(pk=known.pk, name=known.name)
            self._note(
                "roster.end_person", person, {"ended_on": None}, {"ended_on": today, "row": at or None}
            )
        for pks in _batches([known.pk for known, _at in self.plan.ended]):
            Person.objects.filter(pk__in=pks).update(ended_on=today)
            running = Q(to_on__isnull=True) | Q(to_on__gt=today)
            Appointment.objects.filter(running, person_id__in=pks).update(
                to_on=Greatest(F("from_on"), Value(today))
            )
            for session in SignedInSession.objects.filter(person_id__in=pks).select_related("person"):
                sign_in.end_sessions(session.person)


def _pk(place: Place) -> int:
    unit, section = place
    pk = section.pk if section else unit.pk
    assert pk is not None
    return pk


def _batches(values: list[int], size: int = 5000) -> Iterable[list[int]]:
    return (values[start : start + size] for start in range(0, len(values), size))
