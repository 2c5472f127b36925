"""Lots of the cast: a small one and a larger one, a camera each, and who keeps them."""

import base64
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import count

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from houqin.affairs.models import Route
from houqin.foundation.people.models import Person
from houqin.foundation.places.models import Place
from houqin.services.parking import actions, signing
from houqin.services.parking.models import Camera, Lot, Partner, Passage, Space
from houqin.testing.cast import Cast

RIGHTS = ["parking.keep", "parking.manage", "parking.cameras"]


@dataclass
class Lots:
    """``east`` has 10 spaces (4 to reserve), ``west`` 40 (20 to reserve); ``clerk`` keeps both."""

    cast: Cast
    east: Lot
    west: Lot
    numbers: count = field(default_factory=lambda: count(1))

    def at(self, hour: float, *, days: int = 1) -> datetime:
        """An hour of a coming day, in the compound's time."""
        day = timezone.localdate() + timedelta(days=days)
        return timezone.make_aware(datetime.combine(day, time())) + timedelta(hours=hour)

    def passes(self, plate: str, direction: str = "in", lot: Lot | None = None, **more) -> Passage:
        more.setdefault("at", timezone.now())
        more.setdefault("confidence", 0.99)
        return actions.passage(
            self.cast.clerk, camera=f"CAM-{(lot or self.east).place.code}", sequence=next(self.numbers),
            direction=direction, read=plate, **more,
        )  # fmt: skip

    def permit(self, plate: str, lot: Lot | None = None, person: Person | None = None, **more):
        today = timezone.localdate()
        more.setdefault("from_on", today)
        more.setdefault("until_on", today + timedelta(days=30))
        return actions.give(
            self.cast.clerk, person=person or self.cast.staff, plate=plate, lot=lot or self.east, **more
        )

    def inside(self, lot: Lot | None = None) -> int:
        return Lot.objects.get(pk=(lot or self.east).pk).inside


def make_lots(cast: Cast) -> Lots:
    cast.appoint(cast.clerk, RIGHTS, cast.bureau)
    Route.objects.create(item_code="parking.permit", section=cast.general)

    def lot(code: str, name: str, capacity: int, **more) -> Lot:
        place = Place.objects.create(
            kind="space",
            code=code,
            name=name,
            full_name=f"1号楼 3层 {name}",
            parent=cast.floor,
            space_kind="parking",
        )
        made = actions.make_lot(cast.clerk, place=place, keeper=cast.general, capacity=capacity, **more)
        Camera.objects.create(code=f"CAM-{code}", lot=made)
        return made

    lots = Lots(
        cast,
        lot("PE", "东停车场", 10, reservable=4, position=1),
        lot("PW", "西停车场", 40, reservable=20, position=2),
    )
    Space.objects.create(lot=lots.east, code="E01", kind="ev", charge="idle")
    return lots


@pytest.fixture
def lots(cast: Cast) -> Lots:
    return make_lots(cast)


@pytest.fixture
def committed_lots(committed_cast: Cast) -> Lots:
    return make_lots(committed_cast)


@dataclass
class Other:
    """A compound on the list of partners, and the key it signs with."""

    listed: Partner
    key: Ed25519PrivateKey

    def signs(self, **more) -> str:
        """A permit for 浙H12345 for ten days, unless told otherwise."""
        today = timezone.localdate()
        said = {
            "by": "HB",
            "id": "7",
            "plate": "浙H12345",
            "from": f"{today}",
            "until": f"{today + timedelta(days=9)}",
        }
        return signing.sign({**said, **more}, self.key)


@pytest.fixture
def partner(lots: Lots) -> Other:
    key = Ed25519PrivateKey.generate()
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    return Other(actions.add_partner(lots.cast.clerk, code="HB", name="滨江院区", public_key=public), key)
