"""A new installation gets its three administrators from the command line."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from houqin.foundation.people import scope
from houqin.foundation.people.models import Organisation, Person


def test_each_of_the_three_may_their_own_work(db, monkeypatch, capsys):
    monkeypatch.setenv("HOUQIN_PASSWORD", "Diyi-ge-2026")
    call_command("add_administrator", "security", "first", "第一人", organisation="江城市")
    call_command("add_administrator", "system", "second", "第二人")
    call_command("add_administrator", "audit", "third", "第三人")
    assert "first" in capsys.readouterr().out
    assert Organisation.objects.get().name == "江城市"
    rights = {"first": "people.manage", "second": "places.manage", "third": "trail.view"}
    for username in rights:
        person = Person.objects.get(username=username)
        held = {right for right in rights.values() if scope.holds(person, right)}
        assert held == {rights[username]}
        assert scope.authorise_everywhere(person, rights[username])
        assert person.is_staff


def test_a_weak_password_is_refused_in_words(db, monkeypatch):
    monkeypatch.setenv("HOUQIN_PASSWORD", "123")
    with pytest.raises(CommandError, match="password"):
        call_command("add_administrator", "system", "root", "第一人")
    assert not Person.objects.exists()


def test_before_the_first_up_it_says_what_to_do(db, monkeypatch):
    monkeypatch.setenv("HOUQIN_PASSWORD", "Diyi-ge-2026")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE people_person RENAME TO elsewhere")
    with pytest.raises(CommandError, match="houqin up"):
        call_command("add_administrator", "system", "root", "第一人", organisation="江城市")
