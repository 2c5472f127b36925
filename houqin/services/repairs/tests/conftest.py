"""A section to route to, people on duty and short ways to report and to finish."""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from houqin.affairs.actions import perform, submit
from houqin.affairs.models import Case, Route
from houqin.foundation.people.pinyin import pinyin_key
from houqin.services.repairs.models import Device, FaultKind, RepairOrder, StockItem
from houqin.testing.cast import Cast


@dataclass
class House:
    """The cast with repairs routed to its repairs section and the worker on duty."""

    cast: Cast

    def fault(self, code="water.tap"):
        return FaultKind.objects.get(code=code)

    def report(self, actor=None, place=None, fault="water.tap", **data) -> Case:
        place = place or self.cast.office
        data = {"place": place.code, "fault": fault, **data}
        return submit(actor or self.cast.staff, item="repairs.report", data=data)

    def order(self, *args, **data) -> RepairOrder:
        return self.report(*args, **data).repair

    def do(self, case, verb, actor=None, **data) -> Case:
        task = case.tasks.filter(state="open").order_by("id").first()
        actor = actor or task.assignee or self.cast.worker
        return perform(actor, verb, case=case.number, task=task.pk, data=data)

    def finish(self, case, actor=None, **data) -> RepairOrder:
        self.do(case, "complete", actor, **data)
        return RepairOrder.objects.get(case=case)

    def say(self, case, verb, actor=None, **data) -> Case:
        return perform(actor or self.cast.staff, verb, case=case.number, data=data)

    def stock(self, name="4 分水龙头", quantity="5", price_fen=3500, code="SLT-4", **more) -> StockItem:
        from houqin.services.repairs import actions

        pinyin, initials = pinyin_key(name)
        more = {"keeper": self.cast.repairs, "unit": "个", "minimum": 1} | more
        item = StockItem.objects.create(
            code=code, name=name, pinyin=pinyin, initials=initials, price_fen=price_fen, **more
        )
        if Decimal(quantity):
            actions.receive(self.cast.dispatcher, item=item.pk, quantity=Decimal(quantity))
        item.refresh_from_db()
        return item

    def device(self, place=None, code="KT-301", **more) -> Device:
        more = {"name": "空调室内机", "group": "air"} | more
        return Device.objects.create(code=code, place=place or self.cast.office, **more)


def settle(cast: Cast) -> House:
    Route.objects.create(item_code="repairs.report", section=cast.repairs)
    cast.duty(cast.worker)
    return House(cast)


@pytest.fixture
def house(cast) -> House:
    return settle(cast)


@pytest.fixture
def committed_house(committed_cast) -> House:
    return settle(committed_cast)
