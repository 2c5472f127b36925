"""Who decides on a permit for a lot: whoever keeps it, and where nobody else does, a head above."""

from collections.abc import Sequence

from houqin.affairs.models import Case
from houqin.affairs.who import Holder, heads_over, who
from houqin.foundation.people import scope
from houqin.services.parking.models import Lot


@who("parking.keeper")
def keeper_of_lot(case: Case, argument: str) -> Sequence[Holder]:
    """Those who keep the lot, but the applicant; a keeper's own wish goes to a head above the keeping section."""
    lot = Lot.objects.select_related("keeper", "place").filter(place=case.place_id).first()
    if lot is None:
        return []
    keepers = scope.holders(
        "parking.keep", organisation_path=lot.keeper.path, place_path=lot.place.path, service="parking"
    ).exclude(pk=case.applicant_id or 0)
    people = list(keepers) or heads_over(lot.keeper, applicant_id=case.applicant_id)
    return [Holder(section=lot.keeper, person=person) for person in people]
