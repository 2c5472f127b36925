"""Every read around visitors. Other services use ``of_source``, ``inside`` and ``visits``."""

from houqin.services.visitors.queries.gate import (
    expected,
    inside,
    inside_counts,
    overdue,
    visit_of_token,
    visits_at_gate,
)
from houqin.services.visitors.queries.visits import (
    hosted_by,
    is_denied,
    of_phone,
    of_source,
    visit_of_key,
    visits,
    visits_run_by,
)

__all__ = [
    "expected",
    "hosted_by",
    "inside",
    "inside_counts",
    "is_denied",
    "of_phone",
    "of_source",
    "overdue",
    "visit_of_key",
    "visit_of_token",
    "visits",
    "visits_at_gate",
    "visits_run_by",
]
