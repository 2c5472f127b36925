"""Install, upgrade, roll back."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from .archive import Archive, fits
from .home import Home, write
from .refusal import Refusal, say
from .signature import read_key

HELP = """Install, upgrade and roll back Houqin from a signed archive, on a network that reaches nothing.

    python3 houqin-install install ARCHIVE --to /opt/houqin --key houqin-ed25519:…
    python3 houqin-install upgrade ARCHIVE --to /opt/houqin [--service houqin.service]
    python3 houqin-install rollback --to /opt/houqin [--service houqin.service]

Needs Python (the version the archive was made for) and nothing else. Every byte of the archive is verified against the
signature before anything is touched. Versions stand side by side below `versions`; `current` names the one in use."""


def install(home: Home, archive: Archive, key: str) -> None:
    """The first version of an installation."""
    if home.in_use:
        raise Refusal(f"{home.root} holds version {home.in_use} already: use upgrade. Nothing was touched.")
    archive.verify(read_key(key))
    fits(archive)
    home.versions.mkdir(parents=True, exist_ok=True)
    home.add(archive)
    for folder, mode in ((home.data, 0o755), (home.backups, 0o700)):
        folder.mkdir(mode=mode, exist_ok=True)
    write(home.key_file, key.strip() + "\n")
    keep_installer(home)
    home.switch(archive.version)
    say(
        f"Installed {archive.version}. Start it: HOUQIN_DATA_DIR={home.data} {home.current}/env/bin/houqin up"
    )


def upgrade(home: Home, archive: Archive) -> None:
    """To the archive's version: back up, migrate, see that it is well; else everything goes back by itself."""
    old = home.in_use
    if not old:
        raise Refusal(f"{home.root} holds no installation: use install. Nothing was touched.")
    archive.verify(home.key())
    fits(archive)
    new = archive.version
    if new == old:
        raise Refusal(f"{new} is in use already. Nothing was touched.")
    home.stop()
    home.add(archive)
    say(f"Backing up {old}…")
    try:
        kept = home.back_up(old, "before-upgrade")
    except Refusal:
        home.start()
        raise
    say(f"Migrating and trying {new}…")
    if problem := home.health(new):
        say(f"{new} is not well: {problem}. Going back to {old}…")
        _restore(home, old, kept)
        home.start()
        raise Refusal(
            f"{new} was not well ({problem}). {old} is in use again, with the data as it was before."
        )
    home.note({"from": old, "to": new, "backup": kept})
    home.switch(new)
    keep_installer(home)
    home.start()
    say(f"Upgraded from {old} to {new}. To go back: {home.root}/houqin-install rollback --to {home.root}")


def rollback(home: Home) -> None:
    """Undo the last upgrade. What was entered since is kept in a backup of its own, and is not in the older version's data
    unless both have the same tables."""
    if not home.history():
        raise Refusal("There is no upgrade to undo.")
    last = home.history()[-1]
    old, new = last["from"], last["to"]
    if home.in_use != new or not (home.versions / old).exists():
        raise Refusal(
            f"The last upgrade was from {old} to {new}, but {home.in_use} is in use or {old} is gone."
        )
    home.stop()
    if home.manifest(old)["migrations"] == home.manifest(new)["migrations"]:
        say("Both versions have the same tables: the data stays as it is.")
    else:
        kept = home.back_up(new, "before-rollback")
        say(f"What was entered since the upgrade is in {kept}.")
        _restore(home, old, last["backup"])
    home.switch(old)
    home.note(None)
    home.start()
    say(f"{old} is in use again.")


def _restore(home: Home, version: str, backup: str) -> None:
    done = home.run(version, "restore", "--replace", backup)
    if done.returncode != 0:
        raise Refusal(
            f"The data could not be put back. It is whole in {backup}: "
            f"{' '.join(home.command(version, 'restore', '--replace', backup))}"
        )


def keep_installer(home: Home) -> None:
    """The installer stays, so that later archives are verified by one that is trusted already."""
    target, running = home.root / "houqin-install", Path(sys.argv[0])
    if running.resolve() != target.resolve():
        draft = target.with_name(".houqin-install.part")
        shutil.copyfile(running, draft)
        draft.chmod(0o755)
        draft.replace(target)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", choices=["install", "upgrade", "rollback", "verify"])
    parser.add_argument("archive", nargs="?", type=Path)
    parser.add_argument("--to", type=Path, default=Path("/opt/houqin"), help="where it is installed")
    parser.add_argument("--key", default="", help="public key, as houqin bundle printed it (install, verify)")
    parser.add_argument("--service", default="", help="unit of systemd to stop and start")
    given = parser.parse_args(arguments)
    if (given.archive is None) != (given.work == "rollback") or (given.work in ("install", "verify")) != bool(
        given.key
    ):
        parser.error("install and verify take an archive and --key, upgrade an archive, rollback neither.")
    home = Home(given.to, given.service)
    try:
        if given.work == "install":
            install(home, Archive(given.archive), given.key)
        elif given.work == "upgrade":
            upgrade(home, Archive(given.archive))
        elif given.work == "verify":
            Archive(given.archive).verify(read_key(given.key))
        else:
            rollback(home)
    except (Refusal, OSError, subprocess.CalledProcessError) as problem:
        say(f"✗ {problem}")
        return 1
    return 0


def command() -> None:
    """What the packed installer runs."""
    sys.exit(main())
