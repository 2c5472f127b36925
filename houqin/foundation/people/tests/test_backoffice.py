"""The back office: our permissions and scope, our actions, everything in the trail."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from houqin.foundation.people.models import Appointment, Organisation, Person, Role
from houqin.foundation.trail.models import Entry
from houqin.foundation.trail.queries import entries_of

pytestmark = pytest.mark.urls("houqin.foundation.people.tests.backoffice_urls")


@pytest.fixture
def admin(cast, as_person):
    return as_person(cast.sysadmin)


@pytest.fixture
def security(cast, as_person):
    return as_person(cast.secadmin)


@pytest.fixture
def audit(cast, as_person):
    return as_person(cast.auditor)


@pytest.fixture
def unit_admin(cast, as_person):
    """Somebody who manages the people of one unit alone."""
    cast.appoint(cast.head, ["backoffice.enter", "people.import"], cast.finance)
    return as_person(cast.head)


def change_url(record):
    meta = record._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[record.pk])


def form_of(page):
    """What a browser would send back."""
    form = page.context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value is not None and value is not False}


def test_only_who_may_enter_gets_in_and_sees_what_is_theirs(cast, as_person, admin, security, audit):
    assert as_person(cast.staff).get(reverse("admin:index")).status_code == 302
    pages = [each.get(reverse("admin:index")).content.decode() for each in (admin, security, audit)]
    for name, seen in {
        "people/organisation": [True, False, False],
        "people/appointment": [False, True, False],
        "notices/notice": [False, False, True],
    }.items():
        assert [f"{name}/" in page for page in pages] == seen


def test_a_new_person_goes_through_the_action(cast, admin):
    answer = admin.post(
        reverse("admin:people_person_add"),
        {
            "name": "曾庆红",
            "organisation": cast.budget.pk,
            "username": "Zeng",
            "language": "zh-hans",
        },
    )
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    person = Person.objects.get(name="曾庆红")
    assert (person.pinyin, person.username, person.has_usable_password()) == ("zengqinghong", None, False)
    entry = entries_of(person).get()
    assert (entry.action, entry.actor_name, entry.appointment_name) == (
        "people.add_person",
        "何管",
        "系统管理员 · 江城市",
    )
    assert "password" not in entry.after


def test_the_security_administrator_gives_the_account(cast, admin, security):
    address = reverse("admin:people_account_change", args=[cast.staff.pk])
    assert admin.get(address).status_code == 403
    page = security.get(address)
    answer = security.post(
        address, form_of(page) | {"username": "Li.Xiaowen", "new_password": "Xinren-2026-ok"}
    )
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    person = Person.objects.get(pk=cast.staff.pk)
    assert (person.username, person.check_password("Xinren-2026-ok")) == ("li.xiaowen", True)
    actions = {"people.name_account", "people.reset_password"}
    assert {entry.action for entry in entries_of(person)} == actions
    history = security.get(reverse("admin:people_account_history", args=[person.pk])).content.decode()
    assert "li.xiaowen" in history
    own = reverse("admin:people_account_change", args=[cast.secadmin.pk])
    refused = security.post(own, form_of(security.get(own)) | {"new_password": "Xinren-2026-ok"})
    assert "不能在这里调整自己的账号" in refused.content.decode()


def test_what_an_action_refuses_stands_beside_the_field_and_keeps_what_was_typed(cast, admin):
    answer = admin.post(
        reverse("admin:people_person_add"),
        {
            "name": "张三",
            "organisation": cast.budget.pk,
            "staff_number": cast.staff.staff_number,
            "language": "zh-hans",
        },
    )
    assert answer.status_code == 200
    form = answer.context["adminform"].form
    assert (form["name"].value(), form.errors != {}) == ("张三", True)
    assert not Person.objects.filter(name="张三").exists()


def test_a_change_is_told_with_before_and_after_and_shown_as_history(cast, admin):
    page = admin.get(change_url(cast.staff))
    admin.post(change_url(cast.staff), form_of(page) | {"post": "副处长"})
    entry = entries_of(cast.staff).get()
    assert (entry.action, entry.before, entry.after) == (
        "people.change_person",
        {"post": ""},
        {"post": "副处长"},
    )
    history = admin.get(reverse("admin:people_person_history", args=[cast.staff.pk])).content.decode()
    assert "副处长" in history
    assert "何管" in history
    assert not LogEntry.objects.exists()


def test_saving_without_a_change_leaves_no_entry(cast, admin):
    admin.post(change_url(cast.staff), form_of(admin.get(change_url(cast.staff))))
    assert not Entry.objects.exists()


def test_a_day_of_leaving_ends_appointments_too(cast, admin):
    page = admin.get(change_url(cast.head))
    admin.post(change_url(cast.head), form_of(page) | {"ended_on": timezone.localdate().isoformat()})
    cast.head.refresh_from_db()
    assert not cast.head.is_active
    assert Appointment.objects.get(person=cast.head).to_on == timezone.localdate()


def test_a_unit_sees_its_own_people_alone(cast, unit_admin):
    page = unit_admin.get(reverse("admin:people_person_changelist"))
    assert {row.username for row in page.context["cl"].result_list} == {"staff", "colleague", "head"}
    assert unit_admin.get(change_url(cast.worker)).status_code == 302
    assert unit_admin.get(reverse("admin:people_role_changelist")).status_code == 403
    assert unit_admin.get(reverse("admin:people_account_changelist")).status_code == 403
    answer = unit_admin.post(
        reverse("admin:people_person_add"),
        {"name": "外人", "organisation": cast.repairs.pk, "language": "zh-hans"},
    )
    assert answer.status_code == 200
    assert not Person.objects.filter(name="外人").exists()


def test_an_organisation_is_moved_and_renamed_with_keys_and_paths(cast, admin):
    page = admin.get(change_url(cast.budget))
    admin.post(change_url(cast.budget), form_of(page) | {"parent": cast.education.pk, "name": "预算管理处"})
    moved = Organisation.objects.get(pk=cast.budget.pk)
    assert (moved.parent, moved.initials) == (cast.education, "ysglc")
    assert moved.path == f"{cast.education.path}{moved.pk}/"
    assert {entry.action for entry in entries_of(moved)} == {
        "people.move_organisation",
        "people.change_organisation",
    }


def test_a_circle_is_refused_in_words(cast, admin):
    page = admin.get(change_url(cast.finance))
    answer = admin.post(change_url(cast.finance), form_of(page) | {"parent": cast.budget.pk})
    assert "不能移动到自己或自己的下级之下" in answer.content.decode()


def test_a_role_is_a_set_of_announced_permissions(cast, security):
    page = security.get(change_url(cast.roles["staff"]))
    assert "安排值班" in page.content.decode()
    security.post(change_url(cast.roles["staff"]), form_of(page) | {"permissions": ["people.view"]})
    assert Role.objects.get(code="staff").permissions == ["people.view"]
    assert entries_of(cast.roles["staff"]).get().before == {"permissions": []}


def test_nobody_appoints_themselves(cast, security):
    data = {
        "person": cast.secadmin.pk,
        "role": cast.roles["manager"].pk,
        "organisation": cast.city.pk,
        "from_on": timezone.localdate().isoformat(),
    }
    answer = security.post(reverse("admin:people_appointment_add"), data)
    assert "不能调整自己的任职" in answer.content.decode()
    answer = security.post(reverse("admin:people_appointment_add"), data | {"person": cast.staff.pk})
    assert answer.status_code == 302
    assert entries_of(Appointment.objects.get(person=cast.staff, role__code="manager")).exists()


def test_nothing_of_consequence_can_be_deleted_or_rewritten(cast, admin, security, audit):
    Entry.objects.create(actor_name="甲", action="a.b", record_type="people.person", record_id="1")
    for model in ("person", "organisation", "role", "appointment"):
        record = {
            "person": cast.staff,
            "organisation": cast.budget,
            "role": cast.roles["staff"],
            "appointment": cast.staff.appointments.get(),
        }[model]
        for each in (admin, security, audit):
            assert each.post(reverse(f"admin:people_{model}_delete", args=[record.pk])).status_code == 403
    entry = Entry.objects.get()
    url = reverse("admin:trail_entry_change", args=[entry.pk])
    assert audit.get(url).status_code == 200
    for each in (admin, security, audit):
        assert each.post(url, {"actor_name": "乙"}).status_code == 403


@pytest.mark.parametrize(
    ("who", "name"),
    [
        ("sysadmin", "people_organisation"),
        ("sysadmin", "people_person"),
        ("secadmin", "people_account"),
        ("secadmin", "people_role"),
        ("secadmin", "people_appointment"),
        ("sysadmin", "people_dutyshift"),
        ("secadmin", "people_signedinsession"),
        ("secadmin", "people_signinfailure"),
        ("auditor", "trail_entry"),
        ("auditor", "notices_notice"),
    ],
)
def test_every_list_opens_searches_and_asks_no_more_for_more_rows(
    cast, as_person, who, name, django_assert_max_num_queries
):
    admin = as_person(getattr(cast, who))
    cast.duty(cast.worker, starts_at=timezone.now() + timedelta(hours=1))
    with django_assert_max_num_queries(12):
        assert admin.get(reverse(f"admin:{name}_changelist"), {"q": "王"}).status_code == 200
    assert admin.get(reverse(f"admin:{name}_changelist")).status_code == 200


def test_there_is_one_door_and_one_way_to_a_new_password(cast, client, as_person, admin):
    answer = client.get(reverse("admin:index"), follow=True)
    assert answer.redirect_chain[-1][0].startswith("/sign-in?next=")
    assert as_person(cast.staff).get(reverse("admin:login")).status_code == 403
    assert admin.get(reverse("admin:password_change")).url == reverse("people:password")
    assert admin.post(reverse("admin:logout")).status_code == 302
    assert admin.get(reverse("admin:index")).status_code == 302


def test_numbers_are_masked_in_lists_and_forms_and_the_whole_one_is_a_link_away(cast, as_person):
    keeper = as_person(cast.sysadmin)
    listed = keeper.get(reverse("admin:people_person_changelist"), {"q": "0006"}).content.decode()
    assert "138****0006" in listed
    assert "赵铁柱" in listed
    assert "李晓雯" not in listed
    address = reverse("admin:people_person_change", args=[cast.worker.pk])
    page = keeper.get(address).content.decode()
    assert 'value="138****0006"' in page
    assert "13800000006" not in page
    assert f"/reveal/people.phone/{cast.worker.pk}?next={address}" in page
