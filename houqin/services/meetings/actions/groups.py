"""Groups of participants who are asked again and again."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from houqin.foundation.errors import NotFound, Problem
from houqin.foundation.people.models import Person
from houqin.foundation.trail import actions as trail
from houqin.services.meetings import queries
from houqin.services.meetings.actions import booking
from houqin.services.meetings.models import GroupMember, ParticipantGroup


@transaction.atomic
def save_group(actor: Person, *, meeting: int, name: str) -> ParticipantGroup:
    """Keep the participants of a meeting under a name for the actor's section; one of that name becomes this.

    Raises NotFound, NotPermitted, Problem without a name or participants.
    """
    found = booking.locked(actor, meeting)
    if not name.strip():
        raise Problem(errors={"name": [_("请填写分组名称。")]})
    people = list(found.participants.filter(stands_in_for__isnull=True).order_by("id"))
    if not people:
        raise Problem(errors={"name": [_("名单还是空的，请先邀请参会人。")]})
    group, _new = ParticipantGroup.objects.get_or_create(section=actor.organisation, name=name.strip()[:50])
    group.members.all().delete()
    GroupMember.objects.bulk_create(
        GroupMember(
            group=group, person=each.person, name=each.name, organisation=each.organisation, post=each.post, phone=each.phone
        )
        for each in people
    )  # fmt: skip
    trail.record(actor, "meetings.save_group", group, after={"members": len(people)})
    return group


@transaction.atomic
def drop_group(actor: Person, *, group: int) -> None:
    """Keep it no longer. Raises NotFound for another section's."""
    found = queries.groups_of(actor).filter(pk=group).first()
    if found is None:
        raise NotFound
    trail.record(actor, "meetings.drop_group", found, before={"name": found.name})
    found.delete()
