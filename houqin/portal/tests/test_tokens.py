"""API tokens: seen and ended by their person, and by the security administrator."""

from collections.abc import Callable

import pytest
from django.test import Client

from houqin.exchange import tokens
from houqin.exchange.models import Token
from houqin.foundation.errors import NotPermitted
from houqin.foundation.people.models import Person
from houqin.foundation.trail.models import Entry
from houqin.testing.cast import Cast

As = Callable[[Person], Client]


def works(key: str) -> bool:
    return Client().get("/api/v1/me", headers={"authorization": f"Bearer {key}"}).status_code == 200


def test_one_sees_and_ends_ones_own_and_nobody_elses(cast: Cast, as_person: As) -> None:
    mine, theirs = tokens.create_token("staff"), tokens.create_token("colleague")
    browser = as_person(cast.staff)
    assert "1 个有效" in browser.get("/profile").content.decode()
    token, other = Token.objects.get(person=cast.staff), Token.objects.get(person=cast.colleague)
    page = browser.get("/profile/tokens").content.decode()
    assert token.hint in page
    assert other.hint not in page
    assert browser.post(f"/profile/tokens/{other.pk}/end").status_code == 404
    assert browser.post(f"/profile/tokens/{token.pk}/end").status_code == 302
    assert (works(mine), works(theirs)) == (False, True)
    assert browser.post(f"/profile/tokens/{token.pk}/end").status_code == 404
    assert "接口令牌" not in browser.get("/profile").content.decode()


def test_the_security_administrator_ends_any(cast: Cast, as_person: As) -> None:
    key = tokens.create_token("staff")
    token = Token.objects.get()
    ticked = {"action": "end", "_selected_action": [token.pk]}
    page = "/backoffice/exchange/token/"
    assert as_person(cast.sysadmin).post(page, ticked).status_code == 403
    assert works(key)
    done = as_person(cast.secadmin).post(page, ticked, follow=True)
    assert "已撤销 1 个令牌" in done.content.decode()
    assert not works(key)
    assert Entry.objects.get(action="exchange.revoke_token").actor_name == "吕安"
    with pytest.raises(NotPermitted):
        tokens.end_token(cast.head, token)
