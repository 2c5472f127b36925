"""A new installation gets its first person from the command line."""

import pytest
from django.core.management import CommandError, call_command

from houqin.foundation.people import scope
from houqin.foundation.people.models import Organisation, Person


def test_the_first_person_may_everything(db, monkeypatch, capsys):
    monkeypatch.setenv("HOUQIN_PASSWORD", "Diyi-ge-2026")
    call_command("add_administrator", "root", "第一人", organisation="江城市")
    person = Person.objects.get(username="root")
    assert "root" in capsys.readouterr().out
    assert scope.authorise_everywhere(person, "people.manage")
    assert Organisation.objects.get().name == "江城市"
    call_command("add_administrator", "second", "第二人")
    assert Organisation.objects.count() == 1


def test_a_weak_password_is_refused_in_words(db, monkeypatch):
    monkeypatch.setenv("HOUQIN_PASSWORD", "123")
    with pytest.raises(CommandError, match="password"):
        call_command("add_administrator", "root", "第一人")
    assert not Person.objects.exists()
