"""A damaged, cut, foreign or newer backup is refused before anything is touched."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from houqin.project.backup import archive, restore
from houqin.project.backup.archive import Manifest
from houqin.project.backup.problems import BackupProblem

MEMBERS = ("database/toc.dat", "database/1.dat.gz", "files/2026/03/a", "files/2026/03/b")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A backup with four members."""
    folder = tmp_path / "backups" / "houqin-20260316T010000Z"
    sums = {}
    for name in MEMBERS:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode() * 100)
        sums[name] = archive.digest(path)
    manifest = Manifest(
        houqin="0.1.0",
        created_at="2026-03-16T01:00:00+00:00",
        finished_at="2026-03-16T01:00:09+00:00",
        record=1,
        server="18.4",
        server_major=18,
        dump_major=18,
        migrations={"trail": ["0001_initial"]},
        tables={"public.affairs_case": 1},
        files=2,
        members=len(sums),
        size_bytes=1,
    )
    manifest.write(folder)
    archive.write_sums(folder, {**sums, archive.MANIFEST: archive.digest(folder / archive.MANIFEST)})
    return folder


def change(**values: object) -> Callable[[Path], None]:
    """Change the manifest, and its checksum with it, as somebody who knows how would."""

    def changed(folder: Path) -> None:
        path = folder / archive.MANIFEST
        sums = archive._sums(folder)
        path.write_text(json.dumps({**json.loads(path.read_text()), **values}))
        archive.write_sums(folder, {**sums, archive.MANIFEST: archive.digest(path)})

    return changed


def flip(folder: Path, name: str) -> None:
    """One bit, in the middle."""
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)


def cut(folder: Path, name: str) -> None:
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) * 2 // 3])


def one_line_less(folder: Path) -> None:
    path = folder / archive.SUMS
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    (folder / MEMBERS[-1]).unlink()


def a_link_instead(folder: Path) -> None:
    path = folder / MEMBERS[0]
    path.rename(folder.parent / "elsewhere")
    path.symlink_to(folder.parent / "elsewhere")


def leading_out(folder: Path) -> None:
    path = folder / archive.SUMS
    path.write_text(path.read_text().replace(MEMBERS[2], "files/../../../etc/passwd"))


def test_a_whole_one_is_taken(folder: Path) -> None:
    assert restore.opened(folder).manifest.houqin == "0.1.0"
    assert restore.opened(folder.parent).folder == folder


@pytest.mark.parametrize("name", [*MEMBERS, archive.MANIFEST, archive.SUMS])
@pytest.mark.parametrize(
    "harm", [flip, cut, lambda folder, name: (folder / name).unlink()], ids=["flip", "cut", "gone"]
)
def test_any_harm_to_any_member_is_found(folder: Path, harm: Callable[[Path, str], None], name: str) -> None:
    harm(folder, name)
    with pytest.raises(BackupProblem, match=r"is damaged|no backup"):
        restore.opened(folder)


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (one_line_less, "names 4 members instead of 5"),
        (lambda folder: (folder / "files/stranger").touch(), "files/stranger does not belong to it"),
        (a_link_instead, "cannot be read"),
        (leading_out, "SHA256SUMS is not as it was written"),
        (change(kind="other"), "was not made by `houqin backup`"),
        (change(format=2, houqin="9.0"), "made by Houqin 9.0. Restore it with that version"),
        (change(surprise=1), "manifest.json is not as it was written"),
        (change(created_at="gestern"), "manifest.json is not as it was written"),
        (change(houqin="9.0", migrations={"trail": ["0099_future"]}), "Install Houqin 9.0 or later"),
        (change(houqin="9.0", migrations={"drones": ["0001_initial"]}), r"knows more .*drones.0001_initial"),
    ],
)
def test_what_is_not_as_written_is_refused(folder: Path, harm: Callable[[Path], None], words: str) -> None:
    harm(folder)
    with pytest.raises(BackupProblem, match=words):
        restore.opened(folder)


def test_the_command_refuses_before_it_makes_anything(folder: Path, tmp_path: Path) -> None:
    flip(folder, MEMBERS[2])
    data = tmp_path / "new"
    done = subprocess.run(
        [sys.executable, "-m", "houqin", "restore", str(folder)],
        env={"PATH": "/usr/bin:/bin", "HOUQIN_DATA_DIR": str(data)},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"{MEMBERS[2]} has another checksum" in done.stderr
    assert "Traceback" not in done.stderr
    assert not data.exists()
