"""Writing organisations, people, roles and appointments."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from houqin.foundation.errors import Conflict, NotPermitted, Problem
from houqin.foundation.people import actions, queries, scope, sign_in
from houqin.foundation.people.models import Appointment, Organisation, Person
from houqin.foundation.people.pinyin import name_key, pinyin_key
from houqin.foundation.trail.actors import SYSTEM
from houqin.foundation.trail.queries import entries_of


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("维修科", ("weixiuke", "wxk")),
        ("A座101", ("azuo101", "az101")),
        ("3号楼 302室", ("3haolou302shi", "3hl302s")),
        ("IT 服务台", ("itfuwutai", "ifwt")),
        ("", ("", "")),
    ],
)
def test_keys_of_names(text, key):
    assert pinyin_key(text) == key


@pytest.mark.parametrize(
    ("name", "pinyin"), [("单雄信", "shanxiongxin"), ("尉迟恭", "yuchigong"), ("李单", "lidan")]
)
def test_surnames_have_readings_of_their_own(name, pinyin):
    assert name_key(name)[0] == pinyin


def test_an_organisation_is_set_up_renamed_moved_and_ended(cast):
    made = actions.add_organisation(
        cast.sysadmin, kind="section", code="CZ-GK", name="国库处", parent=cast.finance
    )
    assert (made.path, made.initials) == (f"{cast.finance.path}{made.pk}/", "gkc")
    renamed = actions.rename_organisation(cast.sysadmin, organisation=made, name="国库支付处")
    assert renamed.pinyin == "guokuzhifuchu"
    moved = actions.move_organisation(cast.sysadmin, organisation=made, parent=cast.bureau)
    assert moved.path == f"{cast.bureau.path}{made.pk}/"
    ended = actions.end_organisation(cast.sysadmin, organisation=made)
    assert ended.ended_on == timezone.localdate()
    assert [entry.action.removeprefix("people.") for entry in entries_of(made)] == [
        "end_organisation",
        "move_organisation",
        "change_organisation",
        "add_organisation",
    ]


def test_an_organisation_with_people_or_parts_does_not_end(cast):
    with pytest.raises(Problem, match="在职人员"):
        actions.end_organisation(cast.sysadmin, organisation=cast.budget)
    Person.objects.filter(organisation=cast.budget).update(organisation=cast.general)
    with pytest.raises(Problem, match="下级组织"):
        actions.end_organisation(cast.sysadmin, organisation=cast.finance)


def test_the_right_is_needed_at_both_ends_of_a_move(cast):
    cast.appoint(cast.head, ["people.import"], cast.finance)
    with pytest.raises(NotPermitted):
        actions.move_organisation(cast.head, organisation=cast.budget, parent=cast.bureau)
    with pytest.raises(NotPermitted):
        actions.add_organisation(cast.head, kind="region", code="X", name="新区")
    with pytest.raises(NotPermitted):
        actions.change_person(cast.head, person=cast.staff, organisation=cast.repairs)


def test_two_people_never_have_one_sign_in_name_or_number(cast):
    with pytest.raises(Problem) as caught:
        actions.add_person(SYSTEM, organisation=cast.budget, name="甲", username="Staff")
    assert set(caught.value.errors) == {"username"}
    for _n in range(2):
        actions.add_person(cast.sysadmin, organisation=cast.budget, name="乙", username="", staff_number="")


def test_what_another_was_quicker_to_take_is_a_conflict(cast, monkeypatch):
    def refuse(self, **options):
        raise IntegrityError("duplicate key")

    monkeypatch.setattr(Person, "save", refuse)
    with pytest.raises(Conflict):
        actions.add_person(cast.sysadmin, organisation=cast.budget, name="甲")


def test_somebody_without_a_password_is_known_but_cannot_sign_in(cast):
    person = actions.add_person(cast.sysadmin, organisation=cast.budget, name="甲")
    assert not person.has_usable_password()
    actions.name_account(cast.secadmin, person=person, username="Jia")
    actions.reset_password(cast.secadmin, person=person, password="Chongzhi-2026")
    backend = sign_in.DoorBackend()
    assert backend.authenticate(None, "jia", "Chongzhi-2026") == person
    with pytest.raises(Problem):
        actions.reset_password(cast.secadmin, person=person, password="short")


def test_whoever_leaves_keeps_no_appointment_and_every_end_is_told(cast):
    cast.appoint(cast.head, ["affairs.view"], cast.city)
    actions.end_person(cast.sysadmin, person=cast.head)
    today = timezone.localdate()
    assert set(Appointment.objects.filter(person=cast.head).values_list("to_on", flat=True)) == {today}
    for appointment in Appointment.objects.filter(person=cast.head):
        assert entries_of(appointment).get().after == {"to_on": today.isoformat()}
    assert scope.grants(Person.objects.get(pk=cast.head.pk)) == ()


def test_an_appointment_is_given_changed_and_ended(cast):
    given = actions.appoint(
        cast.secadmin, person=cast.staff, role=cast.roles["manager"], organisation=cast.finance
    )
    assert scope.holds(cast.staff, "affairs.view")
    with pytest.raises(NotPermitted):
        actions.change_appointment(cast.staff, appointment=given, organisation=cast.city)
    actions.change_appointment(cast.secadmin, appointment=given, high_risk=True)
    ended = actions.end_appointment(cast.secadmin, appointment=given, on=timezone.localdate())
    assert ended.to_on == timezone.localdate()
    assert [entry.action for entry in entries_of(given)] == [
        "people.end_appointment",
        "people.change_appointment",
        "people.appoint",
    ]


def test_an_appointment_cannot_end_before_it_begins(cast):
    with pytest.raises(Problem):
        actions.appoint(
            cast.secadmin,
            person=cast.staff,
            role=cast.roles["manager"],
            organisation=cast.finance,
            to_on=timezone.localdate() - timedelta(days=1),
        )


def test_a_unit_cannot_give_what_reaches_beyond_it(cast):
    cast.appoint(cast.head, ["people.manage"], cast.finance)
    with pytest.raises(NotPermitted):
        actions.appoint(cast.head, person=cast.staff, role=cast.roles["manager"], organisation=cast.city)
    with pytest.raises(NotPermitted):
        actions.change_role(cast.head, role=cast.roles["staff"], permissions=["people.manage"])


def test_a_role_holds_announced_permissions_only(cast):
    role = actions.add_role(cast.secadmin, code="porter", name="门卫", permissions=["people.view"])
    with pytest.raises(Problem, match=r"no\.such"):
        actions.change_role(cast.secadmin, role=role, permissions=["no.such"])


def test_a_failed_action_leaves_nothing_behind(cast):
    before = Organisation.objects.count()
    with pytest.raises(Problem), transaction.atomic():
        actions.add_organisation(SYSTEM, kind="unit", code=cast.finance.code, name="重号", parent=cast.city)
    assert Organisation.objects.count() == before


@pytest.mark.parametrize(
    "text", ["单大", "shandayong", "sdy", "1007", "13800000007", "138 0000 0007", "0007", "shan da"]
)
def test_people_are_found_as_the_desk_types(cast, text):
    assert cast.worker2 in queries.find_people(cast.clerk, text)


def test_people_outside_ones_scope_are_not_found(cast):
    assert not queries.find_people(cast.head, "单大勇")
    assert not queries.find_people(cast.staff, "周建国")
    assert not queries.find_people(cast.clerk, "  ")


@pytest.mark.parametrize("number", ["13800000001", "138 0000 0001", "+86 138-0000-0001"])
def test_a_call_is_known_by_its_number(cast, number):
    assert queries.phone_lookup(cast.clerk, number).get() == cast.staff
    assert not queries.phone_lookup(cast.clerk, "").exists()
