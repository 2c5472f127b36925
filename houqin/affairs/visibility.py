"""Who sees a case's photos and documents: whoever may see the case."""

from houqin.affairs import rights
from houqin.affairs.models import Case
from houqin.foundation.files.access import announce
from houqin.foundation.trail.actors import Actor


def sees_case(actor: Actor, case_id: int) -> bool:
    """Whether ``actor`` may see the case, and so what is attached to it."""
    case = Case.objects.select_related("place", "section", "organisation").filter(pk=case_id).first()
    return case is not None and rights.may_see(actor, case)


announce("affairs.case", sees_case)
