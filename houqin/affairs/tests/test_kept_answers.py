"""What a case keeps of the answers: whatever kinds of field a service asks with."""

import json
from datetime import date, time
from decimal import Decimal

import pytest
from django import forms

from houqin.affairs.forms import CaseForm, FileIdsField
from houqin.foundation.places.models import Place

pytestmark = pytest.mark.django_db


class EveryKind(CaseForm):
    place = forms.ModelChoiceField(Place.objects.all(), to_field_name="code")
    rooms = forms.ModelMultipleChoiceField(Place.objects.all(), to_field_name="code")
    on = forms.DateField()
    at = forms.TimeField()
    starts_at = forms.DateTimeField()
    amount = forms.DecimalField()
    often = forms.IntegerField()
    tags = forms.MultipleChoiceField(choices=[("a", "A"), ("b", "B")])
    photos = FileIdsField()


def test_answers_of_every_kind_are_kept_as_json(cast):
    form = EveryKind(
        {
            "place": cast.office.code, "rooms": [cast.office.code, cast.toilet.code], "on": "2026-03-16", "at": "08:30",
            "starts_at": "2026-03-16 09:00", "amount": "12.50", "often": "3", "tags": ["a", "b"],
        }
    )  # fmt: skip
    assert form.is_valid(), form.errors
    kept = json.loads(json.dumps(form.kept()))
    assert kept["place"] == cast.office.pk
    assert sorted(kept["rooms"]) == sorted([cast.office.pk, cast.toilet.pk])
    assert date.fromisoformat(kept["on"]) == date(2026, 3, 16)
    assert time.fromisoformat(kept["at"]) == time(8, 30)
    assert kept["starts_at"].startswith("2026-03-16T09:00")
    assert (Decimal(kept["amount"]), kept["often"], kept["tags"]) == (Decimal("12.50"), 3, ["a", "b"])
    assert "photos" not in kept
