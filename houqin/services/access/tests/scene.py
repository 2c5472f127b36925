"""One permit, door and controller, for asking every address of the service."""

from typing import Any

from django.utils import timezone

from houqin.services.access.tests.conftest import make_doors
from houqin.testing.cast import Cast


def make(cast: Cast) -> dict[str, Any]:
    doors = make_doors(cast)
    permit = doors.grant(doors.vault)
    doors.admit(doors.vault_door)
    now = timezone.now().isoformat()
    told = {
        "door": doors.gate.code,
        "direction": "in",
        "sequence": 1,
        "now": now,
        "events": [],
        "reason": "调离",
    }
    calls = ("controller_heartbeat", "deliver_events", "admit_at_door", "withdraw_permit")
    bodies: dict[str, Any] = {f"api:{name}/body": told for name in calls}
    return {
        **bodies,
        "api:check_pass/body": told | {"token": "HQ1.x.x"},
        "api:issue_permit/body": {
            "person": cast.colleague.pk,
            "areas": ["T1"],
            "from_at": now,
            "reason": "接口",
        },
        "api:withdraw_permit/pk": permit.pk,
        "api:area_permits/code": "T1",
        "portal:access.review/key": "T1",
        "portal:access.inside/key": "all",
        "access:area/pk": doors.tower.pk,
        "access:person/pk": cast.staff.pk,
        "access:set_area/pk": doors.tower.pk,
        "access:set_door/pk": doors.gate.pk,
        "access:set_controller/pk": doors.controller.pk,
        "access:secret/pk": doors.controller.pk,
    }
