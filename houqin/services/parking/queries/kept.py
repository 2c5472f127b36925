"""Lots and what belongs to them, as records: for everybody, for their keepers, for who sets them up."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from houqin.foundation.errors import NotFound
from houqin.foundation.people import scope
from houqin.foundation.trail.actors import Actor
from houqin.services.parking.marks import mark_of
from houqin.services.parking.models import Camera, Display, Lot, Reservation, Space, SpaceKind


def lots() -> QuerySet[Lot]:
    """The lots in use."""
    return Lot.objects.select_related("place", "keeper").filter(place__ended_on__isnull=True)


def lot_of(code: str) -> Lot:
    """A lot by the code of its place. Raises NotFound."""
    found = lots().filter(place__code=code).first()
    if found is None:
        raise NotFound
    return found


def lots_kept(actor: Actor, permission: str = "parking.keep") -> QuerySet[Lot]:
    """The lots ``actor`` keeps."""
    return lots().filter(scope.within(actor, permission, organisation="keeper__path", place="place__path"))


def kept_lot(actor: Actor, lot: int, permission: str = "parking.keep") -> Lot:
    """One of them. Raises NotFound."""
    found = lots_kept(actor, permission).filter(pk=lot).first()
    if found is None:
        raise NotFound
    return found


def bays_of(lot: Lot) -> QuerySet[Space]:
    """The charging bays of a lot in use."""
    return lot.spaces.filter(kind=SpaceKind.EV, active=True).order_by("code")


def display_of(token: str) -> Display:
    """The screen of a secret address. Raises NotFound for one that was ended."""
    found = (
        Display.objects.filter(mark=mark_of(token), ended_at__isnull=True).select_related("camera").first()
    )
    if found is None:
        raise NotFound
    return found


def displays() -> QuerySet[Display]:
    """The screens in use."""
    return Display.objects.filter(ended_at__isnull=True).select_related("camera").order_by("id")


def lots_managed(actor: Actor) -> QuerySet[Lot]:
    """The lots ``actor`` sets up, in the order of guidance, with how many numbered spaces and cameras are in use."""
    spaces = Count("spaces", filter=Q(spaces__active=True), distinct=True)
    cameras = Count("cameras", filter=Q(cameras__active=True), distinct=True)
    found = lots_kept(actor, "parking.manage").annotate(numbered=spaces, watching=cameras)
    return found.order_by("position", "place_id")


def spaces_managed(actor: Actor) -> QuerySet[Space]:
    """The numbered spaces of these, by number."""
    found = Space.objects.filter(lot__in=lots_kept(actor, "parking.manage"))
    return found.select_related("lot__place").order_by("kind", "code")


def cameras_managed(actor: Actor) -> QuerySet[Camera]:
    """The cameras of these."""
    found = Camera.objects.filter(lot__in=lots_kept(actor, "parking.manage"))
    return found.select_related("lot__place").order_by("code")


def reservations_kept(actor: Actor) -> QuerySet[Reservation]:
    """What is promised of the lots ``actor`` keeps, now and in time to come, the next first."""
    running = Reservation.objects.filter(released_at__isnull=True, ends_at__gt=timezone.now())
    return running.filter(lot__in=lots_kept(actor)).select_related("lot__place").order_by("starts_at", "id")
