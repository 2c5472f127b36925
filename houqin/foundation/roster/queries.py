"""Reading previews; each belongs to whoever uploaded it."""

from __future__ import annotations

from django.db.models import QuerySet

from houqin.foundation.errors import NotFound
from houqin.foundation.people.models import Organisation, OrganisationKind, Person
from houqin.foundation.people.scope import authorise_everywhere
from houqin.foundation.roster.actions import MANAGE
from houqin.foundation.roster.models import Draft

_LISTED = ("id", "name", "state", "created_at", "ended_at", "counts", "owner_id", "problem")


def drafts_of(actor: Person) -> QuerySet[Draft]:
    """One's own imports, the latest first, without what they hold. Raises NotPermitted without the right."""
    authorise_everywhere(actor, MANAGE)
    return Draft.objects.filter(owner=actor).only(*_LISTED).order_by("-id")


def draft_of(actor: Person, pk: int) -> Draft:
    """One of them with all it holds but the file. Raises NotFound where it is another's."""
    authorise_everywhere(actor, MANAGE)
    found = Draft.objects.filter(owner=actor, pk=pk).defer("content").first()
    if found is None:
        raise NotFound
    return found


def units_to_choose() -> QuerySet[Organisation]:
    """Every unit that is open, by name."""
    open_units = Organisation.objects.filter(kind=OrganisationKind.UNIT, ended_on__isnull=True)
    return open_units.only("id", "name").order_by("pinyin", "id")
