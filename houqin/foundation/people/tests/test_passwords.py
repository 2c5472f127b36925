"""Passwords: what a good one is, initial ones, none used again, and their age."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from houqin.foundation.errors import Problem
from houqin.foundation.people import actions, installation, passwords
from houqin.foundation.people.models import PasswordSet, Person

FIRST = "Chushi-2026-ok"


def enter(client, password, username="staff", **data):
    return client.post(reverse("people:sign_in"), {"username": username, "password": password, **data})


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("Ab-4567", "10"),
        ("abcdefgh-ijk", "三类"),
        ("2345678901234", "三类"),
        ("Lixiaowen-李晓雯", ""),
        ("清风-明月-2026", ""),
    ],
)
def test_ten_characters_of_three_classes(cast, password, says):
    if not says:
        actions.choose_password(cast.worker, new=password)
        return
    with pytest.raises(Problem) as caught:
        actions.choose_password(cast.worker, new=password)
    assert says in " ".join(map(str, caught.value.errors["new"]))


def test_none_of_the_last_five_comes_again(cast):
    used = [f"Mima-2026-{n}-abc" for n in range(6)]
    for each in used:
        actions.choose_password(cast.staff, new=each)
    for each in used[1:]:
        with pytest.raises(Problem) as caught:
            actions.choose_password(cast.staff, new=each)
        assert "最近 5 次" in " ".join(map(str, caught.value.errors["new"]))
    actions.choose_password(cast.staff, new=used[0])
    assert PasswordSet.objects.filter(person=cast.staff).count() == 5


def test_the_password_of_before_there_was_a_record_does_not_come_again(cast):
    cast.staff.set_password("Laomima-2025")
    cast.staff.save()
    with pytest.raises(Problem):
        actions.choose_password(cast.staff, new="Laomima-2025")


def test_an_initial_password_is_changed_before_anything_opens(cast, client):
    actions.reset_password(cast.secadmin, person=cast.staff, password=FIRST)
    assert enter(client, FIRST, next="/profile").url == reverse("people:new_password")
    assert client.get("/profile").status_code == 302
    page = reverse("people:new_password")
    assert "只有您自己知道" in client.get(page).content.decode()
    refused = client.post(page, {"new": FIRST, "again": FIRST})
    assert refused.status_code == 422
    assert "不一致" in client.post(page, {"new": "Ziji-2026-ok", "again": "Ziji-2026-no"}).content.decode()
    assert client.post(page, {"new": "Ziji-2026-ok", "again": "Ziji-2026-ok"}).url == "/profile"
    assert client.get("/profile").status_code == 200
    client.post(reverse("people:sign_out"))
    assert enter(client, "Ziji-2026-ok").url == "/"


def test_one_that_was_not_used_within_a_week_opens_nothing(cast, client):
    actions.reset_password(cast.secadmin, person=cast.staff, password=FIRST)
    PasswordSet.objects.update(at=timezone.now() - timedelta(days=7, minutes=1))
    answer = enter(client, FIRST)
    assert answer.status_code == 422
    assert "初始密码已过期" in answer.content.decode()
    assert client.get("/profile").status_code == 302


def test_a_password_of_ninety_days_is_changed_at_the_next_sign_in(cast, client, settings):
    actions.choose_password(cast.staff, new=FIRST)
    PasswordSet.objects.update(at=timezone.now() - timedelta(days=90, minutes=1))
    assert enter(client, FIRST).url == reverse("people:new_password")
    settings.PASSWORD_DAYS = 0
    assert enter(client, FIRST).url == "/"


def test_whoever_waits_at_the_door_is_sent_back_when_the_password_changes_meanwhile(cast, client):
    actions.reset_password(cast.secadmin, person=cast.staff, password=FIRST)
    enter(client, FIRST)
    actions.reset_password(cast.secadmin, person=cast.staff, password="Lingyige-2026")
    answer = client.post(reverse("people:new_password"), {"new": "Ziji-2026-ok", "again": "Ziji-2026-ok"})
    assert answer.url == reverse("people:sign_in")
    assert not Person.objects.get(pk=cast.staff.pk).check_password("Ziji-2026-ok")


def test_the_demo_waives_the_change(cast, client):
    actions.reset_password(cast.secadmin, person=cast.staff, password=FIRST)
    installation.mark_demo(today=timezone.localdate(), seed=1)
    try:
        assert enter(client, FIRST).url == "/"
    finally:
        installation.forget()
    assert passwords.standing(cast.staff) is passwords.Standing.INITIAL
