"""Other compounds: whose permits are good here, and ours for them."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.errors import Conflict, NotFound, Problem
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.foundation.standards import mask_plate
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import SYSTEM, Actor
from houqin.services.parking import signing
from houqin.services.parking.models import Partner, PartnerPermit, PermitState, PlatePermit


@transaction.atomic
def add_partner(actor: Person, *, code: str, name: str, public_key: str) -> Partner:
    """Put a compound on the list. Raises NotPermitted, Problem for a key that is none, Conflict for a code that is used."""
    grant = scope.authorise(actor, "parking.manage", organisation_path=None, service="parking")
    code, name = code.strip(), name.strip()
    errors = {field: [_("请填写此项。")] for field, given in (("code", code), ("name", name)) if not given}
    if errors:
        raise Problem(errors=errors)
    signing.public_key(public_key)
    made, new = Partner.objects.get_or_create(
        code=code, defaults={"name": name, "public_key": public_key.strip()}
    )
    if not new:
        raise Conflict(_("编码 %(code)s 已在名单中。") % {"code": code})
    trail.record(actor, "parking.add_partner", made, after={"public_key": made.public_key}, grant=grant)
    return made


@transaction.atomic
def revoke_partner(actor: Person, *, partner: int) -> Partner:
    """None of its permits is good any more. Raises NotPermitted, NotFound."""
    grant = scope.authorise(actor, "parking.manage", organisation_path=None, service="parking")
    found = Partner.objects.select_for_update().filter(pk=partner, revoked_at__isnull=True).first()
    if found is None:
        raise NotFound
    found.revoked_at = timezone.now()
    found.save(update_fields=["revoked_at"])
    trail.record(actor, "parking.revoke_partner", found, after={"revoked_at": found.revoked_at}, grant=grant)
    return found


@transaction.atomic
def take_partner_permit(actor: Actor, *, token: str) -> PartnerPermit:
    """Keep a permit that a partner signed, or that it ended one. Raises Unsigned, and NotFound for who is not on the list.

    The signature is the right: whoever brings it adds nothing. A revocation stands, also against the permit coming again later.
    """
    partner = Partner.objects.filter(code=signing.issuer(token), revoked_at__isnull=True).first()
    if partner is None:
        raise NotFound(_("签发院区不在伙伴名单中，或已撤销。"))
    told = signing.verify(token, signing.public_key(partner.public_key))
    if told.by != partner.code:
        raise signing.Unsigned(_("签名不符，通行证不是这个伙伴院区签发的。"))
    permit, new = PartnerPermit.objects.select_for_update().get_or_create(
        partner=partner,
        serial=told.serial,
        defaults={
            "plate": told.plate,
            "from_on": told.from_on,
            "until_on": told.until_on,
            "revoked_at": timezone.now() if told.revoked else None,
        },
    )
    if told.revoked and permit.revoked_at is None:
        permit.revoked_at, new = timezone.now(), True
        permit.save(update_fields=["revoked_at"])
    if new:
        after = {"plate": mask_plate(permit.plate), "until_on": permit.until_on, "revoked": told.revoked}
        trail.record(actor or SYSTEM, "parking.take_partner_permit", permit, after=after)
    return permit


@transaction.atomic
def revoke_partner_permit(actor: Person, *, permit: int, why: str) -> PartnerPermit:
    """One permit of a partner is not good here any more, whatever it says. Raises NotPermitted, NotFound, Problem without a reason."""
    grant = scope.authorise(actor, "parking.manage", organisation_path=None, service="parking")
    found = PartnerPermit.objects.select_for_update().filter(pk=permit, revoked_at__isnull=True).first()
    if found is None:
        raise NotFound
    if not why.strip():
        raise Problem(errors={"why": [_("请写明撤销原因。")]})
    found.revoked_at = timezone.now()
    found.save(update_fields=["revoked_at"])
    trail.record(
        actor, "parking.revoke_partner_permit", found, grant=grant,
        after={"plate": mask_plate(found.plate), "why": why.strip()},
    )  # fmt: skip
    return found


@transaction.atomic
def sign_permit(actor: Person, *, permit: int) -> str:
    """A permit of one's own for showing to partners; should it end early, they are told (:func:`queries.revoked`). Raises NotFound for
    another's, Conflict for one that is not open."""
    found = PlatePermit.objects.select_for_update(of=("self",)).filter(pk=permit, person=actor).first()
    if found is None:
        raise NotFound
    if found.state != PermitState.OPEN:
        raise Conflict(
            _("通行证现为“%(state)s”，不能出示给伙伴院区。") % {"state": found.get_state_display()}
        )
    if found.signed_at is None:
        found.signed_at = timezone.now()
        found.save(update_fields=["signed_at"])
        trail.record(actor, "parking.sign_permit", found, after={"signed_at": found.signed_at})
    payload = {
        "by": settings.BASE_URL, "id": str(found.pk), "plate": found.plate, "from": found.from_on.isoformat(),
        "until": found.until_on.isoformat(),
    }  # fmt: skip
    return signing.sign(payload, signing.own_key())


def sign_revocation(permit: PlatePermit) -> str:
    """That a permit which was shown to partners is over, for them to register."""
    payload = {"by": settings.BASE_URL, "id": str(permit.pk), "revoked": True}
    return signing.sign(payload, signing.own_key())
