"""What people change of themselves."""

from django.test import Client
from django.urls import reverse

from houqin.foundation.people.models import Person
from houqin.foundation.trail.models import Entry


def sign_in(client, person, password="houqin-demo"):
    client.post(reverse("people:sign_in"), {"username": person.username, "password": password})
    return client


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(cast):
    here, elsewhere = sign_in(Client(), cast.staff), sign_in(Client(), cast.staff)
    good = {"old": "houqin-demo", "new": "Dishui-2026-ok", "again": "Dishui-2026-ok"}
    url = reverse("people:password")
    assert "原密码不正确" in here.post(url, good | {"old": "wrong"}).content.decode()
    assert "不一致" in here.post(url, good | {"again": "other"}).content.decode()
    assert here.post(url, {"old": "houqin-demo", "new": "12345678", "again": "12345678"}).status_code == 422
    assert here.post(url, good).status_code == 302
    assert here.get(reverse("people:profile")).status_code == 200
    assert elsewhere.get(reverse("people:profile")).status_code == 302
    assert sign_in(Client(), cast.staff, "Dishui-2026-ok").get("/profile").status_code == 200
    entry = Entry.objects.get(action="people.change_password")
    assert entry.after is None


def test_guessing_the_old_password_on_a_borrowed_screen_is_limited(cast, as_person):
    browser = as_person(cast.staff)
    answers = [
        browser.post(
            reverse("people:password"), {"old": f"x{n}", "new": "abcdefgh12-", "again": "abcdefgh12-"}
        )
        for n in range(6)
    ]
    assert "分钟后" in answers[-1].content.decode()


def test_phone_mail_and_room_can_be_changed_and_nothing_else(cast, as_person):
    answer = as_person(cast.staff).post(
        reverse("people:profile"),
        {
            "phone": "138-1234 5678",
            "email": "li@example.org",
            "usual_place": "A2-502",
            "name": "改名",
            "staff_number": "1",
        },
    )
    assert answer.status_code == 302
    person = Person.objects.get(pk=cast.staff.pk)
    assert (person.phone, person.email, person.usual_place) == (
        "13812345678",
        "li@example.org",
        cast.other_office,
    )
    assert (person.name, person.staff_number) == ("李晓雯", "1001")
    entry = Entry.objects.get(action="people.change_profile")
    assert entry.before["phone"] == "138****0001"


def test_a_wrong_number_is_told_beside_its_field(cast, as_person):
    answer = as_person(cast.staff).post(reverse("people:profile"), {"phone": "call me"})
    assert answer.status_code == 422
    assert "请填 11 位手机号或带区号的座机" in answer.content.decode()


def test_ones_own_number_is_masked_and_stays_when_the_mask_is_sent_back(cast, as_person):
    browser = as_person(cast.staff)
    page = browser.get(reverse("people:profile")).content.decode()
    assert 'value="138****0001"' in page
    assert "13800000001" not in page
    assert (
        browser.post(
            reverse("people:profile"), {"phone": "138****0001", "email": "li@example.org"}
        ).status_code
        == 302
    )
    person = Person.objects.get(pk=cast.staff.pk)
    assert (person.phone, person.email) == ("13800000001", "li@example.org")
    assert "phone" not in Entry.objects.get(action="people.change_profile").after
    half_edited = browser.post(reverse("people:profile"), {"phone": "138****0009"})
    assert half_edited.status_code == 422


def test_language_and_large_type_are_kept_with_the_person(cast, as_person):
    browser = as_person(cast.staff)
    browser.post(reverse("people:large_type"))
    browser.post(reverse("people:language"), {"language": "en", "next": "/profile"})
    person = Person.objects.get(pk=cast.staff.pk)
    assert (person.large_type, person.language) == (True, "en")
    assert browser.cookies["houqin_language"].value == "en"
    browser.post(reverse("people:language"), {"language": "xx"})
    assert Person.objects.get(pk=cast.staff.pk).language == "en"


def test_whoever_is_not_in_may_choose_a_language_for_the_browser(db, client):
    answer = client.post(reverse("people:language"), {"language": "en", "next": "/sign-in"})
    assert (answer.url, client.cookies["houqin_language"].value) == ("/sign-in", "en")


def test_other_devices_can_be_signed_out(cast):
    here, elsewhere = sign_in(Client(), cast.staff), sign_in(Client(), cast.staff)
    page = here.get(reverse("people:sessions")).content.decode()
    assert "退出其他设备" in page
    here.post(reverse("people:end_other_sessions"))
    assert here.get("/profile").status_code == 200
    assert elsewhere.get("/profile").status_code == 302
