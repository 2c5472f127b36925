"""People and sections as they are typed into one line: by name, staff number or code."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from houqin.foundation.people.models import Organisation, Person


def words_of(text: str) -> list[str]:
    """The words of a list typed by hand."""
    return [word for word in re.split(r"[\s、，,;；]+", text.strip()) if word]


def people_named(text: str) -> list[Person]:
    """The people a list names by name or staff number. Raises ValidationError for a word that fits nobody, or several."""
    words = words_of(text)
    if not words:
        return []
    fitting: dict[str, list[Person]] = {word: [] for word in words}
    named = Person.objects.active().filter(Q(name__in=words) | Q(staff_number__in=words))
    for person in named.select_related("organisation"):
        for key in {person.name, person.staff_number} & fitting.keys():
            fitting[key].append(person)
    unknown = [word for word, people in fitting.items() if len(people) != 1]
    if unknown:
        names = _("、").join(unknown)
        raise ValidationError(_("%(names)s：没有这个人或有重名，请改填工号。") % {"names": names})
    return [people[0] for people in fitting.values()]


def sections_named(text: str) -> list[Organisation]:
    """The sections or units a list names by name, short name or code. Raises ValidationError as :func:`people_named`."""
    found, unknown = [], []
    for word in words_of(text):
        fitting = list(
            Organisation.objects.filter(
                Q(name=word) | Q(short_name=word) | Q(code=word), ended_on__isnull=True
            )[:2]
        )
        (found.append(fitting[0]) if len(fitting) == 1 else unknown.append(word))
    if unknown:
        raise ValidationError(
            _("%(names)s：没有这个科室或有重名，请改填科室编码。") % {"names": _("、").join(unknown)}
        )
    return found
