"""Which person a proof stands for: linked once, by themselves or by the rule of the installation."""

from __future__ import annotations

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.errors import Conflict, NotFound
from houqin.foundation.people import second_factor
from houqin.foundation.people.identities.providers import PROVIDERS, Proof
from houqin.foundation.people.models import Identity, Person
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import SYSTEM, Actor


def person_of(proof: Proof) -> Person | None:
    """Who is linked to that subject, or fits the rule and is linked now; None where it takes a password first."""
    found = Identity.objects.filter(provider=proof.provider, subject=proof.subject)
    identity = found.select_related("person__organisation").first()
    if identity is not None:
        found.update(used_at=timezone.now())
        return identity.person if identity.person.is_active else None
    person = _by_rule(proof)
    if person is not None:
        link(SYSTEM, person=person, proof=proof)
    return person


def _by_rule(proof: Proof) -> Person | None:
    """The one person whose number or mail a claim of the OpenID provider names.

    Never somebody whose role asks for a second factor: whoever keeps the roster could otherwise give themselves an
    administrator's door. They link by signing in.
    """
    match, claim = settings.OIDC["match"], settings.OIDC["claim"]
    value = proof.claims.get(claim) if proof.provider == "oidc" and match else None
    if not isinstance(value, str) or not value.strip():
        return None
    if match == "email" and proof.claims.get("email_verified") is not True:
        return None
    lookup = {"email": "email__iexact", "staff_number": "staff_number"}[match]
    fitting = list(Person.objects.active().filter(**{lookup: value.strip()}, username__isnull=False)[:2])
    if len(fitting) != 1 or second_factor.is_required(fitting[0]):
        return None
    if Identity.objects.filter(person=fitting[0], provider=proof.provider).exists():
        return None
    return fitting[0]


def link(actor: Actor, *, person: Person, proof: Proof) -> None:
    """Let a subject stand for ``person`` from now on; raises ``Conflict`` where either is linked already."""
    name = PROVIDERS[proof.provider].name()
    try:
        with transaction.atomic():
            Identity.objects.create(person=person, provider=proof.provider, subject=proof.subject)
            trail.record(actor, "people.link_identity", person, after={"provider": proof.provider})
    except IntegrityError as error:
        message = _(
            "这个%(name)s身份，或您的账号，已经关联了另一方。请先解除原来的关联，或联系安全管理员。"
        ) % {"name": name}
        raise Conflict(message, code="identity_linked") from error


def unlink(actor: Person, *, provider: str) -> None:
    """Let one's subject at ``provider`` open nothing any more."""
    with transaction.atomic():
        if not Identity.objects.filter(person=actor, provider=provider).delete()[0]:
            raise NotFound(_("没有关联这个身份。"))
        trail.record(actor, "people.unlink_identity", actor, before={"provider": provider})
