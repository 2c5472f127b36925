"""Who decides on a permit in the end: the keeper of its areas."""

from collections.abc import Sequence

from houqin.affairs.models import Case
from houqin.affairs.who import Holder, heads_over, who
from houqin.foundation.people import scope
from houqin.services.access.models import Area, Permit


@who("access.keeper")
def keeper_of_areas(case: Case, argument: str) -> Sequence[Holder]:
    """Those who keep the areas of the permit, but the applicant; where nobody else does, a head above the keeping section."""
    permit = Permit.objects.filter(case=case).first()
    area = Area.objects.select_related("keeper").filter(pk__in=permit.areas if permit else []).first()
    if area is None:
        return []
    keepers = scope.holders("access.keep", organisation_path=area.keeper.path).exclude(
        pk=case.applicant_id or 0
    )
    people = list(keepers) or heads_over(area.keeper, applicant_id=case.applicant_id)
    return [Holder(section=area.keeper, person=person) for person in people]
