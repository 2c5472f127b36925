"""The dictionary of faults and the list of devices, kept in the back office."""

from django.db import transaction

from houqin.foundation.people import scope
from houqin.foundation.people.pinyin import pinyin_key
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import Actor
from houqin.services.repairs.models import Device, FaultKind


@transaction.atomic
def keep_fault(actor: Actor, fault: FaultKind) -> FaultKind:
    """Add or change a kind of fault. It is the same for everybody, so the right is needed over everything."""
    grant = scope.authorise_everywhere(actor, "repairs.manage")
    before = _before(fault)
    fault.pinyin, fault.initials = pinyin_key(fault.name)
    fault.save()
    _record(actor, "fault", fault, before, grant)
    return fault


@transaction.atomic
def keep_device(actor: Actor, device: Device) -> Device:
    """Add or change a device: where it stands, whose warranty it has."""
    grant = scope.authorise_everywhere(actor, "repairs.manage")
    before = _before(device)
    device.save()
    _record(actor, "device", device, before, grant)
    return device


def _before(record: FaultKind | Device) -> dict | None:
    stored = type(record).objects.select_for_update().filter(pk=record.pk).first() if record.pk else None
    return trail.values_of(stored) if stored else None


def _record(
    actor: Actor, what: str, record: FaultKind | Device, before: dict | None, grant: scope.Grant
) -> None:
    after = trail.values_of(record)
    if before is None:
        trail.record(actor, f"repairs.add_{what}", record, after=after, grant=grant)
        return
    was, now = trail.difference(before, after)
    if was:
        trail.record(actor, f"repairs.change_{what}", record, before=was, after=now, grant=grant)
