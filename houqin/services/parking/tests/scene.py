"""One lot with a permit, a passage, a rotation and a screen, for asking every address of the service."""

import base64
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from houqin.services.parking import actions
from houqin.services.parking.models import Camera, Display, PartnerPermit
from houqin.services.parking.tests.conftest import make_lots
from houqin.testing.cast import Cast


def make(cast: Cast) -> dict[str, Any]:
    lots = make_lots(cast)
    now, today = timezone.now(), timezone.localdate()
    permit = lots.permit("浙A12345")
    passage = lots.passes("浙A12345")
    rotation = actions.open_rotation(
        cast.clerk, lot=lots.east.pk, name="一季度车位", places=1, from_on=today + timedelta(days=2),
        until_on=today + timedelta(days=60), enter_until=now + timedelta(days=1),
    )  # fmt: skip
    public = base64.b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()
    partner = actions.add_partner(cast.clerk, code="HB", name="滨江院区", public_key=public)
    token = actions.make_display(cast.clerk, name="东门", camera=Camera.objects.get(code="CAM-PE"))
    camera, space = Camera.objects.get(code="CAM-PE"), lots.east.spaces.get()
    quota = actions.set_quota(cast.clerk, lot=lots.east.pk, unit=None, most=9)
    held = PartnerPermit.objects.create(
        partner=partner, serial="7", plate="浙H12345", from_on=today, until_on=today + timedelta(days=9)
    )
    promised = actions.reserve_for(
        cast.clerk, lot=lots.west, from_at=lots.at(9), until_at=lots.at(10), spaces=1, note="工程车"
    )
    period = {"from_at": lots.at(9).isoformat(), "until_at": lots.at(10).isoformat()}
    return {
        "parking": permit.pk,
        "parking:lot/code": "PE",
        "parking:correct": passage.pk,
        "parking:dismiss": passage.stay_id,
        **dict.fromkeys(
            (f"parking:{name}" for name in ("rotation", "leave", "draw", "hand_on", "tickets")), rotation.pk
        ),
        "parking:revoke_partner": partner.pk,
        "parking:revoke_partner_permit": held.pk,
        "portal:parking.permit/key": permit.pk,
        "parking:release": promised.pk,
        **dict.fromkeys(
            (f"parking:{name}" for name in ("setup_lot", "edit_lot", "new_spaces", "new_camera", "quota")),
            lots.east.pk,
        ),
        "parking:set_space": space.pk,
        "parking:set_camera": camera.pk,
        "parking:end_quota": quota.pk,
        "parking:gate/token": token,
        "parking:end_display": Display.objects.get().pk,
        "api:end_permit/pk": permit.pk,
        **dict.fromkeys((f"api:{name}/code" for name in ("lot_forecast", "count_lot", "charge_state")), "PE"),
        "api:charge_state/space": "E01",
        "api:charge_state/body": {"state": "charging"},
        "api:camera_passages/code": "CAM-PE",
        "api:camera_passages/body": {
            "events": [{"sequence": 99, "at": now.isoformat(), "direction": "in", "plate": "浙B12345"}]
        },
        "api:count_lot/body": {"counted": 1},
        "api:reserve_spaces/body": {"source": "1", **period},
        "api:release_spaces/body": {"source": "1"},
        "api:partner_permit/body": {"token": "x"},
    }
