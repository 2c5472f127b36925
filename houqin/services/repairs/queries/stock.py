"""What lies on the shelves."""

from django.db.models import Case, F, IntegerField, Q, QuerySet, TextField, Value, When

from houqin.foundation import tree
from houqin.foundation.errors import NotFound
from houqin.foundation.people import scope
from houqin.foundation.people.models import Organisation, Person
from houqin.services.repairs.models import StockItem, StockMove


def shelf_of(section: Organisation) -> list[StockItem]:
    """What a job of ``section`` may take: what it, or an organisation above it, keeps and has."""
    return list(
        StockItem.objects.filter(active=True, quantity__gt=0, keeper_id__in=tree.ids(section.path)).order_by(
            "pinyin", "id"
        )
    )


def stock_of(actor: Person, *, text: str = "", low: bool = False) -> QuerySet[StockItem]:
    """The shelves ``actor`` keeps, what is low first."""
    items = _kept(actor).filter(active=True)
    if text:
        key = text.lower()
        items = items.filter(
            Q(name__icontains=text)
            | Q(code__icontains=text)
            | Q(initials__startswith=key)
            | Q(pinyin__startswith=key)
        )
    if low:
        items = items.filter(quantity__lte=F("minimum"))
    rank = Case(
        When(quantity__lte=F("minimum"), then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    return items.annotate(rank=rank).order_by("rank", "pinyin", "id")


def keepers(actor: Person) -> QuerySet[Organisation]:
    """Organisations for whose shelves ``actor`` answers."""
    own = Organisation.objects.annotate(service=Value("repairs", output_field=TextField()))
    return own.filter(
        scope.within(actor, "repairs.stock", organisation="path", service="service"), ended_on__isnull=True
    ).order_by("path")


def find_item(actor: Person, pk: int) -> StockItem:
    """One item of the shelves ``actor`` keeps; raises NotFound for any other."""
    item = _kept(actor).filter(pk=pk).first()
    if item is None:
        raise NotFound
    return item


def moves_of(item: StockItem, *, before: int | None = None, limit: int = 50) -> list[StockMove]:
    """What came and went, latest first, from the move ``before`` on backwards."""
    moves = item.moves.select_related("order__case")
    if before is not None:
        moves = moves.filter(pk__lt=before)
    return list(moves.order_by("-id")[:limit])


def _kept(actor: Person) -> QuerySet[StockItem]:
    """The shelves within the actor's scope. They have no column for the service, so it is said here."""
    items = StockItem.objects.annotate(service=Value("repairs", output_field=TextField()))
    return items.filter(
        scope.within(actor, "repairs.stock", organisation="keeper__path", service="service")
    ).select_related("keeper")
