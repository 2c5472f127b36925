"""Permits of other compounds are good here while they, and their issuer, are trusted; ours are told of when they end early."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from houqin.exchange.tests.test_api import Caller
from houqin.foundation.errors import Conflict, NotFound, NotPermitted, Problem
from houqin.services.parking import actions, queries, signing


def test_a_partners_permit_is_recognised_until_it_or_the_partner_is_revoked(lots, partner):
    for _ in range(2):
        actions.take_partner_permit(lots.cast.clerk, token=partner.signs())
    assert lots.passes("浙H12345").standing == "partner"
    actions.take_partner_permit(lots.cast.clerk, token=partner.signs(revoked=True))
    actions.take_partner_permit(lots.cast.clerk, token=partner.signs())  # shown again: it stays revoked
    assert lots.passes("浙H12345").standing == "stranger"
    actions.take_partner_permit(lots.cast.clerk, token=partner.signs(id="8"))
    assert lots.passes("浙H12345").standing == "partner"
    actions.revoke_partner(lots.cast.clerk, partner=partner.listed.pk)
    assert lots.passes("浙H12345").standing == "stranger"
    with pytest.raises(NotFound, match="不在伙伴名单"):
        actions.take_partner_permit(lots.cast.clerk, token=partner.signs(id="9"))


def test_one_permit_can_be_refused_here_whatever_its_issuer_says(lots, partner):
    made = actions.take_partner_permit(lots.cast.clerk, token=partner.signs())
    with pytest.raises(Problem):
        actions.revoke_partner_permit(lots.cast.clerk, permit=made.pk, why=" ")
    with pytest.raises(NotPermitted):
        actions.revoke_partner_permit(lots.cast.staff, permit=made.pk, why="冒用")
    assert list(queries.partner_permits()) == [made]
    actions.revoke_partner_permit(lots.cast.clerk, permit=made.pk, why="冒用")
    actions.take_partner_permit(lots.cast.clerk, token=partner.signs())
    assert lots.passes("浙H12345").standing == "stranger"
    assert not queries.partner_permits()
    with pytest.raises(NotFound):
        actions.revoke_partner_permit(lots.cast.clerk, permit=made.pk, why="冒用")


def test_what_is_forged_or_broken_is_refused(lots, partner):
    good = partner.signs()
    stranger = type(partner)(partner.listed, Ed25519PrivateKey.generate())
    for bad in (
        stranger.signs(),
        good[:-4] + "AAAA",
        good.replace("HQP1", "HQP2"),
        "x",
        partner.signs(until="2000-01-01"),
        partner.signs(plate="浙H1"),
    ):
        with pytest.raises(Problem):
            actions.take_partner_permit(lots.cast.clerk, token=bad)


def test_our_own_permit_is_shown_to_partners_and_they_hear_when_it_ends_early(lots):
    permit, unseen = lots.permit("浙A12345"), lots.permit("浙A54321")
    text = actions.sign_permit(lots.cast.staff, permit=permit.pk)
    ours = signing.public_key(signing.own_public_key())
    assert signing.verify(text, ours).plate == "浙A12345"
    with pytest.raises(NotFound):
        actions.sign_permit(lots.cast.colleague, permit=permit.pk)
    system = Caller(lots.cast.colleague, "parking")
    assert system.get("/parking/revocations").json()["items"] == []
    for each in (permit, unseen):
        actions.end(lots.cast.staff, permit=each.pk)
    (told,) = system.get("/parking/revocations").json()["items"]
    assert told["serial"] == str(permit.pk)
    said = signing.verify(told["token"], ours)
    assert (said.revoked, said.serial, said.plate) == (True, str(permit.pk), "")
    with pytest.raises(Conflict):
        actions.sign_permit(lots.cast.staff, permit=permit.pk)
