"""The door: who comes in, who is kept out and what they are told."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.contrib.auth import hashers
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from houqin.foundation.errors import TooMany
from houqin.foundation.people import sign_in
from houqin.foundation.people.models import SignedInSession, SignInFailure
from houqin.foundation.trail.models import Entry


def enter(client, username="staff", password="houqin-demo", **data):
    return client.post(reverse("people:sign_in"), {"username": username, "password": password, **data})


def test_the_right_password_opens_the_door(cast, client):
    answer = enter(client, next="/profile")
    assert (answer.status_code, answer.url) == (302, "/profile")
    assert client.get("/profile").context["person"] == cast.staff
    entry = Entry.objects.get(action="people.sign_in")
    assert (entry.actor_name, entry.address) == ("李晓雯", "127.0.0.1")


@pytest.mark.parametrize("username", ["STAFF", " staff ", "ｓｔａｆｆ"])
def test_the_name_may_be_typed_as_people_type(cast, client, username):
    assert enter(client, username).status_code == 302


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_it_never_leads_off_the_site(cast, client, target):
    assert enter(client, next=target).url == "/"
    client.logout()
    assert target not in client.get(reverse("people:sign_in"), {"next": target}).content.decode()


def test_wrong_unknown_and_left_are_told_the_same(cast, client):
    cast.colleague.ended_on = timezone.localdate()
    cast.colleague.save()
    cast.worker.set_unusable_password()
    cast.worker.save()
    answers = [
        enter(client, "staff", "wrong"),
        enter(client, "nobody", "wrong"),
        enter(client, "colleague"),
        enter(client, "worker"),
    ]
    assert {answer.status_code for answer in answers} == {422}
    assert len({tuple(answer.context["form"].non_field_errors()) for answer in answers}) == 1


def test_a_password_is_hashed_whether_the_name_exists_or_not(cast, client, monkeypatch):
    hashed = []
    for name in ("check_password", "make_password"):
        real = getattr(hashers, name)
        monkeypatch.setattr(
            sign_in, name, lambda *a, _real=real, _name=name, **k: hashed.append(_name) or _real(*a, **k)
        )
    for username in ("staff", "nobody"):
        hashed.clear()
        enter(client, username, "wrong")
        assert len(hashed) == 1


@pytest.mark.parametrize("username", ["staff", "nobody"])
def test_after_five_failures_the_door_is_shut_for_that_name_and_says_until_when(
    cast, client, username, time_machine
):
    time_machine.move_to("2026-03-02T09:00:00+08:00", tick=False)
    for _ in range(5):
        assert enter(client, username, "wrong").status_code == 422
    answer = enter(client, username)
    assert answer.status_code == 429
    assert "15 分钟后（09:15）" in answer.content.decode()
    assert enter(client, "worker").status_code == 302
    client.logout()
    time_machine.shift(timedelta(minutes=15, seconds=1))
    assert enter(client, username).status_code == (302 if username == "staff" else 422)


def test_an_address_has_thirty_failures_whatever_the_names(cast, client):
    for number in range(30):
        enter(client, f"guess{number}", "wrong")
    assert enter(client).status_code == 429
    assert (
        client.post(
            reverse("people:sign_in"),
            {"username": "staff", "password": "houqin-demo"},
            REMOTE_ADDR="198.51.100.7",
        ).status_code
        == 302
    )


def test_coming_in_forgets_the_failures_of_that_name(cast, client):
    for _ in range(4):
        enter(client, password="wrong")
    enter(client)
    assert not SignInFailure.objects.exists()


def test_of_six_sessions_the_oldest_ends(cast, time_machine):
    browsers = []
    for hour in range(6):
        time_machine.move_to(f"2026-03-02T0{hour}:00:00+08:00", tick=False)
        browsers.append(Client())
        enter(browsers[-1])
    assert SignedInSession.objects.filter(person=cast.staff).count() == 5
    assert [browser.get("/profile").status_code for browser in browsers] == [302, 200, 200, 200, 200, 200]


def test_a_session_ends_after_twelve_hours(cast, client, time_machine):
    time_machine.move_to("2026-03-02T08:00:00+08:00", tick=False)
    enter(client)
    time_machine.move_to("2026-03-02T19:59:00+08:00", tick=False)
    assert client.get("/profile").status_code == 200
    time_machine.move_to("2026-03-02T20:01:00+08:00", tick=False)
    assert client.get("/profile").status_code == 302


def test_whoever_leaves_is_out_at_once(cast, client):
    enter(client)
    cast.staff.ended_on = timezone.localdate()
    cast.staff.save()
    assert client.get("/profile").status_code == 302


def test_signing_out_ends_the_session(cast, client):
    enter(client)
    assert client.get(reverse("people:sign_out")).status_code == 405
    assert client.post(reverse("people:sign_out")).status_code == 302
    assert client.get("/profile").status_code == 302
    assert not SignedInSession.objects.exists()


@pytest.mark.db_facing
@pytest.mark.django_db(transaction=True)
def test_forty_attempts_at_once_are_no_better_than_five(committed_cast):
    start, outcomes = Barrier(40), []

    def attempt():
        start.wait()
        try:
            sign_in.count_attempt("staff", None)
            outcomes.append("tried")
        except TooMany:
            outcomes.append("shut")
        finally:
            connection.close()

    threads = [Thread(target=attempt) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (outcomes.count("tried"), outcomes.count("shut")) == (5, 35)


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0",
            "Edge · Windows",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit DingTalk/7.0", "钉钉 · iPhone"),
        ("curl/8", ""),
    ],
)
def test_a_device_is_named_as_people_call_it(user_agent, name):
    assert sign_in.device_name(user_agent) == name
