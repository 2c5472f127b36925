"""Reading the state that a plan is made against: five queries whatever there is."""

from __future__ import annotations

from collections import defaultdict

from django.utils import timezone

from houqin.foundation import tree
from houqin.foundation.people.models import Appointment, Organisation, OrganisationKind, Person, Role
from houqin.foundation.people.permissions import ADMINISTRATORS
from houqin.foundation.roster.columns import Meaning
from houqin.foundation.roster.known import Known, KnownPerson
from houqin.foundation.roster.models import ColumnMemory, Spelling
from houqin.foundation.roster.text import organisation_name
from houqin.foundation.roster.units import Section, Unit

STAFF = "staff"


def known() -> Known:
    """What the database knows now."""
    today = timezone.localdate()
    state = Known(today)
    _organisations(state)
    role = Role.objects.filter(code=STAFF).first()
    state.staff_role = role.pk if role else None
    state.people = _people(state)
    return state


def choices() -> dict[str, dict[str, str]]:
    """What was said of columns before, by signature."""
    meanings = set(Meaning)
    return {
        signature: {label: meaning for label, meaning in said.items() if meaning in meanings}
        for signature, said in ColumnMemory.objects.values_list("signature", "meanings")
    }


def _organisations(state: Known) -> None:
    rows = list(
        Organisation.objects.order_by("path").values_list(
            "id", "parent_id", "path", "kind", "code", "name", "short_name", "ended_on"
        )
    )
    state.codes = {row[4] for row in rows}
    spellings: dict[int, set[str]] = defaultdict(set)
    for organisation, text in Spelling.objects.values_list("organisation_id", "text"):
        spellings[organisation].add(text)
    units: dict[int, Unit] = {}
    for pk, _parent, path, kind, _code, name, short, ended in rows:
        if ended and ended <= state.today:
            continue
        if kind == OrganisationKind.REGION:
            state.homes.append(name)
            state.region = state.region or pk
        elif kind == OrganisationKind.UNIT:
            units[pk] = Unit(name, pk, short, spellings[pk])
        elif kind == OrganisationKind.SECTION:
            unit = next((units[above] for above in reversed(tree.ids(path)) if above in units), None)
            if unit:
                unit.sections.setdefault(organisation_name(name), Section(name, pk))
    state.units = list(units.values())


def _people(state: Known) -> list[KnownPerson]:
    posts: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    kept: set[int] = set()
    administrators: set[int] = set()
    current = Appointment.objects.filter(to_on__isnull=True).order_by("id")
    for pk, person, role, organisation, office in current.values_list(
        "id", "person_id", "role_id", "organisation_id", "role__office"
    ):
        if office in ADMINISTRATORS:
            administrators.add(person)
        if role == state.staff_role:
            posts[person][organisation].append(pk)
        else:
            kept.add(person)
    rows = Person.objects.order_by("id").values_list(
        "id", "name", "organisation_id", "id_number", "phone", "post", "ended_on"
    )
    return [
        KnownPerson(
            pk,
            name,
            organisation,
            id_number.clear,
            phone.clear,
            post,
            ended is not None and ended <= state.today,
            pk in kept,
            pk in administrators,
            dict(posts[pk]) if pk in posts else {},
        )
        for pk, name, organisation, id_number, phone, post, ended in rows.iterator(chunk_size=5000)
    ]
