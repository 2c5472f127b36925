"""Every read around visitors. Other services use ``of_source``, ``inside`` and ``visits``."""

from houqin.services.visitors.queries.gate import (
    expected,
    inside,
    inside_counts,
    overdue,
    visit_of_token,
    visits_at_gate,
)
from houqin.services.visitors.queries.insight import insight
from houqin.services.visitors.queries.lists import (
    contractors_kept,
    contractors_listed,
    denials_kept,
    rules_kept,
    visits_held,
    workers_at_gate,
    workers_kept,
)
from houqin.services.visitors.queries.visits import (
    expected_today,
    hosted_by,
    is_denied,
    of_phone,
    of_source,
    visit_of_key,
    visits,
    visits_run_by,
    visits_seen_by,
)

__all__ = [
    "contractors_kept",
    "contractors_listed",
    "denials_kept",
    "expected",
    "expected_today",
    "hosted_by",
    "inside",
    "inside_counts",
    "insight",
    "is_denied",
    "of_phone",
    "of_source",
    "overdue",
    "rules_kept",
    "visit_of_key",
    "visit_of_token",
    "visits",
    "visits_at_gate",
    "visits_held",
    "visits_run_by",
    "visits_seen_by",
    "workers_at_gate",
    "workers_kept",
]
