"""The doors of the demo go on: controllers give their heartbeat, people pass."""

from __future__ import annotations

from random import Random

from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.services.access import actions, queries
from houqin.services.access.models import Controller, Door, Presence

#: So many people pass in one step.
PASS = 12


def step(dice: Random) -> str:
    """Every controller but two gives its heartbeat; a dozen of those inside leave or come back."""
    version, now = queries.latest_version(), timezone.now()
    controllers = list(Controller.objects.filter(active=True).order_by("pk"))
    for controller in controllers[2:]:
        actions.hear(controller, clock=now, version=version)
    people = list(Presence.objects.filter(holder__startswith="person:").order_by("?")[:PASS])
    doors = list(
        Door.objects.filter(active=True, controller__isnull=False).select_related("controller", "area")
    )
    passed = 0
    for each in people:
        door = dice.choice(doors)
        direction = "in" if each.area_id is None else "out"
        assert door.controller is not None
        told = actions.Told(
            sequence=door.controller.through + 1, door=door.code, at=now, direction=direction, holder=each.holder,
            permit=each.permit_id,
        )  # fmt: skip
        door.controller.through = actions.take_events(door.controller, events=[told], clock=now).through
        passed += 1
    return _("%(n)d 人通过门禁") % {"n": passed}
