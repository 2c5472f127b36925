"""The buildings of the demo compound, 江城市民中心: six towers, a podium with canteens and the conference centre, two
levels of parking below, the grounds. 580,000 m² in about 5,000 spaces.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from houqin.foundation.bulk import copy_in, set_sequence
from houqin.foundation.demo import Spot, World
from houqin.foundation.people.pinyin import pinyin_key
from houqin.foundation.places.models import _QR_ALPHABET, Place

AREA_M2 = 580_000
MEETING_ROOMS = 120
SITE = "JC"
TOWERS = {"A": 24, "B": 24, "C": 26, "D": 26, "E": 22, "F": 22}
#: Offices on one floor, by their area in m² and how many desks they take.
OFFICES = (
    [(24, 1)] * 3 + [(32, 2)] * 5 + [(48, 3)] * 7 + [(64, 4)] * 4 + [(36, 3)] * 3
)  # fmt: skip
#: What every tower floor has besides: name, use, area in m².
SHARED = (
    ("走廊", "corridor", 560), ("电梯厅", "lift", 200), ("男卫生间", "toilet", 42), ("女卫生间", "toilet", 42),
    ("无障碍卫生间", "toilet", 9), ("开水间", "tea", 14), ("强电间", "plant", 12), ("弱电间", "plant", 12),
    ("空调机房", "plant", 60), ("东侧楼梯间", "other", 36), ("西侧楼梯间", "other", 36), ("保洁间", "store", 8), ("核心筒管井", "other", 420),
)  # fmt: skip
HALLS = ("迎宾厅", "江城厅", "之江厅", "云帆厅", "青松厅", "翠竹厅", "丹桂厅", "海棠厅", "玉兰厅", "芙蓉厅", "紫薇厅",
         "银杏厅", "香樟厅", "望江厅", "听涛厅", "清风厅", "明德厅", "致远厅", "同心厅", "和谐厅")  # fmt: skip
CANTEENS = (("第一食堂", 1200), ("第二食堂", 800), ("第三食堂", 500))
PODIUM = (
    (1, (("南大厅", "lobby", 2600), ("北大厅", "lobby", 2200), ("政务服务大厅", "lobby", 5200), ("总服务台", "duty", 60),
         ("消防控制室", "duty", 160), ("安防监控中心", "duty", 220), ("医务室", "other", 180), ("邮政服务点", "other", 90),
         ("一层东卫生间", "toilet", 90), ("一层西卫生间", "toilet", 90), ("一层连廊", "corridor", 1900))),
    (2, (("二层东卫生间", "toilet", 80), ("二层西卫生间", "toilet", 80), ("二层连廊", "corridor", 1700),
         ("职工之家", "other", 900), ("健身中心", "other", 1200), ("图书阅览室", "other", 800), ("理发室", "other", 70),
         ("报修调度室", "duty", 90))),
    (3, (("三层卫生间", "toilet", 90), ("三层连廊", "corridor", 1600), ("会议中心贵宾室", "other", 180),
         ("会议中心茶歇区", "tea", 320), ("同声传译间", "other", 40), ("音控室", "other", 45))),
)  # fmt: skip
BASEMENT = (
    (-1, (("P1 停车场", "parking", 0), ("P2 停车场", "parking", 0), ("中央厨房", "kitchen", 2600), ("卸货区", "other", 900),
          ("高压配电室", "plant", 800), ("柴油发电机房", "plant", 420), ("维修班组用房", "duty", 260),
          ("备品备件库", "store", 480), ("B1 卫生间", "toilet", 70))),
    (-2, (("P3 停车场", "parking", 0), ("制冷机房", "plant", 1500), ("锅炉房", "plant", 900), ("生活水泵房", "plant", 420),
          ("消防水泵房", "plant", 380), ("换热站", "plant", 600), ("人防工程用房", "other", 2400), ("公物仓", "store", 1800))),
)  # fmt: skip
GROUNDS = (
    ("P4 地面停车场", "parking", 6800), ("市民广场", "outdoor", 0), ("中央绿地", "outdoor", 0), ("南门岗", "duty", 40),
    ("北门岗", "duty", 40), ("东门岗", "duty", 30), ("西门岗", "duty", 30), ("非机动车棚", "outdoor", 900),
    ("垃圾分类房", "outdoor", 260),
)  # fmt: skip
FIELDS = ("id", "parent", "path", "kind", "code", "name", "full_name", "pinyin", "initials", "space_kind", "area_m2",
          "capacity", "position", "qr")  # fmt: skip


class Builder:
    """Collects the rows of places and what other loaders need to know of them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rows: list[list[object]] = []
        self.area = 0
        self._keys: dict[str, tuple[str, str]] = {}
        self._codes = self._qr_codes(world.chance("qr"))

    def add(
        self, kind: str, parent: int | None, code: str, name: str, above: str = "", use: str = "", area: int = 0,
        capacity: int | None = None,
    ) -> int:  # fmt: skip
        """One place; answers its id. Areas count once: only those of spaces are summed."""
        place = len(self.rows) + 1
        pinyin, initials = self._key(name)
        full = f"{above} {name}" if above else name
        self.rows.append([
            place, parent, "", kind, code, name, full, pinyin, initials, use, area or None, capacity, place,
            next(self._codes),
        ])  # fmt: skip
        if kind == "space":
            self.area += area
        return place

    def space(
        self, floor: int, parent: int, building: str, above: str, code: str, name: str, use: str, area: int,
        capacity: int = 0,
    ) -> None:  # fmt: skip
        """One space, remembered for the other loaders."""
        place = self.add("space", parent, code, name, above, use, area, capacity or None)
        full = f"{above} {name}" if above else name
        self.world.spots.append(Spot(place, building, floor, use, code, full, capacity))

    def _key(self, name: str) -> tuple[str, str]:
        if name not in self._keys:
            self._keys[name] = pinyin_key(name)
        return self._keys[name]

    @staticmethod
    def _qr_codes(chance: Random) -> Iterator[str]:
        seen: set[str] = set()
        while True:
            code = "".join(chance.choices(_QR_ALPHABET, k=10))
            if code not in seen:
                seen.add(code)
                yield code


def load(world: World) -> None:
    """Write the compound's places."""
    builder = Builder(world)
    site = builder.add("site", None, SITE, "江城市民中心")
    world.places[SITE] = site
    rooms = world.many(MEETING_ROOMS - len(HALLS))
    floors = {tower: max(2, world.many(count)) for tower, count in TOWERS.items()}
    upper = sum(floors.values()) - len(floors)
    met = 0
    for tower, count in floors.items():
        building = builder.add("building", site, tower, f"{tower}座")
        world.places[tower] = building
        for floor in range(1, count + 1):
            before = met
            if floor > 1:
                met += 1
            share = rooms * met // upper - rooms * before // upper
            _tower_floor(builder, building, tower, floor, meeting_rooms=share)
    _podium(builder, site)
    _basement(builder, site)
    _grounds(builder, site)
    _fill_up(builder)
    copy_in(Place, FIELDS, builder.rows)
    set_sequence(Place)


def _tower_floor(builder: Builder, building: int, tower: str, floor: int, *, meeting_rooms: int) -> None:
    level = builder.add("floor", building, f"{tower}-{floor}F", f"{floor}层", f"{tower}座")
    builder.world.places[f"{tower}-{floor}F"] = level
    above = f"{tower}座 {floor}层"

    def add(code: str, name: str, use: str, area: int, capacity: int = 0) -> None:
        builder.space(floor, level, tower, above, f"{tower}{code}", name, use, area, capacity)

    number = 0
    offices = OFFICES if floor > 1 else OFFICES[:9]
    for area, desks in offices[meeting_rooms:]:
        number += 1
        add(f"{floor}{number:02}", f"{floor}{number:02}室", "office", area, desks)
    for _ in range(meeting_rooms):
        number += 1
        add(f"{floor}{number:02}", f"{floor}{number:02}会议室", "meeting", 72, 24)
    for position, (name, use, area) in enumerate(SHARED, start=1):
        add(f"{floor}-{position:02}", name, use, area)
    if floor == 1:
        add("1-LB", "门厅", "lobby", 620)
    if floor % 6 == 0:
        add(f"{floor}-AR", "档案室", "store", 90)


def _podium(builder: Builder, site: int) -> None:
    building = builder.add("building", site, "G", "裙楼")
    builder.world.places["G"] = building
    halls = len(HALLS)
    for floor, spaces in PODIUM:
        level = builder.add("floor", building, f"G-{floor}F", f"{floor}层", "裙楼")
        builder.world.places[f"G-{floor}F"] = level
        above, number = f"裙楼 {floor}层", 0
        for name, use, area in spaces:
            number += 1
            builder.space(floor, level, "G", above, f"G{floor}-{number:02}", name, use, area)
        if floor < 3:
            for name, seats in CANTEENS[:2] if floor == 1 else CANTEENS[2:]:
                number += 1
                builder.space(
                    floor, level, "G", above, f"G{floor}-{number:02}", name, "canteen", seats * 3, seats
                )
        else:
            for name in HALLS[:halls]:
                number += 1
                seats = 600 if number == 7 else 60 + number % 5 * 30
                builder.space(
                    floor, level, "G", above, f"G{floor}-{number:02}", name, "meeting", seats * 2, seats
                )


def _basement(builder: Builder, site: int) -> None:
    building = builder.add("building", site, "U", "地下室")
    builder.world.places["U"] = building
    for floor, spaces in BASEMENT:
        level = builder.add("floor", building, f"U-B{-floor}", f"地下{'一二'[-floor - 1]}层", "地下室")
        builder.world.places[f"U-B{-floor}"] = level
        for number, (name, use, area) in enumerate(spaces, start=1):
            above = f"地下室 地下{'一二'[-floor - 1]}层"
            bays = 1800 if use == "parking" else 0
            builder.space(floor, level, "U", above, f"U{-floor}-{number:02}", name, use, area, bays)


def _grounds(builder: Builder, site: int) -> None:
    building = builder.add("building", site, "W", "室外")
    builder.world.places["W"] = building
    for number, (name, use, area) in enumerate(GROUNDS, start=1):
        bays = 260 if use == "parking" else 0
        builder.space(0, building, "W", "室外", f"W-{number:02}", name, use, area, bays)


def _fill_up(builder: Builder) -> None:
    """The rest of the compound's area is the garages'."""
    place, kind, area = FIELDS.index("id"), FIELDS.index("space_kind"), FIELDS.index("area_m2")
    garages = [row for row in builder.rows if row[kind] == "parking" and row[area] is None]
    left = max(AREA_M2 - builder.area, len(garages) * 1000)
    for garage in garages:
        garage[area] = left // len(garages)
    garages[-1][area] = left - left // len(garages) * (len(garages) - 1)
    assert all(row[place] for row in garages)
