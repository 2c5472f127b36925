"""Personal fields of real models: what is stored, found, shown, and what the database refuses."""

import pytest
from django.core.exceptions import FieldError, ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q

from houqin.foundation.bulk import copy_in
from houqin.foundation.people import actions
from houqin.foundation.people.models import Person
from houqin.foundation.sealed import envelope

ID = "33010619900307001"


def with_check(first: str) -> str:
    from houqin.foundation.standards import id_check_digit

    return first + id_check_digit(first)


def stored(person: Person, column: str = "phone") -> bytes | None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM people_person WHERE id = %s", [person.pk])
        return cursor.fetchone()[0]


def test_numbers_lie_encrypted_and_are_found_by_the_whole_or_their_last_four(cast):
    assert b"1380000" not in stored(cast.worker)
    assert Person.objects.get(phone="13800000006") == cast.worker
    assert Person.objects.get(phone="+86 138-0000-0006") == cast.worker
    assert Person.objects.get(phone__tail="0006") == cast.worker
    assert set(Person.objects.filter(phone__in=["13800000006", "13800000007", "1"])) == {
        cast.worker,
        cast.worker2,
    }
    assert not Person.objects.filter(phone="1380000000")
    assert not Person.objects.filter(phone__in=[])
    assert cast.worker not in Person.objects.exclude(phone=cast.worker.phone)
    assert cast.worker2 in Person.objects.exclude(Q(phone="13800000006"))


def test_nothing_else_can_be_asked(cast):
    for lookup in ("contains", "startswith", "gt", "regex"):
        with pytest.raises(FieldError):
            list(Person.objects.filter(**{f"phone__{lookup}": "138"}))
    with pytest.raises(TypeError):
        list(Person.objects.filter(phone=F("id_number")))


def test_nothing_is_nothing(cast):
    Person.objects.filter(pk=cast.staff.pk).update(phone="")
    cast.staff.refresh_from_db()
    assert stored(cast.staff) is None
    assert not cast.staff.phone
    assert str(cast.staff.phone) == ""
    assert Person.objects.get(phone="", pk=cast.staff.pk) == cast.staff
    assert cast.staff not in Person.objects.exclude(phone="")
    assert cast.staff not in Person.objects.filter(phone__isnull=False)


def test_a_list_decrypts_only_what_is_shown(cast, monkeypatch):
    opened = []
    monkeypatch.setattr(
        "houqin.foundation.sealed.value.unseal", lambda *given: opened.append(1) or envelope.unseal(*given)
    )
    people = list(Person.objects.all())
    assert all(isinstance(bool(each.phone), bool) for each in people)
    for each in people:
        each.save()
    assert opened == []
    assert str(next(each for each in people if each == cast.worker).phone) == "138****0006"
    assert opened == [1]


def test_saving_what_was_read_leaves_the_bytes_alone(cast):
    person = Person.objects.get(pk=cast.worker.pk)
    before = stored(person)
    person.save()
    assert stored(person) == before


def test_every_way_of_writing_encrypts(cast):
    section = cast.staff.organisation
    Person.objects.bulk_create([Person(name="甲", organisation=section, phone="13800001001")])
    Person.objects.filter(name="甲").update(phone="13800001002")
    copy_in(
        Person,
        (
            "id",
            "name",
            "password",
            "pinyin",
            "initials",
            "organisation",
            "post",
            "phone",
            "email",
            "language",
            "large_type",
        ),
        [(900_001, "乙", "", "", "", section.pk, "", "13800001003", "", "zh-hans", False)],
    )
    assert Person.objects.get(phone="13800001002").name == "甲"
    assert Person.objects.get(phone="13800001003").name == "乙"
    assert Person.objects.values_list("phone", flat=True).get(name="乙") == "13800001003"


def test_a_checked_value_has_its_normal_form_and_a_wrong_one_says_so(cast):
    cast.staff.phone, cast.staff.id_number = "138-1234 5678", with_check(ID).lower()
    cast.staff.full_clean(exclude=["password"])
    assert cast.staff.phone == "13812345678"
    assert cast.staff.id_number == with_check(ID)
    cast.staff.phone = "1381234567"
    with pytest.raises(ValidationError) as caught:
        cast.staff.full_clean(exclude=["password"])
    assert caught.value.error_dict["phone"][0].code == "bad_phone"


def test_one_id_number_belongs_to_one_person(cast):
    actions.change_person(cast.sysadmin, person=cast.staff, id_number=with_check(ID))
    cast.worker.id_number = with_check(ID)
    with pytest.raises(ValidationError) as caught:
        cast.worker.full_clean(exclude=["password"])
    assert [each.code for each in caught.value.error_dict["__all__"]] == ["duplicate_id"]
    assert "已登记" in str(caught.value)
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=cast.worker.pk).update(id_number=with_check(ID))
    assert stored(cast.worker, "id_number") is None


def test_finding_uses_the_index(cast):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Person.objects.filter(phone="13800000006").order_by().explain()
    assert "person_by_phone" in plan
    assert "person_by_phone_tail" in Person.objects.filter(phone__tail="0006").order_by().explain()
    assert "person_id_number_once" in Person.objects.filter(id_number=with_check(ID)).order_by().explain()
