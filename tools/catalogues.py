"""Translations: bring the catalogues in step with the code, compile them, check that nothing is missing.

Chinese is the source language. The English catalogue must be complete; the Chinese one only carries what libraries
leave out. Compiled catalogues are part of the repository, so nothing needs gettext at run time.

Usage: python tools/catalogues.py extract | compile | check
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "houqin"
LOCALE = PACKAGE / "locale"
COMPLETE = "en"
DOMAINS = ("django", "djangojs")
Key = tuple[str | None, str]


def catalogues() -> list[Path]:
    """Every catalogue there is."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))


def extract(package: Path = PACKAGE) -> None:
    """Run Django's makemessages for both domains in `package`. Needs GNU gettext."""
    if not shutil.which("xgettext"):
        sys.exit("✗ GNU gettext is missing. Install it (Debian: apt install gettext).")
    locales = [part for folder in sorted(LOCALE.glob("*/")) for part in ("-l", folder.name)] or [
        "-l",
        COMPLETE,
    ]
    common = ["--no-obsolete", "--no-wrap", "--add-location", "file", "-v", "0", *locales]
    ignored = [part for name in ("vendor", "tests", "testing", "static/vendor") for part in ("-i", name)]
    for domain in DOMAINS:
        command = [sys.executable, "-m", "django", "makemessages", "-d", domain, *common, *ignored]
        subprocess.run(command, cwd=package, check=True, env={**os.environ, "DJANGO_SETTINGS_MODULE": ""})


def compile_all() -> None:
    """Write a `.mo` beside every `.po`."""
    for path in catalogues():
        path.with_suffix(".mo").write_bytes(_compiled(path))


def check() -> list[str]:
    """What is wrong: messages the code has and the catalogue lacks, untranslated or fuzzy ones, stale `.mo` files."""
    found = []
    for path in catalogues():
        compiled = path.with_suffix(".mo")
        if not compiled.exists() or compiled.read_bytes() != _compiled(path):
            found.append(f"{compiled.relative_to(ROOT)} is not in step with its .po: run make messages")
    for domain, wanted in _fresh().items():
        path = LOCALE / COMPLETE / "LC_MESSAGES" / f"{domain}.po"
        entries = {_key(entry): entry for entry in polib.pofile(str(path))} if path.exists() else {}
        for key, where in sorted(wanted.items(), key=lambda item: item[1]):
            entry = entries.get(key)
            state = (
                "missing"
                if entry is None
                else "fuzzy"
                if entry.fuzzy
                else ""
                if entry.translated()
                else "empty"
            )
            if state:
                found.append(f"{where}: {state} in English: {key[1][:60]!r}")
    return found


def _fresh() -> dict[str, dict[Key, str]]:
    """The messages of the code as it is now, by domain, with the file each comes from."""
    found: dict[str, dict[Key, str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder) / "houqin"
        shutil.copytree(
            PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__", "vendor", "*.mo", "tests")
        )
        shutil.rmtree(package / "locale", ignore_errors=True)
        (package / "locale").mkdir()
        extract(package)
        for domain in DOMAINS:
            path = package / "locale" / COMPLETE / "LC_MESSAGES" / f"{domain}.po"
            entries = polib.pofile(str(path)) if path.exists() else []
            found[domain] = {_key(entry): _where(entry) for entry in entries}
    return found


def _key(entry: polib.POEntry) -> Key:
    return (entry.msgctxt, entry.msgid)


def _where(entry: polib.POEntry) -> str:
    return f"houqin/{entry.occurrences[0][0]}" if entry.occurrences else "houqin"


def _compiled(path: Path) -> bytes:
    binary: bytes = polib.pofile(str(path)).to_binary()
    return binary


def main(command: str) -> int:
    if command == "extract":
        extract()
    elif command == "compile":
        compile_all()
    else:
        found = check()
        print("\n".join(found) if found else "Catalogues: complete.")
        return bool(found)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "check"))
