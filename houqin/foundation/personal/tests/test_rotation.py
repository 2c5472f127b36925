"""Keys are changed while everything stays readable and findable; a wrong or missing key is named."""

import re

import pytest
from django.apps import apps
from django.db import connection, models

from houqin.foundation.people.models import Person
from houqin.foundation.personal import rotation
from houqin.foundation.sealed.keys import KeyMissing
from houqin.foundation.trail.models import Entry

OLD_DATA, OLD_LOOKUP = ("tests", b"0123456789abcdef" * 2), ("tests", b"fedcba9876543210" * 2)
NEW_DATA, NEW_LOOKUP = ("k2", bytes(range(32))), ("f2", bytes(range(32, 64)))


@pytest.fixture
def both(cast, settings):
    """People written with the old keys, and settings that have the new ones too."""
    settings.DATA_KEYS, settings.LOOKUP_KEYS = (NEW_DATA, OLD_DATA), (NEW_LOOKUP, OLD_LOOKUP)
    return cast


def test_old_values_are_found_and_read_before_during_and_after_a_rotation(both, settings, monkeypatch):
    monkeypatch.setattr(rotation, "BATCH", 3)
    with_phone = Person.objects.exclude(phone="").count()
    assert rotation.usage() == {("tests", "tests"): with_phone}
    assert Person.objects.get(phone="13800000006") == both.worker
    said = []
    assert rotation.rotate(say=said.append) == with_phone
    assert len(said) == -(-with_phone // 3)
    assert rotation.usage() == {("k2", "f2"): with_phone}
    assert Person.objects.get(phone="13800000006") == both.worker
    settings.DATA_KEYS, settings.LOOKUP_KEYS = (NEW_DATA,), (NEW_LOOKUP,)
    assert Person.objects.get(phone="13800000006").phone == "13800000006"
    assert Person.objects.get(phone__tail="0006") == both.worker
    assert [rotation.rotate(), rotation.rotate()] == [with_phone, 0], "once more takes the former hashes away"
    told = Entry.objects.filter(action="personal.rotate").order_by("id")
    assert [each.after["values"] for each in told] == [with_phone, with_phone]


def test_an_interrupted_rotation_goes_on_where_it_stopped(both, monkeypatch):
    monkeypatch.setattr(rotation, "BATCH", 2)
    field = Person._meta.get_field("phone")
    last, count = rotation._batch(field, 0)
    assert count == 2
    everybody = Person.objects.exclude(phone="").count()
    assert rotation.rotate() == everybody - 2


def test_without_the_old_key_nothing_is_lost_and_it_says_so(both, settings):
    settings.DATA_KEYS = (NEW_DATA,)
    with pytest.raises(KeyMissing):
        rotation.rotate()
    settings.DATA_KEYS = (NEW_DATA, OLD_DATA)
    assert Person.objects.get(pk=both.worker.pk).phone == "13800000006"


def test_another_key_of_the_same_name_and_a_missing_one_are_named(cast, settings):
    assert rotation.meet() == []
    settings.DATA_KEYS = (("tests", bytes(range(32))),)
    (wrong,) = rotation.problems()
    assert "key tests is not the key of that name" in wrong
    settings.DATA_KEYS = (NEW_DATA,)
    (missing,) = rotation.meet()
    assert "HOUQIN_DATA_KEYS: key tests is missing" in missing
    settings.DATA_KEYS = (NEW_DATA, OLD_DATA)
    assert rotation.meet() == []
    rotation.rotate()
    settings.DATA_KEYS = (NEW_DATA,)
    assert rotation.meet() == []


def test_every_personal_column_is_known(cast):
    assert {field.context for field in rotation.personal_fields()} >= {
        "people.person.phone",
        "people.person.id_number",
        "affairs.case.applicant_phone",
        "affairs.follower.phone",
    }
    with connection.cursor() as cursor:
        for field in rotation.personal_fields():
            cursor.execute(
                "SELECT data_type FROM information_schema.columns WHERE table_name = %s AND column_name = %s",
                [field.model._meta.db_table, field.column],
            )
            assert cursor.fetchone() == ("bytea",)


def test_no_table_keeps_a_personal_number_in_an_ordinary_column():
    """Lines of offices and of companies are no personal data; whatever else is named so is a personal field."""
    lines = {"people.Organisation.phone", "repairs.Device.supplier_phone"}
    named = re.compile(r"phone|mobile|id_number|id_card|telephone")
    ordinary = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if named.search(field.name) and isinstance(field, models.CharField | models.TextField)
    }
    assert ordinary <= lines, ordinary - lines
