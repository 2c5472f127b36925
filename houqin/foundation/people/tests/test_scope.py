"""Scope: role × organisation subtree, narrowed by place and service; several appointments add up."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from houqin.foundation.errors import NotPermitted
from houqin.foundation.people import scope
from houqin.foundation.people.models import Appointment, DutyShift, Organisation, Person, Role
from houqin.foundation.trail.actors import SYSTEM, Outsider
from houqin.testing.cast import LONG_AGO


def test_whether_rights_still_hold_is_asked_of_the_database_once(cast):
    assert scope.holds(cast.dispatcher, "affairs.dispatch")
    actor = Person.objects.get(pk=cast.dispatcher.pk)
    with CaptureQueriesContext(connection) as statements:
        assert scope.holds(actor, "affairs.dispatch")
        assert not scope.holds(actor, "people.manage")
        scope.within(actor, "affairs.view", organisation="path")
        assert scope.authorise(actor, "affairs.view", organisation_path=cast.repairs.path)
    assert len(statements) == 1


def test_several_appointments_add_up_and_the_one_used_is_named(cast):
    more = cast.appoint(cast.dispatcher, ["affairs.view"], cast.finance)
    assert scope.authorise(
        cast.dispatcher, "affairs.view", organisation_path=cast.repairs.path
    ).appointment_name == ("调度 · 维修科")
    grant = scope.authorise(cast.dispatcher, "affairs.view", organisation_path=cast.budget.path)
    assert grant.appointment_id == more.pk
    reach = scope.within(cast.dispatcher, "affairs.view", organisation="path")
    seen = set(Organisation.objects.filter(reach))
    assert seen == {cast.repairs, cast.finance, cast.budget}


def test_without_the_right_nothing_is_seen_and_nothing_allowed(cast):
    reach = scope.within(cast.staff, "affairs.view", organisation="path")
    assert not Organisation.objects.filter(reach).exists()
    with pytest.raises(NotPermitted):
        scope.authorise(cast.staff, "affairs.view", organisation_path=cast.budget.path)
    assert scope.grants(Outsider("路人")) == ()
    assert not scope.holds(Outsider("路人"), "affairs.view")


def test_the_system_may_everything_by_no_appointment(cast):
    assert scope.authorise(SYSTEM, "affairs.view", organisation_path=cast.city.path).appointment_id is None
    reach = scope.within(SYSTEM, "affairs.view", organisation="path")
    assert Organisation.objects.filter(reach).count() == Organisation.objects.count()


def test_a_narrowed_appointment_reaches_its_place_and_service_alone(cast):
    cast.appoint(cast.worker, ["affairs.view"], cast.city, place=cast.tower, service="repairs")
    grant = scope.grant_for(
        cast.worker,
        "affairs.view",
        organisation_path=cast.repairs.path,
        place_path=cast.office.path,
        service="repairs",
    )
    assert grant is not None
    refused = [
        {"place_path": cast.other_office.path, "service": "repairs"},
        {"place_path": cast.office.path, "service": "meetings"},
        {"place_path": "", "service": "repairs"},
        {"place_path": cast.site.path, "service": "repairs"},
    ]
    for record in refused:
        assert not scope.grant_for(cast.worker, "affairs.view", organisation_path=cast.repairs.path, **record)


def test_an_appointment_holds_from_its_first_to_its_last_day(cast, time_machine):
    today = timezone.localdate()
    appointment = cast.appoint(cast.staff, ["affairs.view"], cast.city)
    Appointment.objects.filter(pk=appointment.pk).update(
        from_on=today + timedelta(days=1), to_on=today + timedelta(days=2)
    )
    held = []
    for day in range(4):
        time_machine.move_to(timezone.now() + timedelta(days=bool(day)), tick=False)
        held.append(scope.holds(cast.staff, "affairs.view"))
    assert held == [False, True, True, False]


def test_whoever_has_left_holds_nothing(cast):
    cast.manager.ended_on = timezone.localdate()
    cast.manager.save()
    assert not scope.holds(cast.manager, "affairs.view")
    assert cast.manager not in scope.holders("affairs.view", organisation_path=cast.repairs.path)


def test_holders_are_those_whose_scope_covers_the_record(cast):
    cast.appoint(cast.worker, ["affairs.dispatch"], cast.bureau, place=cast.tower)
    path = cast.repairs.path
    everywhere = scope.holders("affairs.dispatch", organisation_path=path)
    in_tower = scope.holders("affairs.dispatch", organisation_path=path, place_path=cast.office.path)
    assert set(everywhere) == {cast.dispatcher}
    assert set(in_tower) == {cast.dispatcher, cast.worker}


def test_who_is_told_changes_with_people_and_appointments_at_once(cast):
    def told():
        found = scope.present_holders(
            "affairs.dispatch", organisation_path=cast.repairs.path, place_path=cast.office.path
        )
        return [(person.name, person.language) for person in found]

    assert told() == [(cast.dispatcher.name, "zh-hans")]
    Person.objects.filter(pk=cast.dispatcher.pk).update(name="王芳芳", language="en")
    assert told() == [("王芳芳", "en")]
    cast.appoint(cast.worker, ["affairs.dispatch"], cast.bureau, place=cast.tower)
    assert sorted(name for name, _ in told()) == sorted(["王芳芳", cast.worker.name])
    Person.objects.filter(pk=cast.worker.pk).update(ended_on=timezone.localdate())
    assert told() == [("王芳芳", "en")]


def test_heads_are_those_of_the_nearest_organisation_that_has_one(cast):
    assert scope.heads_of(cast.budget) == [cast.head]
    assert scope.heads_of(cast.general) == []
    cast.appoint(cast.manager, [], cast.bureau, head=True)
    assert scope.heads_of(cast.general) == [cast.manager]
    assert scope.heads_of(cast.repairs) == [cast.repairs_head]


def test_rights_over_a_root_are_needed_for_what_belongs_to_nobody(cast):
    assert scope.authorise_everywhere(cast.secadmin, "people.manage").appointment_id
    cast.appoint(cast.staff, ["people.manage"], cast.finance)
    with pytest.raises(NotPermitted):
        scope.authorise_everywhere(cast.staff, "people.manage")


ORGANISATIONS = ["city", "bureau", "finance", "repairs", "general", "budget", "schools"]
PLACES = [None, "site", "tower", "other_tower", "floor", "office", "other_office"]
SERVICES = ["", "repairs", "meetings"]
appointments = st.lists(
    st.tuples(
        st.sampled_from(ORGANISATIONS), st.sampled_from(PLACES), st.sampled_from(SERVICES), st.booleans()
    ),
    max_size=4,
)


def plainly(cast, held, section, place):
    """The rule in plain words, without paths or queries."""

    def chain(node):
        while node is not None:
            yield node.pk
            node = node.parent

    for organisation, narrowed, service, carries in held:
        if (
            carries
            and getattr(cast, organisation).pk in set(chain(section))
            and (narrowed is None or getattr(cast, narrowed).pk in set(chain(place)))
            and service in ("", "repairs")
        ):
            return True
    return False


@given(held=appointments)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_query_check_and_holders_agree_with_the_rule_in_plain_words(cast, held):
    role, _ = Role.objects.get_or_create(code="p.with", defaults={"name": "有", "permissions": ["x.do"]})
    other, _ = Role.objects.get_or_create(code="p.without", defaults={"name": "无", "permissions": ["x.see"]})
    Appointment.objects.filter(person=cast.staff).delete()
    Appointment.objects.bulk_create(
        Appointment(
            person=cast.staff,
            role=role if carries else other,
            organisation=getattr(cast, organisation),
            place=getattr(cast, place) if place else None,
            service=service,
            from_on=LONG_AGO,
        )
        for organisation, place, service, carries in held
    )
    scope.forget(cast.staff)
    shifts = records(cast)
    reach = scope.within(
        cast.staff, "x.do", organisation="section__path", place="place__path", service="name"
    )
    seen = set(DutyShift.objects.filter(reach).values_list("pk", flat=True))
    for shift in shifts:
        place = shift.place
        expected = plainly(cast, held, shift.section, place)
        where = {
            "organisation_path": shift.section.path,
            "place_path": place.path if place else "",
            "service": "repairs",
        }
        assert (shift.pk in seen) is expected
        assert (scope.grant_for(cast.staff, "x.do", **where) is not None) is expected
        assert (cast.staff in scope.holders("x.do", **where)) is expected
        assert (cast.staff in scope.present_holders("x.do", **where)) is expected


def records(cast):
    """Shifts stand for records with a section, a place and (as their name) a service."""
    if not DutyShift.objects.exists():
        for section in (cast.repairs, cast.budget, cast.finance):
            for hour, place in enumerate([None, cast.office, cast.other_office, cast.tower, cast.site]):
                start = timezone.now() + timedelta(hours=hour)
                shift = cast.duty(cast.worker, section=section, starts_at=start, hours=0.9, place=place)
                DutyShift.objects.filter(pk=shift.pk).update(name="repairs")
    return list(DutyShift.objects.select_related("section", "place"))
