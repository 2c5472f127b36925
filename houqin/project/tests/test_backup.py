"""`houqin backup` and `houqin restore`: the same system again, whatever happened meanwhile."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from houqin.foundation.backups.models import Backup
from houqin.foundation.files import actions as files
from houqin.foundation.files.models import File
from houqin.foundation.files.tests import samples
from houqin.foundation.trail import sealing
from houqin.foundation.trail.models import Checkpoint, Entry
from houqin.project.backup import archive, keys, make, restore, tools
from houqin.project.backup.archive import Archive
from houqin.project.backup.make import Made
from houqin.project.backup.problems import BackupProblem
from houqin.testing import sameness
from houqin.testing.desk import Desk

ROOT = Path(__file__).parents[3]


def url_of(name: str) -> str:
    return urlsplit(os.environ["HOUQIN_DATABASE_URL"])._replace(path=f"/{name}").geturl()


def here() -> str:
    """The address of this test's own database."""
    return url_of(str(connection.settings_dict["NAME"]))


@pytest.fixture
def store(own_store: Path) -> Path:
    """The file store of the running system."""
    return own_store


@pytest.fixture
def desk(store: Path, committed_desk: Desk) -> Desk:
    """A desk with a few cases and files, committed."""
    photo(committed_desk)
    files.store(committed_desk.cast.staff, samples.upload(samples.office(), "方案.docx", ""))
    for number in range(5):
        committed_desk.submit(f"第{number}处漏水", data={"kind": ""} if number % 2 else {})
    return committed_desk


def photo(desk: Desk) -> File:
    return files.store(desk.cast.staff, samples.upload(samples.picture(), "现场.jpg", "image/jpeg"))


@pytest.fixture
def empty() -> Iterator[str]:
    """An empty database beside this test's own."""
    name = f"test_houqin_{os.getppid()}_{os.getpid()}_restored"
    _on_server("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    _on_server("CREATE DATABASE {}", name)
    yield url_of(name)
    _on_server("DROP DATABASE {} WITH (FORCE)", name)


def _on_server(statement: str, name: str) -> None:
    with psycopg.connect(os.environ["HOUQIN_DATABASE_URL"], autocommit=True) as server:
        server.execute(sql.SQL(statement).format(sql.Identifier(name)))


def back_up(tmp_path: Path, store: Path) -> Made:
    return make.make(tmp_path / "backups", url=here(), store=store, data_dir=tmp_path)


def put_back(made: Made, url: str, store: Path) -> None:
    restore.restore(restore.opened(made.folder), url=url, store=store)


def test_the_restored_system_is_the_same(desk: Desk, store: Path, empty: str, tmp_path: Path) -> None:
    made = back_up(tmp_path, store)
    put_back(made, empty, tmp_path / "restored")
    assert sameness.tables(empty) == sameness.tables(here())
    assert sameness.files(tmp_path / "restored") == sameness.files(store)
    assert len(sameness.files(store)) == 3, "a picture, its thumbnail and a document"
    kept = Backup.objects.get()
    assert kept.finished_at
    assert kept.place == str(made.folder)
    assert Entry.objects.get(action="backups.begin").record_id == str(kept.pk)
    assert json.loads((tmp_path / "last-backup.json").read_text())["place"] == str(made.folder)


def test_the_manifest_says_what_the_backup_is(desk: Desk, store: Path, tmp_path: Path) -> None:
    manifest = back_up(tmp_path, store).manifest
    assert manifest.tables["public.affairs_case"] == 5
    assert manifest.files == 3
    assert manifest.migrations["backups"]
    assert all(len(heads) == 1 for heads in manifest.migrations.values())
    assert manifest.server_major >= 15
    assert (manifest.missing, manifest.damaged, manifest.erased) == ([], [], [])


def test_it_names_the_keys_its_secrets_need_and_holds_none(desk: Desk, store: Path, tmp_path: Path) -> None:
    made = back_up(tmp_path, store)
    mine = (*settings.DATA_KEYS, *settings.LOOKUP_KEYS)
    used = {settings.DATA_KEYS[0][0], settings.LOOKUP_KEYS[0][0]}
    assert made.manifest.keys.keys() == used
    assert keys.lacking(made.manifest.keys, mine) == []
    others = tuple((id, bytes(reversed(secret))) for id, secret in mine)
    assert keys.lacking(made.manifest.keys, others) == sorted(used), "the same ids, other secrets"
    assert keys.lacking(made.manifest.keys, ()) == sorted(used)
    everything = b"".join(path.read_bytes() for path in made.folder.rglob("*") if path.is_file())
    for _, secret in mine:
        assert secret not in everything
        assert base64.b64encode(secret) not in everything


def test_it_keeps_the_last_checkpoint_of_the_trail(desk: Desk, store: Path, tmp_path: Path) -> None:
    assert back_up(tmp_path, store).manifest.trail == ""
    sealing.seal()
    assert back_up(tmp_path, store).manifest.trail == Checkpoint.objects.latest("size").note


def test_only_its_owner_may_read_it_and_sha256sum_can_verify_it(
    desk: Desk, store: Path, tmp_path: Path
) -> None:
    folder = back_up(tmp_path, store).folder
    modes = {path.is_dir(): path.stat().st_mode & 0o777 for path in [folder, *folder.rglob("*")]}
    assert modes == {True: 0o700, False: 0o600}
    assert (
        subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=folder).returncode
        == 0
    )


def test_work_goes_on_meanwhile_and_the_copy_is_of_one_moment(
    desk: Desk, store: Path, empty: str, tmp_path: Path
) -> None:
    over = threading.Event()
    done: list[int] = []

    def work() -> None:
        try:
            while not over.is_set():
                desk.submit("随时来的")
                photo(desk)
                done.append(1)
        finally:
            connection.close()

    people = [threading.Thread(target=work) for _ in range(3)]
    for person in people:
        person.start()
    while len(done) < 3:
        time.sleep(0.01)
    made = back_up(tmp_path, store)
    over.set()
    for person in people:
        person.join()
    put_back(made, empty, tmp_path / "restored")
    assert made.manifest.missing == []
    with psycopg.connect(empty) as copy:
        named = {
            name for row in copy.execute("SELECT content, thumbnail FROM files_file") for name in row if name
        }
        (cases,) = copy.execute("SELECT count(*) FROM affairs_case").fetchone() or (0,)
        whole = copy.execute(
            "SELECT count(*) FROM affairs_case c WHERE version <> (SELECT count(*) FROM affairs_event e WHERE e.case_id = c.id)"
        ).fetchone()
    assert set(sameness.files(tmp_path / "restored")) == named
    assert 5 + 3 <= cases == made.manifest.tables["public.affairs_case"]
    assert whole == (0,)


def test_files_that_are_missing_or_changed_are_named(desk: Desk, store: Path, tmp_path: Path) -> None:
    document = File.objects.get(kind="document")
    picture = File.objects.get(kind="image")
    (store / document.content.name).unlink()
    (store / picture.content.name).write_bytes(b"overwritten")
    manifest = back_up(tmp_path, store).manifest
    assert manifest.missing == [document.content.name]
    assert manifest.damaged == [picture.content.name]
    assert Backup.objects.get().trouble == manifest.trouble == "files: 1 missing, 1 damaged"


def test_a_file_erased_while_it_runs_is_no_trouble(
    desk: Desk, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = File.objects.get(kind="document")
    dump = tools.run

    def meanwhile(*arguments: object) -> None:
        dump(*arguments)
        (store / file.content.name).unlink()
        file.delete()

    monkeypatch.setattr(tools, "run", meanwhile)
    manifest = back_up(tmp_path, store).manifest
    assert (manifest.erased, manifest.missing) == ([file.content.name], [])
    assert manifest.trouble == ""


def test_one_at_a_time_and_what_a_killed_one_left_is_removed(desk: Desk, store: Path, tmp_path: Path) -> None:
    place = tmp_path / "backups"
    left = place / ".houqin-20260101T000000Z.part"
    left.mkdir(parents=True)
    (left / "toc.dat").write_bytes(b"half")
    with (place / ".lock").open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(BackupProblem, match="under way"):
            back_up(tmp_path, store)
    made = back_up(tmp_path, store)
    assert sorted(place.iterdir()) == [place / ".lock", made.folder]


def test_one_that_fails_leaves_nothing_and_says_why(
    desk: Desk, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools, "PACKAGED", ())
    monkeypatch.setattr(tools.binaries, "versions", dict)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupProblem, match="pg_dump of PostgreSQL .* is needed; found: none"):
        back_up(tmp_path, store)
    assert list((tmp_path / "backups").glob("*")) == list((tmp_path / "backups").glob(".lock"))
    kept = Backup.objects.get()
    assert kept.finished_at is None
    assert "pg_dump" in kept.trouble


def test_a_pg_dump_that_is_too_old_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 14.2'\n")
    old.chmod(0o755)
    monkeypatch.setattr(tools, "PACKAGED", ())
    monkeypatch.setattr(tools.binaries, "versions", dict)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(BackupProblem, match=r"found: 14 .*Install the client programs of PostgreSQL 18"):
        tools.find("pg_dump", 18)


def test_only_the_newest_are_kept_when_asked(desk: Desk, store: Path, tmp_path: Path) -> None:
    made = [back_up(tmp_path, store).folder for _ in range(3)]
    assert archive.find(tmp_path / "backups") == made[-1]
    assert archive.prune(tmp_path / "backups", 2) == made[:1]
    assert archive.backups_in(tmp_path / "backups") == made[1:]


def test_nothing_that_holds_something_is_restored_into(
    desk: Desk, store: Path, empty: str, tmp_path: Path
) -> None:
    made = back_up(tmp_path, store)
    before = sameness.tables(here())
    with pytest.raises(BackupProblem, match="database holds something already"):
        put_back(made, here(), tmp_path / "restored")
    assert sameness.tables(here()) == before
    with pytest.raises(BackupProblem, match="file store .* holds something already"):
        put_back(made, empty, store)
    assert sameness.tables(empty).keys() == {"schema"}


def test_an_interrupted_restore_can_be_done_again(
    desk: Desk, store: Path, empty: str, tmp_path: Path
) -> None:
    made = back_up(tmp_path, store)
    (tmp_path / "restored").mkdir()
    (tmp_path / "restored" / restore.UNFINISHED).touch()
    (tmp_path / "restored" / "half-a-file").touch()
    put_back(made, empty, tmp_path / "restored")
    assert sameness.files(tmp_path / "restored") == sameness.files(store)


def cut_rows(found: Archive) -> None:
    """Damage done after the backup was verified."""
    rows = max((found.folder / "database").glob("*.dat.gz"), key=lambda path: path.stat().st_size)
    rows.write_bytes(rows.read_bytes()[:-20])


def test_a_restore_that_fails_leaves_nothing(desk: Desk, store: Path, empty: str, tmp_path: Path) -> None:
    found = restore.opened(back_up(tmp_path, store).folder)
    cut_rows(found)
    with pytest.raises(BackupProblem, match="pg_restore failed"):
        restore.restore(found, url=empty, store=tmp_path / "restored")
    assert sameness.tables(empty).keys() == {"schema"}
    assert list((tmp_path / "restored").iterdir()) == []


def test_a_backup_takes_the_place_of_what_is_there(desk: Desk, store: Path, tmp_path: Path) -> None:
    made = back_up(tmp_path, store)
    before, kept = sameness.tables(here()), sameness.files(store)
    desk.submit("后来的")
    later = photo(desk)
    (store / File.objects.get(kind="document").content.name).write_bytes(b"overwritten")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE of_a_later_version (task bigint REFERENCES affairs_task)")
    connection.close()
    restore.replace(restore.opened(made.folder), url=here(), store=store)
    assert sameness.tables(here()) == before
    assert {**sameness.files(store), **kept} == sameness.files(store)
    assert (store / later.content.name).exists(), "swept in its time"


def test_what_cannot_take_the_place_leaves_all_as_it_was(desk: Desk, store: Path, tmp_path: Path) -> None:
    found = restore.opened(back_up(tmp_path, store).folder)
    before = sameness.tables(here())
    cut_rows(found)
    with pytest.raises(BackupProblem, match="pg_restore failed"):
        restore.replace(found, url=here(), store=store)
    assert sameness.tables(here()) == before


def test_a_replacing_that_was_interrupted_is_done_again(desk: Desk, store: Path, tmp_path: Path) -> None:
    made = back_up(tmp_path, store)
    before = sameness.tables(here())
    connection.close()
    restore._aside(here(), "public", restore.ASIDE, make_new=True)
    restore.replace(restore.opened(made.folder), url=here(), store=store)
    assert sameness.tables(here()) == before


def test_an_older_backup_is_restored_and_then_migrated(
    desk: Desk, store: Path, empty: str, tmp_path: Path
) -> None:
    call_command("migrate", "admin", "0002", verbosity=0)
    made = back_up(tmp_path, store)
    put_back(made, empty, tmp_path / "restored")
    assert restore.is_behind(restore.opened(made.folder))
    env = {**os.environ, "HOUQIN_DATABASE_URL": empty, "HOUQIN_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "houqin", "manage", "migrate", "--verbosity", "0"]
    assert subprocess.run(command, env=env, cwd=ROOT).returncode == 0
    call_command("migrate", verbosity=0)
    there, source = sameness.tables(empty), sameness.tables(here())
    for tables in (there, source):
        for applied in ("django_migrations", "sequence django_migrations_id_seq"):
            del tables[applied]
    assert there == source
