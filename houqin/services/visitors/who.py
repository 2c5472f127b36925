"""Who decides on a visit: the host, the host's head, and whoever looks after visits."""

from collections.abc import Sequence

from houqin.affairs.conditions import condition
from houqin.affairs.models import Case
from houqin.affairs.who import Holder, heads_over, who
from houqin.foundation.people import scope
from houqin.services.visitors.models import Visit


@who("visitors.host")
def host_of_visit(case: Case, argument: str) -> Sequence[Holder]:
    """Whom the visitor wants to see."""
    visit = Visit.objects.select_related("host__organisation").filter(case=case).first()
    return [Holder(section=visit.host.organisation, person=visit.host)] if visit else []


@who("visitors.host_or_office")
def host_or_office(case: Case, argument: str) -> Sequence[Holder]:
    """Whom the visitor wants to see; with them whoever approves in the section that looks after the gate, for a host who does not answer
    while somebody stands there.
    """
    return [*host_of_visit(case, argument), Holder(section=case.section)]


@who("visitors.head")
def head_of_host(case: Case, argument: str) -> Sequence[Holder]:
    """The head above the host, who is not the applicant."""
    visit = Visit.objects.select_related("host__organisation").filter(case=case).first()
    if visit is None:
        return []
    heads = heads_over(visit.host.organisation, applicant_id=case.applicant_id or visit.host_id)
    return [Holder(person=head) for head in heads]


@who("visitors.keeper")
def keeper_of_visits(case: Case, argument: str) -> Sequence[Holder]:
    """Those who keep visits of the case's section, but the applicant; where nobody else does, a head above."""
    place = case.place.path if case.place else ""
    keepers = scope.holders(
        "visitors.keep", organisation_path=case.section.path, place_path=place, service="visitors"
    ).exclude(pk=case.applicant_id or 0)
    people = list(keepers) or heads_over(case.section, applicant_id=case.applicant_id)
    return [Holder(section=case.section, person=person) for person in people]


@condition("visitors.exceeds")
def goes_further(case: Case) -> bool:
    """Whether the visit goes further than its host's own right."""
    return Visit.objects.filter(case=case).exclude(exceeds="").exists()
