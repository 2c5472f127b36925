"""System, security and audit administrators: nobody is two of them, none can make themselves more, the last one stays."""

from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from houqin.foundation.errors import NotPermitted, Problem
from houqin.foundation.people import actions, installation
from houqin.foundation.people.models import Appointment, KnownPermission, Person, Role
from houqin.foundation.people.permissions import ADMINISTRATORS, PERMISSIONS, Kind
from houqin.foundation.trail.actors import SYSTEM
from houqin.testing.cast import LONG_AGO, ROLES

OFFICES = {"sysadmin": "system", "secadmin": "security", "auditor": "audit"}


def appointment(person, role, organisation, **values):
    return Appointment.objects.create(
        person=person, role=role, organisation=organisation, **{"from_on": LONG_AGO, **values}
    )


def test_their_permissions_are_disjoint_but_for_what_is_neutral(cast):
    held = {name: set(ROLES[name][2]) for name in OFFICES}
    neutral = {each.code for each in PERMISSIONS if each.kind == Kind.NEUTRAL}
    for one in OFFICES:
        for other in set(OFFICES) - {one}:
            assert held[one] & held[other] <= neutral
    assert {code: Role.objects.get(code=code).office for code in OFFICES} == OFFICES


def test_the_database_knows_every_permission_and_its_kind(db):
    known = dict(KnownPermission.objects.values_list("code", "kind"))
    assert known == {each.code: each.kind for each in PERMISSIONS}
    KnownPermission.objects.filter(code="trail.view").update(kind="work")
    call_command("migrate", verbosity=0)
    assert KnownPermission.objects.get(code="trail.view").kind == "audit"


@pytest.mark.db_facing
@pytest.mark.parametrize(
    "permissions",
    [
        ["people.manage", "people.import"],
        ["trail.view", "people.manage"],
        ["trail.view", "places.manage"],
        ["trail.view", "affairs.handle"],
        ["trail.view", "no.such"],
    ],
)
def test_no_role_holds_what_belongs_to_two(cast, permissions):
    with pytest.raises(IntegrityError, match="role"), transaction.atomic():
        Role.objects.create(code="mixed", name="混合", permissions=permissions)
    with pytest.raises(IntegrityError, match="role"), transaction.atomic():
        Role.objects.filter(code="staff").update(permissions=permissions)


def test_a_mixed_role_is_refused_in_words(cast):
    with pytest.raises(Problem, match="三员分立"):
        actions.add_role(
            cast.secadmin, code="mixed", name="混合", permissions=["people.manage", "places.manage"]
        )
    with pytest.raises(Problem, match="只能查看留痕"):
        actions.add_role(
            cast.secadmin, code="mixed", name="混合", permissions=["trail.view", "affairs.handle"]
        )


@pytest.mark.db_facing
@pytest.mark.parametrize(
    ("who", "role"),
    [
        ("sysadmin", "secadmin"),
        ("sysadmin", "auditor"),
        ("secadmin", "sysadmin"),
        ("auditor", "secadmin"),
        ("auditor", "dispatcher"),
        ("dispatcher", "auditor"),
    ],
)
def test_nobody_is_two_of_them(cast, who, role):
    person = getattr(cast, who)
    with pytest.raises(IntegrityError, match="would be"), transaction.atomic():
        appointment(person, cast.roles[role], cast.budget)
    if who != "secadmin":
        with pytest.raises(Problem, match="三员分立"):
            actions.appoint(cast.secadmin, person=person, role=cast.roles[role], organisation=cast.budget)


def test_one_after_the_other_is_allowed_and_so_is_work_beside_it(cast):
    today = timezone.localdate()
    appointment(
        cast.staff, cast.roles["sysadmin"], cast.city, from_on=date(2024, 1, 1), to_on=date(2024, 6, 30)
    )
    appointment(cast.staff, cast.roles["secadmin"], cast.city, from_on=date(2024, 7, 1), to_on=today)
    appointment(cast.staff, cast.roles["auditor"], cast.city, from_on=today + timedelta(days=1))
    appointment(cast.secadmin, cast.roles["worker"], cast.repairs)


@pytest.mark.db_facing
def test_a_role_does_not_become_what_its_holders_may_not_be(cast):
    mine = Role.objects.create(code="test.mine", name="测试", permissions=["affairs.handle"])
    appointment(cast.secadmin, mine, cast.city)
    with pytest.raises(IntegrityError, match="would be"), transaction.atomic():
        Role.objects.filter(pk=mine.pk).update(permissions=["places.manage"])
    with pytest.raises(Problem, match="增加权限"):
        actions.change_role(cast.secadmin, role=mine, permissions=["affairs.handle", "affairs.approve"])
    with pytest.raises(Problem, match="增加权限"):
        actions.change_role(
            cast.secadmin, role=cast.roles["secadmin"], permissions=["people.manage", "affairs.view"]
        )


@pytest.mark.db_facing
def test_who_grants_is_never_who_gets(cast):
    with pytest.raises(IntegrityError, match="granted_by"), transaction.atomic():
        appointment(cast.secadmin, cast.roles["worker"], cast.repairs, granted_by=cast.secadmin)
    with pytest.raises(NotPermitted, match="自己的任职"):
        actions.appoint(
            cast.secadmin, person=cast.secadmin, role=cast.roles["worker"], organisation=cast.repairs
        )
    given = actions.appoint(
        cast.secadmin, person=cast.staff, role=cast.roles["worker"], organisation=cast.repairs
    )
    assert given.granted_by_id == cast.secadmin.pk


@pytest.mark.parametrize("office", [None, "sysadmin", "auditor", "manager"])
def test_only_security_appoints_and_gives_accounts(cast, office):
    actor = getattr(cast, office or "staff")
    with pytest.raises(NotPermitted):
        actions.appoint(actor, person=cast.staff, role=cast.roles["worker"], organisation=cast.repairs)
    with pytest.raises(NotPermitted):
        actions.change_role(actor, role=cast.roles["staff"], permissions=["affairs.view"])
    with pytest.raises(NotPermitted):
        actions.name_account(actor, person=cast.colleague, username="chenli")
    with pytest.raises(NotPermitted):
        actions.reset_password(actor, person=cast.colleague, password="Chongzhi-2026")
    with pytest.raises(NotPermitted):
        actions.change_person(actor, person=cast.colleague, username="chenli")


@pytest.mark.parametrize("office", ["secadmin", "auditor"])
def test_only_the_system_administrator_keeps_the_roster(cast, office):
    actor = getattr(cast, office)
    with pytest.raises(NotPermitted):
        actions.add_person(actor, organisation=cast.budget, name="傀儡")
    with pytest.raises(NotPermitted):
        actions.change_person(actor, person=cast.staff, post="处长")
    with pytest.raises(NotPermitted):
        actions.end_person(actor, person=cast.staff)
    with pytest.raises(NotPermitted):
        actions.add_organisation(actor, kind="unit", code="X", name="新单位", parent=cast.city)


def test_whoever_keeps_the_roster_makes_no_account_and_removes_no_administrator(cast):
    with pytest.raises(NotPermitted):
        actions.add_person(cast.sysadmin, organisation=cast.budget, name="傀儡", username="puppet")
    with pytest.raises(NotPermitted, match="现任管理员"):
        actions.end_person(cast.sysadmin, person=cast.secadmin)


@pytest.mark.db_facing
@pytest.mark.parametrize("who", OFFICES)
def test_the_last_one_cannot_be_removed(cast, who):
    person = getattr(cast, who)
    held = Appointment.objects.get(person=person)
    soon = timezone.localdate() + timedelta(days=30)
    for change in (
        {"to_on": soon},
        {"organisation": cast.finance},
        {"service": "repairs"},
        {"role": cast.roles["staff"]},
    ):
        with pytest.raises(IntegrityError, match="nobody would be left"), transaction.atomic():
            Appointment.objects.filter(pk=held.pk).update(**change)
    for change in ({"ended_on": soon}, {"username": None}):
        with pytest.raises(IntegrityError, match="nobody would be left"), transaction.atomic():
            Person.objects.filter(pk=person.pk).update(**change)
    with pytest.raises(IntegrityError, match="nobody would be left"), transaction.atomic():
        Role.objects.filter(code=who).update(permissions=["people.view"])
    with pytest.raises(Problem, match="最后一人"):
        actions.end_appointment(SYSTEM, appointment=held)
    with pytest.raises(Problem, match="最后一人"):
        actions.end_person(SYSTEM, person=person)
    appointment(cast.staff, cast.roles[who], cast.city)
    actions.end_appointment(SYSTEM, appointment=held)
    assert not Appointment.objects.current().filter(pk=held.pk).exists()


def test_in_the_demo_one_account_is_all_three(cast):
    installation.mark_demo(today=timezone.localdate(), seed=1)
    try:
        for code in OFFICES:
            appointment(cast.staff, cast.roles[code], cast.city)
    finally:
        installation.forget()
    assert Appointment.objects.filter(person=cast.staff, role__office__in=ADMINISTRATORS).count() == 3


def _at_once(*works):
    start, refused = Barrier(len(works)), []

    def run(work):
        start.wait()
        try:
            with transaction.atomic():
                work()
        except DatabaseError as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


@pytest.mark.db_facing
@pytest.mark.django_db(transaction=True)
def test_at_once_nobody_becomes_two_and_not_all_go(committed_cast):
    cast = committed_cast
    for person in (cast.staff, cast.colleague, cast.worker, cast.worker2):
        refused = _at_once(
            lambda person=person: appointment(person, cast.roles["sysadmin"], cast.city),
            lambda person=person: appointment(person, cast.roles["secadmin"], cast.city),
        )
        assert len(refused) == 1
        mixed = Role.objects.create(code=f"test.{person.pk}", name="测试", permissions=[])
        free = Person.objects.create(name="自由人", organisation=cast.budget, username=f"free{person.pk}")
        appointment(free, cast.roles["auditor"], cast.budget)
        refused = _at_once(
            lambda free=free, mixed=mixed: appointment(free, mixed, cast.budget),
            lambda mixed=mixed: Role.objects.filter(pk=mixed.pk).update(permissions=["places.manage"]),
        )
        assert len(refused) == 1
    holders = Appointment.objects.filter(role__office="security", organisation=cast.city)
    refused = _at_once(
        *[
            lambda pk=pk: Appointment.objects.filter(pk=pk).update(to_on=timezone.localdate())
            for pk in holders.values_list("pk", flat=True)
        ]
    )
    assert len(refused) == 1
    assert holders.filter(to_on__isnull=True).count() == 1
