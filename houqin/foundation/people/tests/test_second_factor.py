"""The second factor: whose role asks for it, set up at the door, no code twice, and the day the phone is gone."""

import re
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from houqin.foundation.errors import NotPermitted, Problem
from houqin.foundation.notices.models import Notice
from houqin.foundation.people import actions, installation, second_factor
from houqin.foundation.people.models import Person, RecoveryCode, Role, SecondFactor, SignedInSession
from houqin.foundation.trail.models import Entry

NINE = "2026-03-02T09:00:00+08:00"


def enter(client, username, password="houqin-demo", **data):
    return client.post(reverse("people:sign_in"), {"username": username, "password": password, **data})


def is_in(client):
    return client.get("/profile").status_code == 200


def code_of(secret, steps=0):
    return second_factor.code_at(secret, int(timezone.now().timestamp()) // 30 + steps)


@pytest.fixture
def secret(cast, time_machine):
    """The secret in the security administrator's phone, half a minute ago."""
    time_machine.move_to(NINE, tick=False)
    made = second_factor.new_secret()
    actions.set_up_factor(cast.secadmin, secret=made, code=code_of(made))
    time_machine.shift(timedelta(minutes=1))
    return made


@pytest.mark.parametrize(
    ("moment", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_codes_are_those_of_rfc_6238(moment, code):
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 6238, appendix B, last six digits
    assert second_factor.code_at(secret, moment // 30) == code


def test_every_administrators_role_asks_for_it_and_cannot_be_made_not_to(cast):
    asked = set(Role.objects.filter(second_factor=True).values_list("code", flat=True))
    assert asked == {"sysadmin", "secadmin", "auditor"}
    Role.objects.filter(code="secadmin").update(second_factor=False)
    assert Role.objects.get(code="secadmin").second_factor


def test_a_first_sign_in_sets_it_up_by_qr_code_and_shows_recovery_codes_once(cast, client, time_machine):
    time_machine.move_to(NINE, tick=False)
    answer = enter(client, "secadmin", next="/profile")
    assert answer.url == reverse("people:enrol")
    assert not is_in(client)
    page = client.get(reverse("people:enrol")).content.decode()
    assert "<svg" in page
    assert "style=" not in page
    secret = re.search(r'factor-secret">([^<]+)<', page)[1].replace(" ", "")
    wrong = client.post(reverse("people:enrol"), {"code": "000000"})
    assert wrong.status_code == 422
    assert "核对手机时间" in wrong.content.decode()
    done = client.post(reverse("people:enrol"), {"code": code_of(secret)})
    assert done.status_code == 200
    codes = re.findall(r"<code>([a-z2-9]{5}-[a-z2-9]{5})</code>", done.content.decode())
    assert len(set(codes)) == 10
    assert 'href="/profile"' in done.content.decode()
    assert is_in(client)
    kept = SecondFactor.objects.get(person=cast.secadmin)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM people_secondfactor")
        assert secret.encode() not in bytes(cursor.fetchone()[0])
    assert (kept.secret, str(kept.secret)) == (secret, "****")
    assert not RecoveryCode.objects.filter(digest__in=codes).exists()
    assert [e.action for e in Entry.objects.order_by("id")] == [
        "people.set_up_second_factor",
        "people.sign_in",
    ]


def test_afterwards_a_code_is_asked_for_and_nothing_opens_without(cast, client, secret):
    assert enter(client, "secadmin", next="/profile").url == reverse("people:code")
    for address in ("/profile", "/", "/backoffice/"):
        assert client.get(address).status_code == 302
    assert client.post(reverse("people:code"), {"code": "12"}).status_code == 422
    assert client.post(reverse("people:enrol"), {"code": code_of(secret)}).url == reverse("people:code")
    assert client.post(reverse("people:code"), {"code": code_of(secret)}).url == "/profile"
    assert is_in(client)


def test_others_are_not_asked_unless_they_want(cast, client, time_machine):
    time_machine.move_to(NINE, tick=False)
    enter(client, "staff")
    page = client.get(reverse("people:second_factor")).content.decode()
    secret = re.search(r'factor-secret">([^<]+)<', page)[1].replace(" ", "")
    assert (
        "保存恢复码"
        in client.post(reverse("people:second_factor"), {"code": code_of(secret)}).content.decode()
    )
    assert enter(Client(), "staff").url == reverse("people:code")
    time_machine.shift(timedelta(minutes=1))
    assert client.post(reverse("people:renew_recovery_codes"), {"code": "1"}).status_code == 422
    renewed = client.post(reverse("people:renew_recovery_codes"), {"code": code_of(secret)})
    assert renewed.content.decode().count("<code>") == 10
    time_machine.shift(timedelta(minutes=1))
    assert client.post(reverse("people:drop_factor"), {"code": code_of(secret)}).status_code == 302
    assert enter(Client(), "staff").url == "/"


def test_a_code_is_taken_once_and_none_before_it(cast, secret, time_machine):
    first, second = Client(), Client()
    for each in (first, second):
        enter(each, "secadmin")
    code, before = code_of(secret), code_of(secret, -1)
    assert first.post(reverse("people:code"), {"code": code}).status_code == 302
    for used in (code, before):
        answer = second.post(reverse("people:code"), {"code": used})
        assert answer.status_code == 422
        assert "已经用过" in answer.content.decode()
    assert second.post(reverse("people:code"), {"code": code_of(secret, 1)}).status_code == 302


def test_a_secret_under_another_key_is_told_and_not_taken_for_a_wrong_code(cast, client, secret, settings):
    enter(client, "secadmin")
    settings.DATA_KEYS = (("another", b"another-" * 4),)
    with pytest.raises(Problem, match="密钥缺失"):
        actions.prove(cast.secadmin, code=code_of(secret))


@pytest.mark.db_facing
def test_the_database_never_takes_a_step_back(cast, secret):
    with pytest.raises(IntegrityError, match="good again"), transaction.atomic():
        SecondFactor.objects.update(last_step=1)


def test_wrong_codes_are_counted_with_wrong_passwords_and_a_right_password_forgives_none(
    cast, client, secret
):
    for _ in range(2):
        enter(client, "secadmin", "wrong")
    enter(client, "secadmin")
    for _ in range(3):
        client.post(reverse("people:code"), {"code": "000000"})
    assert client.post(reverse("people:code"), {"code": code_of(secret)}).status_code == 422
    assert enter(Client(), "secadmin").status_code == 429
    failed = Entry.objects.filter(action="people.sign_in_failed").order_by("id")
    assert [entry.after["what"] for entry in failed] == ["password"] * 2 + ["second_factor"] * 3
    assert {entry.record_id for entry in failed} == {str(cast.secadmin.pk)}


def test_standing_at_the_door_ends_after_ten_minutes(cast, client, secret, time_machine):
    enter(client, "secadmin")
    time_machine.shift(timedelta(minutes=10, seconds=1))
    assert client.post(reverse("people:code"), {"code": code_of(secret)}).url == reverse("people:sign_in")


def test_a_recovery_code_opens_once(cast, secret, time_machine):
    codes = actions.renew_recovery_codes(cast.secadmin, code=code_of(secret))
    first, second = Client(), Client()
    for each in (first, second):
        enter(each, "secadmin")
    assert first.post(reverse("people:code"), {"code": codes[0].upper().replace("-", " ")}).status_code == 302
    assert second.post(reverse("people:code"), {"code": codes[0]}).status_code == 422
    assert Entry.objects.filter(action="people.use_recovery_code").count() == 1
    assert "还有 9 个恢复码" in first.get(reverse("people:second_factor")).content.decode()


def test_a_lost_phone_is_reset_by_another_security_administrator(cast, secret, as_person):
    with pytest.raises(NotPermitted):
        actions.reset_second_factor(cast.secadmin, person=cast.secadmin)
    cast.appoint(cast.colleague, ["backoffice.enter", "people.manage"], cast.city)
    browser = Client()
    enter(browser, "secadmin")
    browser.post(reverse("people:code"), {"code": code_of(secret)})
    page = f"/backoffice/people/account/{cast.secadmin.pk}/change/"
    answer = as_person(cast.colleague).post(page, {"username": "secadmin", "reset_factor": "on"})
    assert answer.status_code == 302
    assert not is_in(browser)
    assert enter(browser, "secadmin").url == reverse("people:enrol")
    entry = Entry.objects.get(action="people.reset_second_factor")
    assert (entry.actor_name, entry.record_name) == (cast.colleague.name, cast.secadmin.name)
    told = Notice.objects.filter(person=cast.secadmin, kind="people.account_reset")
    assert [notice.title for notice in told] == ["您的动态口令被重设"]
    actions.reset_password(cast.colleague, person=cast.staff, password="Chushi-2026-ok")
    assert Notice.objects.get(person=cast.staff).title == "您的密码被重设"


def test_the_only_security_administrator_is_helped_on_the_machine(cast, client, secret, capsys):
    call_command("reset_second_factor", "secadmin")
    assert "吕安" in capsys.readouterr().out
    assert enter(client, "secadmin").url == reverse("people:enrol")
    assert Entry.objects.get(action="people.reset_second_factor").actor_name == "系统"
    with pytest.raises(CommandError, match="nobody"):
        call_command("reset_second_factor", "nobody")


def test_whoever_comes_to_need_one_signs_in_again(cast, client):
    enter(client, "staff")
    actions.appoint(cast.secadmin, person=cast.staff, role=cast.roles["worker"], organisation=cast.repairs)
    assert is_in(client)
    actions.change_role(cast.secadmin, role=cast.roles["worker"], second_factor=True)
    assert not is_in(client)
    assert enter(client, "staff").url == reverse("people:enrol")


def test_the_demo_waives_it(cast, client, secret):
    installation.mark_demo(today=timezone.localdate(), seed=1)
    try:
        assert enter(client, "secadmin").url == "/"
        assert is_in(client)
    finally:
        installation.forget()


@pytest.mark.db_facing
@pytest.mark.django_db(transaction=True)
def test_one_code_at_once_from_many_browsers_opens_one(committed_cast):
    person = committed_cast.secadmin
    secret = second_factor.new_secret()
    now = int(timezone.now().timestamp()) // 30
    assert second_factor.enrol(person, secret, second_factor.code_at(secret, now - 1))
    start, taken = Barrier(8), []

    def try_it():
        start.wait()
        try:
            taken.append(
                second_factor.take(Person.objects.get(pk=person.pk), second_factor.code_at(secret, now))
            )
        finally:
            connection.close()

    threads = [Thread(target=try_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [""] * 7 + ["totp"]
    assert not SignedInSession.objects.exists()
