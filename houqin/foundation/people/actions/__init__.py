"""Every write to organisations, people, roles, appointments and duty. ``actor`` first, one transaction each."""

from houqin.foundation.people.actions.accounts import (
    end_session,
    name_account,
    reset_password,
    reset_second_factor,
    sign_out_everywhere,
    unlock,
)
from houqin.foundation.people.actions.appointments import (
    add_role,
    appoint,
    change_appointment,
    change_role,
    end_appointment,
)
from houqin.foundation.people.actions.duty import (
    copy_week,
    drop_shift,
    hand_over_shift,
    plan_shift,
    substitute_shift,
)
from houqin.foundation.people.actions.factor import (
    drop_factor,
    prove,
    renew_recovery_codes,
    set_up_factor,
)
from houqin.foundation.people.actions.integrity import record_integrity
from houqin.foundation.people.actions.organisations import (
    add_organisation,
    change_organisation,
    end_organisation,
    move_organisation,
    rename_organisation,
)
from houqin.foundation.people.actions.own import (
    change_password,
    change_profile,
    choose_password,
    set_preferences,
)
from houqin.foundation.people.actions.persons import add_person, change_person, end_person

__all__ = [
    "add_organisation",
    "add_person",
    "add_role",
    "appoint",
    "change_appointment",
    "change_organisation",
    "change_password",
    "change_person",
    "change_profile",
    "change_role",
    "choose_password",
    "copy_week",
    "drop_factor",
    "drop_shift",
    "end_appointment",
    "end_organisation",
    "end_person",
    "end_session",
    "hand_over_shift",
    "move_organisation",
    "name_account",
    "plan_shift",
    "prove",
    "record_integrity",
    "rename_organisation",
    "renew_recovery_codes",
    "reset_password",
    "reset_second_factor",
    "set_preferences",
    "set_up_factor",
    "sign_out_everywhere",
    "substitute_shift",
    "unlock",
]
