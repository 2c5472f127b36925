"""Parts: in, out to a job, and counted. The shelf is never below zero, and its moves add up to what lies there."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation import tree
from houqin.foundation.errors import NotFound, NotPermitted, Problem
from houqin.foundation.people import scope
from houqin.foundation.people.models import Organisation, Person
from houqin.foundation.people.pinyin import pinyin_key
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import Actor
from houqin.services.repairs.models import (
    MaterialUse,
    RepairOrder,
    StockItem,
    StockMove,
    StockMoveKind,
    plain,
)

if TYPE_CHECKING:
    from houqin.services.repairs.forms import Material


@transaction.atomic
def add_item(
    actor: Actor, *, keeper: Organisation, code: str, name: str, unit: str, minimum: Decimal, price_fen: int
) -> StockItem:
    """A new kind of part, with nothing of it on the shelf yet. Raises Problem when the code is taken."""
    grant = scope.authorise(actor, "repairs.stock", organisation_path=keeper.path, service="repairs")
    pinyin, initials = pinyin_key(name)
    item = StockItem(
        keeper=keeper, code=code, name=name, pinyin=pinyin, initials=initials, unit=unit, minimum=minimum,
        price_fen=price_fen,
    )  # fmt: skip
    try:
        with transaction.atomic():
            item.save()
    except IntegrityError as error:
        taken = _("物料编码 %(code)s 已被使用，请换一个。") % {"code": code}
        raise Problem(taken, errors={"code": [taken]}) from error
    trail.record(actor, "repairs.add_stock_item", item, after=trail.values_of(item), grant=grant)
    return item


@transaction.atomic
def receive(
    actor: Actor, *, item: int, quantity: Decimal, price_fen: int | None = None, note: str = ""
) -> StockMove:
    """Put parts on the shelf; a new price holds from now on. Raises Problem for a quantity that is not positive."""
    if quantity <= 0:
        raise Problem(errors={"quantity": [_("入库数量应大于零。")]})
    found, grant = _locked(actor, item)
    if price_fen is not None:
        found.price_fen = price_fen
    move = _move(actor, found, StockMoveKind.IN, quantity, note=note)
    trail.record(actor, "repairs.receive", found, after=_picture(move), grant=grant)
    return move


@transaction.atomic
def correct(actor: Actor, *, item: int, counted: Decimal, note: str) -> StockMove | None:
    """Set the shelf to what was counted, with the reason; nothing happens when the books were right."""
    if counted < 0:
        raise Problem(errors={"counted": [_("实盘数量不能小于零。")]})
    found, grant = _locked(actor, item)
    if counted == found.quantity:
        return None
    before = {"left": found.quantity}
    move = _move(actor, found, StockMoveKind.CORRECTED, counted - found.quantity, note=note)
    trail.record(actor, "repairs.correct_stock", found, before=before, after=_picture(move), grant=grant)
    return move


def use(actor: Actor, order: RepairOrder, materials: "Sequence[Material]") -> int:
    """Take parts for a job; returns what they cost in fen. Called within the transaction of the verb.

    Rows are locked by id, so two jobs that take the same parts wait for each other and never block one another. Raises
    Problem that names what is left when the shelf holds less, or another keeper's parts are named.
    """
    if not materials:
        return 0
    wanted = {material.item.pk: material.quantity for material in materials}
    items = StockItem.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    total = 0
    for item in items:
        quantity = wanted[item.pk]
        _check(item, quantity, order)
        move = _move(actor, item, StockMoveKind.USED, -quantity, order=order)
        cost = int((quantity * item.price_fen).quantize(Decimal(1), ROUND_HALF_UP))
        MaterialUse.objects.create(
            order=order, item=item, quantity=quantity, price_fen=item.price_fen, cost_fen=cost, at=move.at
        )
        total += cost
    return total


def _check(item: StockItem, quantity: Decimal, order: RepairOrder) -> None:
    if item.keeper_id not in tree.ids(order.case.section.path):
        raise _problem(_("“%(item)s”由其他科室保管，不能领用，请另选。") % {"item": item.name})
    if item.quantity < quantity:
        words = _("“%(item)s”库存只剩 %(left)s %(unit)s，不够领用 %(wanted)s，请改数量或先入库。")
        raise _problem(
            words
            % {
                "item": item.name,
                "left": plain(item.quantity),
                "unit": item.unit,
                "wanted": plain(quantity),
            }
        )


def _problem(words: str) -> Problem:
    return Problem(words, code="out_of_stock", errors={"materials": [words]})


def _locked(actor: Actor, pk: int) -> tuple[StockItem, scope.Grant]:
    """The item, nobody else moving it. Another keeper's is not found; without the right it is forbidden."""
    item = StockItem.objects.select_for_update(of=("self",)).select_related("keeper").filter(pk=pk).first()
    if not scope.holds(actor, "repairs.stock"):
        raise NotPermitted
    if item is None:
        raise NotFound
    grant = scope.grant_for(actor, "repairs.stock", organisation_path=item.keeper.path, service="repairs")
    if grant is None:
        raise NotFound
    return item, grant


def _move(
    actor: Actor,
    item: StockItem,
    kind: StockMoveKind,
    quantity: Decimal,
    *,
    order: RepairOrder | None = None,
    note: str = "",
) -> StockMove:
    item.quantity += quantity
    item.save(update_fields=["quantity", "price_fen"])
    return StockMove.objects.create(
        item=item,
        kind=kind,
        quantity=quantity,
        left=item.quantity,
        price_fen=item.price_fen,
        order=order,
        actor=actor if isinstance(actor, Person) else None,
        actor_name=actor.name,
        at=timezone.now(),
        note=note,
    )


def _picture(move: StockMove) -> dict[str, object]:
    return {"quantity": move.quantity, "left": move.left, "price_fen": move.price_fen, "note": move.note}
