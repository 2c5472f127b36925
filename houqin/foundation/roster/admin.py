"""The back office of spellings."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin

from houqin.foundation.people.backoffice import BackOfficeAdmin
from houqin.foundation.people.models import Person
from houqin.foundation.roster import actions
from houqin.foundation.roster.models import Spelling


def add_spelling(actor: Person, values: Any) -> Spelling:
    """As the form of the back office says it."""
    return actions.change_spelling(actor, spelling=Spelling(), values=values)


def change_spelling(actor: Person, spelling: Spelling, values: Any) -> Spelling:
    """As the form of the back office says it."""
    return actions.change_spelling(actor, spelling=Spelling.objects.get(pk=spelling.pk), values=values)


@admin.register(Spelling)
class SpellingAdmin(BackOfficeAdmin):
    permission = "people.import"
    deletable: ClassVar[bool] = True
    list_display = ["text", "organisation"]
    list_select_related = ["organisation"]
    search_fields = ["text", "organisation__name"]
    autocomplete_fields = ["organisation"]
    fields = ["organisation", "text"]
    add_action = staticmethod(add_spelling)
    change_action = staticmethod(change_spelling)
