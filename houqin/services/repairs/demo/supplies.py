"""Spare parts and devices of the demo compound."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from houqin.foundation.bulk import copy_in, set_sequence
from houqin.foundation.demo import Spot, World, moment
from houqin.foundation.people.pinyin import pinyin_key
from houqin.foundation.places.models import _QR_ALPHABET
from houqin.services.repairs.demo.book import Book
from houqin.services.repairs.models import Device, FaultKind, MaterialUse, StockItem, StockMove

#: name, unit, price in fen, minimum on the shelf, faults it mends, how many a job takes at most.
PARTS = (
    ("快开陶瓷阀芯", "只", 1500, 30, "water.tap", 1), ("感应龙头电磁阀", "套", 12800, 8, "water.tap", 1),
    ("不锈钢编织软管 50cm", "根", 1800, 20, "water.pipe water.tap", 2), ("PPR 管件 DN20", "个", 650, 40, "water.pipe", 3),
    ("角阀 DN15", "只", 2600, 15, "water.pipe water.flush", 1), ("生料带", "卷", 200, 40, "water.pipe water.tap water.hot", 1),
    ("感应冲水阀", "套", 26800, 6, "water.flush", 1), ("脚踏冲洗阀", "只", 8600, 10, "water.flush", 1),
    ("马桶密封圈", "个", 1200, 15, "water.toilet", 1), ("地漏芯", "个", 2200, 15, "water.drain", 1),
    ("开水器滤芯", "支", 9800, 10, "water.hot", 1), ("暖气排气阀", "只", 900, 15, "water.heating", 1),
    ("LED 灯管 T8 1.2m", "支", 1900, 100, "power.light", 3), ("LED 筒灯 12W", "只", 3200, 40, "power.light", 2),
    ("LED 面板灯 600×600", "块", 11800, 15, "power.light", 1), ("LED 驱动电源", "只", 2600, 20, "power.light", 1),
    ("五孔插座", "只", 1400, 40, "power.socket", 2), ("地插", "只", 8800, 8, "power.socket", 1),
    ("墙壁开关", "只", 1300, 30, "power.switch", 1), ("微型断路器 20A", "只", 3600, 15, "power.trip power.smell", 1),
    ("温控面板", "只", 16800, 8, "air.control", 1), ("风机盘管电机", "台", 32000, 3, "air.noise air.warm", 1),
    ("电动二通阀", "只", 21500, 5, "air.warm air.cold", 1), ("冷凝水软管", "米", 500, 30, "air.leak", 4),
    ("初效过滤网", "片", 2800, 30, "air.warm air.cold air.fan", 2), ("排气扇", "台", 15800, 5, "air.fan", 1),
    ("执手锁芯", "套", 5600, 20, "doors.lock furniture.lock", 1), ("闭门器", "只", 9800, 10, "doors.hinge", 1),
    ("不锈钢合页", "副", 1600, 20, "doors.hinge furniture.desk", 2), ("窗执手", "只", 2400, 15, "doors.window", 1),
    ("百叶帘拉绳", "根", 800, 20, "doors.blind", 1), ("座椅气杆", "支", 3800, 15, "furniture.chair", 1),
    ("脚轮", "只", 600, 40, "furniture.chair", 3), ("抽屉滑轨", "副", 1800, 20, "furniture.desk", 1),
    ("水晶头 CAT6", "只", 150, 100, "network.down network.port", 4), ("六类网线", "米", 350, 200, "network.down network.phone", 10),
    ("信息模块", "只", 1900, 30, "network.port", 1), ("读卡器", "台", 28600, 3, "network.door", 1),
)  # fmt: skip
SHARE_WITH_PARTS = 0.55
_ITEM = (
    "id",
    "keeper",
    "code",
    "name",
    "pinyin",
    "initials",
    "unit",
    "quantity",
    "minimum",
    "price_fen",
    "active",
)
_MOVE = ("id", "item", "kind", "quantity", "left", "price_fen", "order", "actor", "actor_name", "at", "note")
_USE = ("id", "order", "item", "quantity", "price_fen", "cost_fen", "at")
_DEVICE = ("id", "code", "qr", "name", "group", "place", "model_name", "supplier", "supplier_phone", "installed_on",
           "warranty_until")  # fmt: skip


class Known(NamedTuple):
    """A device as an order needs it."""

    id: int
    warranty_until: date


class Parts:
    """What jobs take from the shelf, and the books of it."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.moves: list[tuple[object, ...]] = []
        self.uses: list[tuple[object, ...]] = []
        self.left: dict[int, int] = {}
        self.of_fault: dict[str, list[tuple[int, int, int]]] = {}
        for number, (_, _, price, _, faults, most) in enumerate(PARTS, start=1):
            for code in faults.split():
                self.of_fault.setdefault(code, []).append((number, most, price))

    def taken(self, fault: FaultKind, chance: Random) -> list[tuple[int, int, int]]:
        """What one job takes: stock item, quantity, price."""
        fitting = self.of_fault.get(fault.code)
        if not fitting or chance.random() > SHARE_WITH_PARTS:
            return []
        item, most, price = fitting[chance.randrange(len(fitting))]
        return [(item, chance.randint(1, most), price)]

    def settle(self) -> None:
        """Work out every move in the order of time: parts come in before the shelf runs out."""
        book, world = self.book, self.book.world
        began = world.now - 366 * 86_400
        left = {number: part[3] * 3 for number, part in enumerate(PARTS, start=1)}
        keeper = world.crews["BXDD"][0]
        moves, uses, self.left = self.moves, self.uses, left
        for number, part in enumerate(PARTS, start=1):
            self._receive(moves, number, part[3] * 3, part[3] * 3, keeper.id, keeper.name, began, "期初入库")
        for at, order, worker, item, quantity in sorted(book.uses, key=lambda use: use[:2]):
            _, _, price, minimum, _, _ = PARTS[item - 1]
            if left[item] - quantity < minimum:
                left[item] += minimum * 3
                self._receive(
                    moves, item, minimum * 3, left[item], keeper.id, keeper.name, at - 60, "季度采购入库"
                )
            left[item] -= quantity
            moves.append((len(moves) + 1, item, "used", -quantity, left[item], price, order, worker.id, worker.name,
                          moment(at), ""))  # fmt: skip
            uses.append((len(uses) + 1, order, item, quantity, price, quantity * price, moment(at)))

    def write(self) -> None:
        """Items, moves and uses, once the orders are stored."""
        copy_in(StockItem, _ITEM, self._items(self.left))
        copy_in(StockMove, _MOVE, self.moves)
        copy_in(MaterialUse, _USE, self.uses)
        set_sequence(StockItem, StockMove, MaterialUse)

    def _receive(
        self, moves: list[tuple[object, ...]], item: int, quantity: int, left: int, actor: int, name: str, at: int,
        note: str,
    ) -> None:  # fmt: skip
        label, _, price, *_rest = PARTS[item - 1]
        moves.append((len(moves) + 1, item, "in", quantity, left, price, None, actor, name, moment(at), note))
        after = f'{{"quantity": "{quantity}", "left": "{left}", "price_fen": {price}, "note": "{note}"}}'
        grant = self.book.world.appointments.get(
            (actor, "dispatcher", self.book.world.sections["WXK"]), (None, "")
        )
        self.book.trail.append(
            (at, actor, name, grant, None, "repairs.receive", "repairs.stockitem", item, label, None, after)
        )

    def _items(self, left: dict[int, int]) -> list[tuple[object, ...]]:
        keeper = self.book.world.sections["WXK"]
        return [
            (
                number,
                keeper,
                f"BJ{number:04}",
                name,
                *pinyin_key(name),
                unit,
                left[number],
                minimum,
                price,
                True,
            )
            for number, (name, unit, price, minimum, _, _) in enumerate(PARTS, start=1)
        ]


class Devices:
    """Lifts, boilers, air handling units and automatic doors, each with a code and a warranty."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.chance = world.chance("devices")
        self.rows: list[tuple[object, ...]] = []
        self.lifts: dict[str, list[Known]] = {}
        self.at_spot: dict[tuple[int, str], Known] = {}
        for tower in "ABCDEF":
            self.lifts[tower] = [
                self._add(f"{tower}-DT{number}", f"{tower}座 {number} 号梯", "lifts", world.places[tower],
                          "TKJ1350/2.5", "江城捷安电梯维保有限公司")
                for number in range(1, 9)
            ]  # fmt: skip
        for spot in world.spots:
            if spot.kind == "tea" and spot.building in "ABCDEF":
                self._fix(
                    spot,
                    "water.hot",
                    f"KS-{spot.code}",
                    "开水器",
                    "water",
                    "ZDK-9L 即热式",
                    "清源净水设备有限公司",
                )
            elif spot.full_name.endswith("空调机房"):
                self._fix(
                    spot, "air", f"KT-{spot.code}", "空调机组", "air", "39G-1418", "江城暖通工程有限公司"
                )
            elif spot.kind == "lobby":
                self._fix(
                    spot, "doors.auto", f"ZM-{spot.code}", "自动门", "doors", "ES200", "固特门业有限公司"
                )

    def of(self, fault: FaultKind, spot: Spot, chance: Random) -> Known | None:
        """The device a fault is about, where one is."""
        if fault.group == "lifts":
            lifts = self.lifts.get(spot.building)
            return lifts[chance.randrange(len(lifts))] if lifts else None
        return self.at_spot.get((spot.id, fault.code))

    def write(self) -> None:
        copy_in(Device, _DEVICE, self.rows)
        set_sequence(Device)

    def _fix(
        self, spot: Spot, fault: str, code: str, name: str, group: str, model: str, supplier: str
    ) -> None:
        self.at_spot[spot.id, fault] = self._add(
            code, f"{spot.full_name} {name}", group, spot.id, model, supplier
        )

    def _add(self, code: str, name: str, group: str, place: int, model: str, supplier: str) -> Known:
        number = len(self.rows) + 1
        installed = self.world.today - timedelta(days=self.chance.randint(120, 3200))
        warranty = installed + timedelta(days=730)
        qr = "d" + "".join(self.chance.choices(_QR_ALPHABET, k=9))
        phone = f"0571-8866{number:04}"
        self.rows.append((number, code, qr, name, group, place, model, supplier, phone, installed, warranty))
        return Known(number, warranty)
