"""Every write to cases. The verbs of a task, the verbs of the applicant, submission, and the administrators' settings."""

from houqin.affairs.actions.applicant import confirm, rate, rate_quality, remind, reopen, supplement, withdraw
from houqin.affairs.actions.perform import Outcome, perform, perform_many
from houqin.affairs.actions.setting import (
    change_item,
    delegate_tasks,
    end_delegation,
    set_favourites,
    set_route,
    unset_route,
)
from houqin.affairs.actions.submission import submit
from houqin.affairs.actions.tasks import (
    accept,
    add_approver,
    approve,
    arrive,
    complete,
    dispatch,
    refuse,
    request_supplement,
    return_step,
    transfer,
)

__all__ = [
    "Outcome",
    "accept",
    "add_approver",
    "approve",
    "arrive",
    "change_item",
    "complete",
    "confirm",
    "delegate_tasks",
    "dispatch",
    "end_delegation",
    "perform",
    "perform_many",
    "rate",
    "rate_quality",
    "refuse",
    "remind",
    "reopen",
    "request_supplement",
    "return_step",
    "set_favourites",
    "set_route",
    "submit",
    "supplement",
    "transfer",
    "unset_route",
    "withdraw",
]
