"""Coming in by an OpenID provider, on this machine: it signs, we check everything it says."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from houqin.foundation.people.models import Identity, Person
from houqin.foundation.trail.models import Entry
from houqin.testing.outside.oidc import OpenIDServer


@pytest.fixture
def provider(settings, cast):
    with OpenIDServer() as server:
        settings.BASE_URL = "http://testserver"
        settings.OIDC = server.settings()
        server.redirect_uri = "http://testserver/sign-in/oidc/callback"
        yield server


def come_back(client, provider, **over):
    departure = client.get(reverse("people:oidc"), {"next": "/profile"})
    assert departure.status_code == 302, departure.content.decode()
    return client.get(reverse("people:oidc_callback"), provider.authorise(departure.url) | over)


def linked(cast, provider, person=None):
    return Identity.objects.create(
        person=person or cast.staff, provider="oidc", subject=provider.person["sub"]
    )


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_whoever_is_linked_comes_in_and_goes_where_they_wanted(cast, client, provider, algorithm):
    provider.algorithm = algorithm
    linked(cast, provider)
    assert "用统一身份认证登录" in client.get("/sign-in").content.decode()
    assert come_back(client, provider).url == "/profile"
    assert client.get("/profile").context["person"] == cast.staff
    assert Entry.objects.get(action="people.sign_in").after["via"] == "oidc"


def test_nobody_is_made_by_coming_and_a_password_once_links_them(cast, client, provider):
    people = Person.objects.count()
    assert come_back(client, provider).url == reverse("people:sign_in")
    page = client.get(reverse("people:sign_in")).content.decode()
    assert "还没有关联到账号" in page
    assert (Person.objects.count(), Identity.objects.count()) == (people, 0)
    client.post(reverse("people:sign_in"), {"username": "staff", "password": "houqin-demo"})
    assert Identity.objects.get().person == cast.staff
    assert come_back(Client(), provider).url == "/profile"


@pytest.mark.parametrize(
    ("twist", "says"),
    [
        ({"iss": "https://elsewhere.example"}, "签发方不是"),
        ({"aud": "another-app"}, "不是签发给本平台"),
        ({"aud": ["houqin", "another-app"], "azp": "another-app"}, "不是签发给本平台"),
        ({"exp": 1}, "已过期"),
        ({"nonce": "of another sign-in"}, "不是为这次登录签发"),
        ({"nonce": None}, "不是为这次登录签发"),
        ({"exp": None}, "不可信"),
        ({"sub": None}, "不可信"),
    ],
)
def test_a_token_that_is_wrong_is_refused_in_words(cast, client, provider, twist, says):
    linked(cast, provider)
    provider.twist = twist
    answer = come_back(client, provider)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert client.get("/profile").status_code == 302


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("RS256", rsa.generate_private_key(public_exponent=65537, key_size=2048)),
        ("HS256", "oidc-test-secret-that-is-long-enough-for-hs256"),
        ("none", None),
    ],
)
def test_a_signature_that_is_not_the_providers_is_refused(cast, client, provider, algorithm, key):
    linked(cast, provider)
    provider.algorithm, provider.key = algorithm, key
    answer = come_back(client, provider)
    assert answer.status_code == 422
    assert "不可信" in answer.content.decode()


def test_state_is_of_this_browser_and_good_once(cast, client, provider):
    linked(cast, provider)
    departure = client.get(reverse("people:oidc"))
    back = provider.authorise(departure.url)
    for other in (Client(), client):
        wrong = back if other is not client else back | {"state": "guessed"}
        answer = other.get(reverse("people:oidc_callback"), wrong)
        assert answer.status_code == 422
        assert "重新登录" in answer.content.decode()
    assert client.get(reverse("people:oidc_callback"), back).status_code == 302
    assert Client().get(reverse("people:oidc_callback"), back).status_code == 422


def test_a_state_of_eleven_minutes_ago_is_too_old(cast, client, provider, time_machine):
    linked(cast, provider)
    time_machine.move_to("2026-03-02T09:00:00+08:00", tick=False)
    back = provider.authorise(client.get(reverse("people:oidc")).url)
    time_machine.shift(timedelta(minutes=11))
    assert client.get(reverse("people:oidc_callback"), back).status_code == 422


def test_a_code_that_was_caught_is_of_no_use_without_the_verifier(cast, client, provider):
    linked(cast, provider)
    caught = provider.authorise(client.get(reverse("people:oidc")).url)["code"]
    thief = Client()
    own = provider.authorise(thief.get(reverse("people:oidc")).url)
    answer = thief.get(reverse("people:oidc_callback"), own | {"code": caught})
    assert answer.status_code == 422
    assert "没有接受" in answer.content.decode()


@pytest.mark.parametrize("trouble", [503, "cut"])
def test_a_provider_that_is_away_is_told_and_the_password_remains(cast, client, provider, trouble):
    provider.always = trouble
    answer = client.get(reverse("people:oidc"))
    assert answer.status_code == 422
    assert "暂时连不上" in answer.content.decode()


def test_a_provider_that_names_another_issuer_is_not_believed(cast, client, provider):
    provider.issuer_told = "https://elsewhere.example"
    answer = client.get(reverse("people:oidc"))
    assert answer.status_code == 422
    assert "签发方与设置不符" in answer.content.decode()


@pytest.mark.parametrize(
    ("match", "claims", "found"),
    [
        ("staff_number", {"number": "1001"}, True),
        ("staff_number", {"number": "9999"}, False),
        ("staff_number", {"number": 1001}, False),
        ("email", {"number": "Staff@example.org", "email_verified": True}, True),
        ("email", {"number": "staff@example.org"}, False),
    ],
)
def test_the_rule_links_one_person_the_first_time(cast, client, provider, settings, match, claims, found):
    Person.objects.filter(pk=cast.staff.pk).update(email="staff@example.org")
    settings.OIDC = provider.settings(match=match, claim="number")
    provider.person |= claims
    assert come_back(client, provider).url == ("/profile" if found else reverse("people:sign_in"))
    assert Identity.objects.filter(person=cast.staff, subject="u-7781").exists() == found
    if found:
        provider.person["number"] = "1002"
        come_back(client, provider)
        assert client.get("/profile").context["person"] == cast.staff


def test_the_rule_opens_no_administrators_door(cast, client, provider, settings):
    settings.OIDC = provider.settings(match="staff_number", claim="number")
    provider.person["number"] = cast.secadmin.staff_number
    assert come_back(client, provider).url == reverse("people:sign_in")
    linked(cast, provider, cast.secadmin)
    assert come_back(client, provider).url == reverse("people:enrol")


def test_whoever_has_left_comes_in_no_more(cast, client, provider):
    linked(cast, provider)
    Person.objects.filter(pk=cast.staff.pk).update(ended_on=timezone.localdate())
    assert come_back(client, provider).url == reverse("people:sign_in")


def test_linking_and_unlinking_on_the_profile(cast, as_person, provider):
    mine, other = as_person(cast.staff), as_person(cast.colleague)
    assert "未关联" in mine.get(reverse("people:identities")).content.decode()
    assert come_back(mine, provider).url == reverse("people:identities")
    assert "已关联统一身份认证" in mine.get(reverse("people:identities")).content.decode()
    taken = come_back(other, provider)
    assert taken.status_code == 409
    assert "已经关联了另一方" in taken.content.decode()
    mine.post(reverse("people:unlink_identity", args=["oidc"]))
    assert not Identity.objects.exists()
    assert mine.post(reverse("people:unlink_identity", args=["oidc"])).status_code == 404
    actions = list(
        Entry.objects.filter(actor_id=cast.staff.pk).order_by("id").values_list("action", flat=True)
    )
    assert actions == ["people.link_identity", "people.unlink_identity"]


def test_without_a_provider_there_is_no_such_door(cast, client):
    assert client.get(reverse("people:oidc")).status_code == 404
    assert client.get(reverse("people:oidc_callback")).status_code == 404
    assert "统一身份认证" not in client.get("/sign-in").content.decode()
