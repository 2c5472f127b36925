"""What can stand in a visitor's way, with the way out."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from houqin.foundation.errors import Conflict


class AskDutyOffice(Conflict):
    """The visitor is on the list of those not let in, or was held back; at the gate no more is said than whom to ask."""

    code = "ask_duty_office"
    message = _("请联系值班室核实后放行。")


class Lapsed(Conflict):
    """The induction or the insurance of a contractor's worker is over."""

    code = "contractor_lapsed"


class NotLetIn(Conflict):
    """The doors refuse: the pass is old or was used, the time is not right. The message says which."""

    code = "not_let_in"
