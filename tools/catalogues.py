"""Translations: bring the catalogues in step with the code, compile them, check that nothing is missing.

Chinese is the source language. The English catalogue must be complete; the Chinese one only carries what libraries
leave out, so nothing is extracted into it. Compiled catalogues are part of the repository. Messages are found without
GNU gettext: Python by its syntax tree, templates through Django's own conversion, scripts by their calls.

Usage: python tools/catalogues.py extract | compile | check
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "houqin"
LOCALE = PACKAGE / "locale"
COMPLETE, SOURCE = "en", "zh_Hans"
#: Endings of the files that each domain is found in.
DOMAINS = {"django": (".py", ".html", ".txt"), "djangojs": (".js",)}
_LEFT_OUT = {"tests", "testing", "migrations", "vendor", "locale", "__pycache__"}
_METADATA = {
    "Project-Id-Version": "Houqin",
    "Language": COMPLETE,
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}
_PLAIN = {"_", "_n", "gettext", "gettext_lazy", "gettext_noop"}
_PLURAL = {"ngettext", "ngettext_lazy"}
_CONTEXT = {"pgettext", "pgettext_lazy"}
_BOTH = {"npgettext", "npgettext_lazy"}
_NAMES = _PLAIN | _PLURAL | _CONTEXT | _BOTH
_STRING = r"""u?('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
_CALL = re.compile(
    rf"(?<![\w.])({'|'.join(sorted(_NAMES))})\(\s*{_STRING}(?:\s*,\s*{_STRING})?(?:\s*,\s*{_STRING})?"
)
_PLACE = re.compile(r"%\(\w+\)[a-z]|(?<!%)%[sd]|\{\w*\}")
Key = tuple[str | None, str]


@dataclass
class Message:
    """A message of the code: its plural form, or none, and the files it stands in."""

    plural: str = ""
    files: list[str] = field(default_factory=list)


def catalogues() -> list[Path]:
    """Every catalogue there is."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))


def messages(domain: str) -> dict[Key, Message]:
    """The messages of the code as it is now, in the order of the files."""
    found: dict[Key, Message] = {}
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix not in DOMAINS[domain] or _LEFT_OUT & set(path.relative_to(PACKAGE).parts):
            continue
        for name, words in _calls(path):
            context = words.pop(0) if name in _CONTEXT | _BOTH else None
            message = found.setdefault((context, words[0]), Message())
            if name in _PLURAL | _BOTH:
                message.plural = words[1]
            if (file := str(path.relative_to(PACKAGE))) not in message.files:
                message.files.append(file)
    return found


def _calls(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Calls of gettext in a file: the function's name and the strings it is given."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        yield from _python_calls(text)
        return
    for call in _CALL.finditer(text if path.suffix == ".js" else templatize(text)):
        yield call[1], [ast.literal_eval(literal) for literal in call.groups()[1:] if literal]


def _python_calls(text: str) -> Iterator[tuple[str, list[str]]]:
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        words = [each.value for each in call.args if isinstance(each, ast.Constant)]
        strings = [word for word in words if isinstance(word, str)]
        if name in _NAMES and len(strings) >= 1 + (name in _PLURAL | _CONTEXT) + 2 * (name in _BOTH):
            yield name, strings


def extract() -> None:
    """Write every message of the code into the English catalogues; what the code has no more is dropped."""
    for domain in DOMAINS:
        path, wanted = LOCALE / COMPLETE / "LC_MESSAGES" / f"{domain}.po", messages(domain)
        if not wanted:
            path.unlink(missing_ok=True)
            path.with_suffix(".mo").unlink(missing_ok=True)
            continue
        known = {_key(entry): entry for entry in _read(path)}
        book = polib.POFile(wrapwidth=0)
        book.metadata = dict(_METADATA)
        book.extend(_entry(key, message, known.get(key)) for key, message in wanted.items())
        path.parent.mkdir(parents=True, exist_ok=True)
        book.save(str(path))


def _entry(key: Key, message: Message, known: polib.POEntry | None) -> polib.POEntry:
    context, text = key
    entry = polib.POEntry(msgctxt=context, msgid=text, occurrences=[(file, "") for file in message.files])
    if message.plural:
        entry.msgid_plural = message.plural
        entry.msgstr_plural = (known and known.msgstr_plural) or {0: "", 1: ""}
    else:
        entry.msgstr = known.msgstr if known else ""
    if "%(" in text:
        entry.flags.append("python-format")
    return entry


def compile_all() -> None:
    """Write a `.mo` beside every `.po`."""
    for path in catalogues():
        path.with_suffix(".mo").write_bytes(_compiled(path))


def check() -> list[str]:
    """What is wrong: messages the code has and the catalogue lacks, untranslated or fuzzy ones, others that the
    code has no more, placeholders that differ, stale `.mo` files.
    """
    found = []
    for path in catalogues():
        compiled = path.with_suffix(".mo")
        if not compiled.exists() or compiled.read_bytes() != _compiled(path):
            found.append(f"{compiled.relative_to(ROOT)} is not in step with its .po: run make messages")
        found += [
            f"{path.relative_to(ROOT)}: other placeholders than in {entry.msgid[:60]!r}"
            for entry in _read(path)
            if not _same_places(entry, complete=path.parts[-3] == COMPLETE)
        ]
    for domain in DOMAINS:
        found += _lacking(messages(domain), LOCALE / COMPLETE / "LC_MESSAGES" / f"{domain}.po")
    return found


def _lacking(wanted: dict[Key, Message], path: Path) -> Iterator[str]:
    """What a catalogue lacks, and what it carries for nothing."""
    entries = {_key(entry): entry for entry in _read(path)}
    for key, message in wanted.items():
        entry = entries.pop(key, None)
        state = "missing" if entry is None else "fuzzy" if entry.fuzzy else ""
        if entry is not None and not state and not (entry.translated() and _fits(entry, message)):
            state = "empty"
        if state:
            yield f"houqin/{message.files[0]}: {state} in English: {key[1][:60]!r}"
    for _context, text in entries:
        yield f"{path.relative_to(ROOT)}: the code no longer says {text[:60]!r}"


def _fits(entry: polib.POEntry, message: Message) -> bool:
    """Whether an entry has plural forms where the code wants them."""
    return bool(entry.msgid_plural) == bool(message.plural)


def _same_places(entry: polib.POEntry, *, complete: bool) -> bool:
    """Whether a translation names what its source names. One and few may leave the number out; a library's message
    may be said in fewer words.
    """
    wanted = Counter(_PLACE.findall(entry.msgid))
    if not complete:
        return set(_PLACE.findall(entry.msgstr)) <= set(wanted)
    if not entry.msgid_plural:
        return not entry.msgstr or Counter(_PLACE.findall(entry.msgstr)) == wanted
    allowed = set(wanted) | set(_PLACE.findall(entry.msgid_plural))
    return all(set(_PLACE.findall(form)) <= allowed for form in entry.msgstr_plural.values())


def _read(path: Path) -> list[polib.POEntry]:
    return list(polib.pofile(str(path), wrapwidth=0)) if path.exists() else []


def _key(entry: polib.POEntry) -> Key:
    return (entry.msgctxt, entry.msgid)


def _compiled(path: Path) -> bytes:
    """The binary catalogue. In that of the source language every message of ours stands for itself: where English is
    an installation's default language, Django would else take English for what Chinese lacks.
    """
    book = polib.pofile(str(path))
    if path.parts[-3] == SOURCE:
        ours = _read(LOCALE / COMPLETE / "LC_MESSAGES" / path.name)
        book.extend(_itself(entry) for entry in ours)
    binary: bytes = book.to_binary()
    return binary


def _itself(entry: polib.POEntry) -> polib.POEntry:
    said = polib.POEntry(msgctxt=entry.msgctxt, msgid=entry.msgid, msgid_plural=entry.msgid_plural)
    if entry.msgid_plural:
        said.msgstr_plural = {0: entry.msgid_plural}
    else:
        said.msgstr = entry.msgid
    return said


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
