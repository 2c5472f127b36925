"""Permits, rotations and partners, within the actor's scope."""

from __future__ import annotations

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from houqin.foundation.errors import NotFound
from houqin.foundation.people.models import Person
from houqin.foundation.trail.actors import Actor
from houqin.services.parking.models import (
    HOLDING,
    EntryState,
    Partner,
    PartnerPermit,
    PermitState,
    PlatePermit,
    Quota,
    Rotation,
    RotationEntry,
    RotationState,
)
from houqin.services.parking.queries.kept import lots_kept


def permits_of(person: Person) -> QuerySet[PlatePermit]:
    """Somebody's own permits, the newest first."""
    return PlatePermit.objects.filter(person=person).select_related("lot__place", "case").order_by("-id")


def plates_of(person: Person) -> list[str]:
    """The plates somebody has asked with, the newest first, each once."""
    return list(dict.fromkeys(permits_of(person).values_list("plate", flat=True)[:20]))


def permits_kept(actor: Actor) -> QuerySet[PlatePermit]:
    """The permits of the lots ``actor`` keeps."""
    return (
        PlatePermit.objects.filter(lot__in=lots_kept(actor))
        .select_related("lot__place", "person", "unit", "case")
        .order_by("-id")
    )


def place_in_line(permit: PlatePermit) -> int:
    """How many wait before this one, and itself."""
    return PlatePermit.objects.filter(
        lot=permit.lot_id, state=PermitState.WAITING, waits_since__lte=permit.waits_since
    ).count()


def holding(plate: str) -> PlatePermit | None:
    """The permit a plate has or has asked for, if any."""
    return PlatePermit.objects.filter(plate=plate, state__in=HOLDING).first()


def quotas_kept(actor: Actor) -> QuerySet[Quota]:
    """Quotas of the lots ``actor`` sets up, with how many permits are open."""
    is_open = Q(lot__permits__state=PermitState.OPEN)
    everybody = Count("lot__permits", filter=is_open, distinct=True)
    own = Count("lot__permits", filter=is_open & Q(lot__permits__unit=F("unit")), distinct=True)
    rows = Quota.objects.filter(lot__in=lots_kept(actor, "parking.manage")).select_related(
        "lot__place", "unit"
    )
    return rows.annotate(all_open=everybody, own_open=own).order_by("lot__position", "unit__name")


def rotations() -> QuerySet[Rotation]:
    """All rotations, the newest first, with how many take part."""
    taking_part = Count("entries", filter=~Q(entries__state=EntryState.WITHDRAWN))
    return Rotation.objects.select_related("lot__place").annotate(taking_part=taking_part).order_by("-id")


def rotations_open() -> QuerySet[Rotation]:
    """Those that can be entered now."""
    return rotations().filter(state=RotationState.OPEN, enter_until__gt=timezone.now())


def rotation_of(pk: int) -> Rotation:
    """One rotation. Raises NotFound."""
    found = rotations().filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def entries_of(rotation: Rotation) -> QuerySet[RotationEntry]:
    """Its entries in the order of the draw, before it in that of entering. Those who left after the draw keep their rank."""
    return rotation.entries.exclude(state=EntryState.WITHDRAWN, rank__isnull=True).order_by("rank", "number")


def own_entry(person: Person, rotation: Rotation) -> RotationEntry | None:
    """The entry somebody has in a rotation."""
    return rotation.entries.exclude(state=EntryState.WITHDRAWN).filter(person=person).first()


def partners() -> QuerySet[Partner]:
    """The list of partners, those that were taken off it last."""
    known = Count("permits", filter=Q(permits__revoked_at__isnull=True))
    return Partner.objects.annotate(known=known).order_by("revoked_at", "code")


def partner_permits() -> QuerySet[PartnerPermit]:
    """Permits of partners that are good here, the newest first."""
    good = PartnerPermit.objects.filter(
        revoked_at__isnull=True, partner__revoked_at__isnull=True, until_on__gte=timezone.localdate()
    )
    return good.select_related("partner").order_by("-id")


def revoked() -> QuerySet[PlatePermit]:
    """Our permits that partners have seen and that ended before their day, the newest first: until then a partner would let them in."""
    return PlatePermit.objects.filter(
        signed_at__isnull=False, state=PermitState.ENDED, until_on__gte=timezone.localdate()
    ).order_by("-id")
