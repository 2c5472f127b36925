"""Where people are signed in: seen, ended from elsewhere, ended by themselves; a new device is told."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from houqin.foundation.notices.models import Notice
from houqin.foundation.people import devices
from houqin.foundation.people.models import Appointment, KnownDevice, Role, SignedInSession
from houqin.foundation.trail.models import Entry

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit MicroMessenger/8.0"
DESK = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"


def browser(agent=DESK, username="staff"):
    client = Client(headers={"user-agent": agent})
    client.post(reverse("people:sign_in"), {"username": username, "password": "houqin-demo"})
    return client


def is_in(client):
    return client.get("/profile").status_code == 200


def test_a_lost_phone_is_signed_out_from_the_desk_and_stays_so(cast):
    phone, desk = browser(PHONE), browser()
    page = desk.get(reverse("people:sessions")).content.decode()
    assert "微信 · iPhone" in page
    assert "127.0.0.*" in page
    assert "127.0.0.1" not in page
    lost = SignedInSession.objects.get(device="微信 · iPhone")
    desk.post(reverse("people:end_session", args=[lost.pk]))
    assert not is_in(phone)
    assert is_in(desk)
    assert phone.get("/profile").url.startswith("/sign-in?next=")
    entry = Entry.objects.get(action="people.end_session")
    assert (entry.actor_name, entry.after["device"]) == ("李晓雯", "微信 · iPhone")


def test_nobody_ends_anothers_session(cast):
    mine, theirs = browser(), browser(username="colleague")
    other = SignedInSession.objects.get(person=cast.colleague)
    assert mine.post(reverse("people:end_session", args=[other.pk])).status_code == 404
    assert is_in(theirs)


def test_the_security_administrator_ends_sessions_of_others(cast, as_person):
    theirs = browser()
    session = SignedInSession.objects.get(person=cast.staff)
    ticked = {"action": "end", "_selected_action": [session.pk]}
    page = "/backoffice/people/signedinsession/"
    assert as_person(cast.sysadmin).post(page, ticked).status_code == 403
    assert is_in(theirs)
    assert "已退出 1 个会话" in as_person(cast.secadmin).post(page, ticked, follow=True).content.decode()
    assert not is_in(theirs)
    again = browser()
    account = f"/backoffice/people/account/{cast.staff.pk}/change/"
    as_person(cast.secadmin).post(account, {"username": "staff", "sign_out": "on"})
    assert not is_in(again)


def test_a_new_device_is_told_and_a_known_one_is_not(cast):
    first = browser(PHONE)
    assert not Notice.objects.exists()
    second = browser()
    told = Notice.objects.get(person=cast.staff)
    assert "新设备" in told.title
    assert "Chrome · Windows" in told.body
    assert told.url == reverse("people:sessions")
    for each in (first, second):
        each.post(reverse("people:sign_out"))
        each.post(reverse("people:sign_in"), {"username": "staff", "password": "houqin-demo"})
    assert Notice.objects.count() == 1
    assert KnownDevice.objects.filter(person=cast.staff).count() == 2
    assert first.cookies[devices.COOKIE]["httponly"]


@pytest.fixture
def guarded(cast, settings):
    """A role of staff that asks for a second factor, so that its sessions end without use."""
    settings.IDLE_MINUTES_OTHERS = 30
    return cast


def test_half_an_hour_without_use_ends_a_session_and_says_so(guarded, time_machine):
    time_machine.move_to("2026-03-02T09:00:00+08:00", tick=False)
    client = browser()
    for _ in range(3):
        time_machine.shift(timedelta(minutes=29))
        assert is_in(client)
    time_machine.shift(timedelta(minutes=30, seconds=1))
    answer = client.get("/profile")
    assert answer.url == "/sign-in?next=/profile"
    page = client.get(answer.url).content.decode()
    assert "超过 30 分钟没有操作" in page
    assert "重新登录后会恢复" in page
    assert not SignedInSession.objects.exists()
    client.post(answer.url, {"username": "staff", "password": "houqin-demo"})
    assert is_in(client)
    assert "没有操作" not in client.get("/profile").content.decode()


def test_use_never_keeps_a_session_longer_than_twelve_hours(guarded, time_machine):
    time_machine.move_to("2026-03-02T08:00:00+08:00", tick=False)
    client = browser()
    for _ in range(28):
        time_machine.shift(timedelta(minutes=25))
        assert is_in(client)
    time_machine.shift(timedelta(minutes=21))
    assert not is_in(client)


def test_when_a_session_was_last_seen_is_written_now_and_then_only(
    cast, time_machine, django_assert_num_queries
):
    time_machine.move_to("2026-03-02T09:00:00+08:00", tick=False)
    client = browser()
    client.get("/profile/sessions")
    time_machine.shift(timedelta(minutes=9))
    client.get("/profile/sessions")
    session = SignedInSession.objects.get()
    assert session.seen_at == session.started_at
    time_machine.shift(timedelta(minutes=2))
    client.get("/profile/sessions")
    assert SignedInSession.objects.get().seen_at - session.started_at == timedelta(minutes=11)


def test_a_session_has_a_new_key_once_somebody_is_in(cast, client):
    client.get("/sign-in")
    client.post(reverse("people:sign_in"), {"username": "staff", "password": "wrong"})
    session = client.session
    session["mark"] = 1
    session.save()
    before = session.session_key
    client.post(reverse("people:sign_in"), {"username": "staff", "password": "houqin-demo"})
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_roles_that_need_a_second_factor_end_after_half_an_hour(cast, client, time_machine):
    time_machine.move_to("2026-03-02T09:00:00+08:00", tick=False)
    Appointment.objects.create(
        person=cast.staff,
        role=Role.objects.create(code="x", name="要口令", second_factor=True),
        organisation=cast.budget,
    )
    from houqin.foundation.people import actions, second_factor

    secret = second_factor.new_secret()
    step = 1772413200 // 30
    actions.set_up_factor(cast.staff, secret=secret, code=second_factor.code_at(secret, step - 1))
    client.post(reverse("people:sign_in"), {"username": "staff", "password": "houqin-demo"})
    client.post(reverse("people:code"), {"code": second_factor.code_at(secret, step)})
    time_machine.shift(timedelta(minutes=29))
    assert is_in(client)
    time_machine.shift(timedelta(minutes=31))
    assert not is_in(client)
