"""``houqin import roster``: what it prints, and what its exit code says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from houqin import cli
from houqin.foundation.people.models import Person
from houqin.foundation.roster.tests.samples import book, somebody

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The command in the database of the test."""

    @contextmanager
    def here(*_given: Any) -> Iterator[None]:
        yield

    monkeypatch.setattr(cli, "_installation", here)
    monkeypatch.setattr(cli, "_database", here)

    def run(content: bytes, *options: str) -> Result:
        file = tmp_path / "名册.xlsx"
        file.write_bytes(content)
        return CliRunner().invoke(cli.main, ["import", "roster", str(file), *options])

    return run


def test_a_check_reports_and_changes_nothing(run: Any) -> None:
    rows = [somebody(n) for n in range(1, 4)]
    rows[0][6] = "1.39E+10"
    done = run(book(rows), "--check")
    assert done.exit_code == 0
    assert "将会：新增 2 人" in done.stdout
    assert "名册!3" in done.stdout
    assert not Person.objects.exists()


def test_the_result_as_json(run: Any) -> None:
    done = run(book([somebody(n) for n in range(1, 4)]), "--json")
    told = json.loads(done.stdout)
    assert told["counts"]["people_added"] == 3
    assert (told["refused"], told["warnings"], told["applied"]) == ([], [], True)
    assert Person.objects.count() == 3


def test_a_file_that_is_no_roster_is_a_failure(run: Any) -> None:
    done = run(b"PK\x03\x04", "--json")
    assert done.exit_code == cli.FAILED
    assert done.stdout == ""
    assert "重新保存" in done.stderr
