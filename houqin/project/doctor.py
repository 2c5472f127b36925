"""What is missing or wrong in this installation, and the mend."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from houqin.project import data_keys, environment, installation
from houqin.project.environment import Environment
from houqin.project.postgres import ClusterProblem
from houqin.project.postgres.problems import from_os_error

CLOCKS_MAY_DIFFER = 5.0  # seconds
LEAST_FREE = 1_000_000_000  # bytes
SEALED_WITHIN = 600.0  # seconds


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `well`, what was found, and the mend if it is not well."""

    name: str
    well: bool
    found: str
    mend: str = ""


def examine() -> list[Finding]:
    """Look at everything that can be looked at; later checks are left out where earlier ones forbid them."""
    given = environment.read()
    findings = [*_folder(given)]
    if all(finding.well for finding in findings):
        installation.make_secrets(given.data_dir)
        given = environment.read()
    findings = [*_settings(given), *findings, *_file_clock(given)]
    if all(finding.well for finding in findings if finding.name in {"data directory", "HOUQIN_DATABASE_URL"}):
        findings += _with_database(given)
    return findings


def as_text(findings: list[Finding]) -> str:
    """One line per finding, the mend below it."""
    lines = []
    for finding in findings:
        lines.append(f"{'✓' if finding.well else '✗'} {finding.name}: {finding.found}")
        if not finding.well and finding.mend:
            lines.append(f"    → {finding.mend}")
    return "\n".join(lines)


def as_json(findings: list[Finding]) -> str:
    """The findings as a JSON array."""
    return json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1)


def _settings(given: Environment) -> list[Finding]:
    faults = environment.faults(given)
    if not faults:
        return [Finding("settings", True, f"all in order, mode {given.mode}")]
    return [Finding(fault.setting, False, fault.problem, fault.mend) for fault in faults]


def _folder(given: Environment) -> Iterator[Finding]:
    folder = given.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-") as probe:
            probe.write(b"\0" * 4096)
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        yield Finding(
            "data directory", False, f"{folder} cannot be written", str(from_os_error(error, folder))
        )
        return
    yield Finding("data directory", True, f"{folder} can be written")
    free = shutil.disk_usage(folder).free
    mend = "Free some space, or move the data directory to a larger disk."
    yield Finding("disk", free >= LEAST_FREE, f"{free / 1e9:.1f} GB free", mend)
    for secret in (environment.secret_file(folder), data_keys.file_of(folder)):
        if secret.exists() and secret.stat().st_mode & 0o077:
            yield Finding("secret", False, f"others may read {secret}", f"chmod 600 {secret}")


def _file_clock(given: Environment) -> Iterator[Finding]:
    """The clock of this machine against the one of the disk and against the files of this very version."""
    mend = "Set the clock of this machine, and have it kept (systemd-timesyncd or chrony)."
    now = time.time()
    if now < _built():
        yield Finding("clock", False, "stands before the day this version was installed", mend)
        return
    try:
        with tempfile.NamedTemporaryFile(dir=given.data_dir, prefix=".doctor-") as probe:
            apart = Path(probe.name).stat().st_mtime - now
    except OSError:
        return
    well = abs(apart) <= CLOCKS_MAY_DIFFER
    yield Finding("clock", well, f"{abs(apart):.0f} s apart from the clock of the disk", mend)


def _built() -> float:
    """When this version was put on the disk (seconds since 1970)."""
    return (Path(environment.__file__)).stat().st_mtime - CLOCKS_MAY_DIFFER


def _with_database(given: Environment) -> list[Finding]:
    try:
        with installation.database(given):
            url = given.database_url or os.environ["HOUQIN_DATABASE_URL"]
            return [*_server(url), *_contents()]
    except ClusterProblem as problem:
        text, _, mend = str(problem).partition(". ")
        return [Finding("database", False, text, mend + _kept_backup(given))]


def _server(url: str) -> Iterator[Finding]:
    with psycopg.connect(url, autocommit=True) as connection:
        before = time.time()
        row = connection.execute("SELECT extract(epoch FROM clock_timestamp()), version()").fetchone()
    theirs, version = row or (before, "")
    yield Finding("database", True, f"reached, {' '.join(str(version).split()[:2])}")
    apart = float(theirs) - before
    yield Finding(
        "database clock",
        abs(apart) <= CLOCKS_MAY_DIFFER,
        f"{abs(apart):.0f} s apart from this machine's",
        "Set both machines' clocks, and have them kept (systemd-timesyncd or chrony).",
    )


def _contents() -> Iterator[Finding]:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "houqin.project.settings")
    django.setup()
    from houqin.project import health

    missing = health.missing_migrations()
    found = f"{len(missing)} missing, the first is {missing[0]}" if missing else "all applied"
    mend = "houqin manage migrate, or start with houqin up, which applies them."
    yield Finding("migrations", not missing, found, mend)
    if missing:
        return
    yield _worker(health.worker_state())
    yield _keys()
    yield _trail()
    if finding := _backup():
        yield finding
    if finding := _future():
        yield finding


def _backup() -> Finding | None:
    """The last backup and its age; nothing is asked of a demo."""
    from houqin.foundation.backups import queries
    from houqin.foundation.people import installation as kept

    if kept.is_demo():
        return None
    last, age = queries.last(), queries.age()
    mend = "houqin backup DIR, and set HOUQIN_BACKUP_DIR to have one made every day."
    if last is None or age is None:
        return Finding("backup", False, "none was ever made", mend)
    found = f"{last.place}, {age.days * 24 + age.seconds // 3600} h ago"
    if last.trouble:
        mend = f"Look into {last.place}/manifest.json; find the files in an older backup."
        return Finding("backup", False, f"{found}, {last.trouble}", mend)
    return Finding("backup", age < queries.TOO_OLD, found, mend)


def _kept_backup(given: Environment) -> str:
    """Which backup was the last, when the database itself cannot be asked."""
    try:
        kept = json.loads((given.data_dir / "last-backup.json").read_text(encoding="utf-8"))
        return f" The last backup is {kept['place']}, of {kept['at'][:16]} UTC."
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _keys() -> Finding:
    """Whether personal data can be read: every key that is needed is there and is the right one."""
    from houqin.foundation.errors import Problem
    from houqin.foundation.personal import rotation

    try:
        problems = rotation.problems()
        newest = rotation.present()
        found = f"encrypted with {newest.data_key.id}, found by {newest.lookup_key.id}"
    except Problem:
        problems, found = ["no key is set"], ""
    mend = "Put back the keys of this database (data-keys, HOUQIN_DATA_KEYS, HOUQIN_LOOKUP_KEYS): docs/administrators/personal-data.md."
    return Finding("personal data", not problems, " ".join(problems) or found, mend)


def _worker(state: str) -> Finding:
    if state == "ok":
        return Finding("worker", True, "alive")
    found = "none has reported" if state == "none" else f"dead, {state}"
    return Finding("worker", False, found, "Start it with houqin up; if it runs, read its log.")


def _trail() -> Finding:
    """Whether the signing key can be read, and sealing keeps up."""
    from django.utils import timezone

    from houqin.foundation.trail import keys, stored

    try:
        key = keys.signer().public
    except (OSError, ValueError) as bad:
        mend = "Put the key back: from HOUQIN_TRAIL_KEY, or the file trail-key of a backup of the data directory."
        return Finding("trail", False, f"the signing key cannot be used: {bad}", mend)
    waiting = stored.waiting()
    late = waiting.oldest is not None and (timezone.now() - waiting.oldest).total_seconds() > SEALED_WITHIN
    found = f"{waiting.count} entries not sealed yet, key {key.fingerprint}"
    return Finding("trail", not late, found, "Sealing is the worker's: see that it runs, and read its log.")


def _future() -> Finding | None:
    """Events recorded later than now: the clock was set back since, or runs wrong."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT max(at) FROM procrastinate_events")
        (last,) = cursor.fetchone() or (None,)
    now = datetime.now(UTC)
    if last is None or (last - now).total_seconds() <= CLOCKS_MAY_DIFFER:
        return None
    found = f"the database holds events of {last:%Y-%m-%d %H:%M}, later than now"
    return Finding("clock", False, found, "Set the clock of this machine, and have it kept.")
