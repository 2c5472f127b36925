"""Who approves a booking: whoever keeps the room, and where nobody else does, a head above."""

from collections.abc import Sequence

from houqin.affairs.models import Case
from houqin.affairs.who import Holder, heads_over, who
from houqin.foundation.people import scope
from houqin.services.meetings.models import Room


@who("meetings.keeper")
def keeper_of_room(case: Case, argument: str) -> Sequence[Holder]:
    """Those who manage the room, but the applicant; a keeper's own booking goes to a head above the keeping section."""
    room = Room.objects.select_related("keeper", "place").filter(place=case.place_id).first()
    if room is None:
        return []
    keepers = scope.holders(
        "meetings.rooms", organisation_path=room.keeper.path, place_path=room.place.path, service="meetings"
    ).exclude(pk=case.applicant_id or 0)
    people = list(keepers) or heads_over(room.keeper, applicant_id=case.applicant_id)
    return [Holder(section=room.keeper, person=person) for person in people]
