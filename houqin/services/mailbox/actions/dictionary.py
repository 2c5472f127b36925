"""The dictionary of categories, kept in the back office."""

from django.db import transaction

from houqin.foundation.people import scope
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import Actor
from houqin.services.mailbox.models import LetterCategory


@transaction.atomic
def keep_category(actor: Actor, category: LetterCategory) -> LetterCategory:
    """Add or change a category. It is the same for everybody, so the right is needed over everything."""
    grant = scope.authorise_everywhere(actor, "mailbox.manage")
    stored = (
        LetterCategory.objects.select_for_update().filter(pk=category.pk).first() if category.pk else None
    )
    before = trail.values_of(stored) if stored else None
    category.save()
    after = trail.values_of(category)
    if before is None:
        trail.record(actor, "mailbox.add_category", category, after=after, grant=grant)
    else:
        was, now = trail.difference(before, after)
        if was:
            trail.record(actor, "mailbox.change_category", category, before=was, after=now, grant=grant)
    return category
