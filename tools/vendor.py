"""Re-make the vendored front-end files from the npm packages they come from.

Run ``python tools/vendor.py`` to rebuild ``houqin/static/vendor`` and ``houqin/testing/vendor`` from the versions
pinned below, or ``python tools/vendor.py --check`` to compare what is committed with its manifest (no network).
Packages are fetched by ``npm pack`` from whatever registry npm is configured for.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SERVED = ROOT / "houqin/static/vendor"
FOR_TESTS = ROOT / "houqin/testing/vendor"

# Families of Tabler that our pages use; everything else (colours, cards, navigation, utilities) is our own.
TABLER_CLASSES = re.compile(
    r"^(container(-fluid)?|row|col(-(sm|md|lg))?(-(\d+|auto))?|g-[0-3]"
    r"|form-(label|control|select|check|check-input|check-label|hint|fieldset)|input-group|input-group-text"
    r"|is-invalid|invalid-feedback|required|table|table-responsive|visually-hidden|visually-hidden-focusable"
    r"|text-(nowrap|truncate))$"
)
TABLER_ELEMENTS = re.compile(
    r"^(\*|html|body|h[1-6]|p|abbr|address|ol|ul|dl|dt|dd|blockquote|b|strong|small|mark|sub|sup|a|pre|code|kbd|samp"
    r"|figure|figcaption|img|svg|table|caption|th|td|thead|tbody|tfoot|tr|label|button|input|select|optgroup|option"
    r"|textarea|fieldset|legend|progress|summary|output|iframe|hr|template)?$"
)


@dataclass(frozen=True)
class Package:
    """One npm package at one version, and the files taken from it (source inside the package → our name)."""

    name: str
    version: str
    licence: str
    files: dict[str, str]
    folder: Path
    change: Callable[[str], str] | None = None


def trim_tabler(css: str) -> str:
    """Keep the parts of Tabler's sheet that we use: reset, grid, form controls and tables.

    Declarations that carry ``data:`` images go too, so that the policy can say ``img-src 'self'`` for style sheets.
    """
    return "/* Tabler (MIT), trimmed by tools/vendor.py */\n" + "\n".join(_kept(css)) + "\n"


def _kept(css: str) -> Iterator[str]:
    for prelude, body in _blocks(re.sub(r"/\*.*?\*/", "", css, flags=re.S)):
        if prelude.startswith(("@media", "@supports")):
            inner = "".join(_kept(body))
            if inner and "prefers-reduced-motion" not in prelude:
                yield f"{prelude}{{{inner}}}"
        elif not prelude.startswith("@"):
            yield from _kept_rule(prelude, body)


def _kept_rule(prelude: str, body: str) -> Iterator[str]:
    selectors = [s.strip() for s in _split(prelude, ",") if _wanted(s.strip())]
    declarations = [d.strip() for d in _split(body, ";") if d.strip() and "data:" not in d]
    if selectors == [":root"] or not selectors or not declarations:
        return
    yield f"{','.join(selectors)}{{{';'.join(declarations)}}}"


def _wanted(selector: str) -> bool:
    if "[data-bs" in selector or ":host" in selector or ":has" in selector or "dir=" in selector:
        return False
    bare = re.sub(r"\[[^\]]*\]|::?[-\w]+(\([^)]*\))?", "", selector)
    classes = re.findall(r"\.([-\w]+)", bare)
    elements = re.split(r"[\s>+~]+", re.sub(r"\.[-\w]+", "", bare).strip())
    return all(TABLER_CLASSES.match(c) for c in classes) and all(TABLER_ELEMENTS.match(e) for e in elements)


def _split(text: str, mark: str) -> list[str]:
    """Split at ``mark`` where it stands outside brackets and quotes."""
    return re.findall(rf"(?:\"[^\"]*\"|'[^']*'|\((?:[^()]|\([^()]*\))*\)|[^{mark}])+", text)


def _blocks(css: str) -> Iterator[tuple[str, str]]:
    """Yield each top-level ``prelude { body }`` of a style sheet; statements without a body are skipped."""
    depth, start, opened = 0, 0, 0
    for match in re.finditer(r"\"[^\"]*\"|'[^']*'|url\([^)]*\)|[{};]", css):
        mark = match.group()
        if mark == "{":
            opened = match.start() if depth == 0 else opened
            depth += 1
        elif mark == "}":
            depth -= 1
            if depth == 0:
                yield css[start:opened].strip(), css[opened + 1 : match.start()]
                start = match.end()
        elif mark == ";" and depth == 0:
            start = match.end()


PACKAGES = (
    Package("htmx.org", "2.0.11", "0BSD", {"dist/htmx.min.js": "htmx.min.js"}, SERVED),
    Package("@alpinejs/csp", "3.17.4", "MIT", {"dist/cdn.min.js": "alpine-csp.min.js"}, SERVED),
    Package("@tabler/core", "1.6.1", "MIT", {"dist/css/tabler.min.css": "tabler.css"}, SERVED, trim_tabler),
    Package("axe-core", "4.14.1", "MPL-2.0", {"axe.min.js": "axe.min.js"}, FOR_TESTS),
)


def fetch(package: Package, folder: Path) -> dict[str, str]:
    """Fetch one package with npm and return the texts of its wanted files by our name."""
    command = [
        "npm",
        "pack",
        f"{package.name}@{package.version}",
        "--json",
        "--pack-destination",
        str(folder),
    ]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    report = json.loads(answer)
    entry = report[0] if isinstance(report, list) else next(iter(report.values()))
    archive = folder / entry["filename"].replace("@", "").replace("/", "-")
    texts = {}
    with tarfile.open(archive) as opened:
        for source, name in package.files.items():
            member = opened.extractfile(f"package/{source}")
            if member is None:
                raise SystemExit(f"{package.name} {package.version} has no {source}")
            text = member.read().decode()
            text = re.sub(r"^//# sourceMappingURL=.*$|/\*# sourceMappingURL=.*?\*/", "", text, flags=re.M)
            texts[name] = package.change(text) if package.change else text
    return texts


def build() -> None:
    """Write every vendored file and the manifests that describe them."""
    manifests: dict[Path, list[dict[str, str]]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        for package in PACKAGES:
            for name, text in fetch(package, Path(temporary)).items():
                package.folder.mkdir(parents=True, exist_ok=True)
                (package.folder / name).write_text(text, encoding="utf-8")
                manifests.setdefault(package.folder, []).append(_line(package, name))
                print(f"{name}: {package.name} {package.version}, {len(text.encode()):,} bytes")
    for folder, lines in manifests.items():
        (folder / "manifest.json").write_text(json.dumps({"files": lines}, indent=2) + "\n", encoding="utf-8")


def _line(package: Package, name: str) -> dict[str, str]:
    digest = hashlib.sha256((package.folder / name).read_bytes()).hexdigest()
    trimmed = {"note": "trimmed by tools/vendor.py"} if package.change else {}
    return {
        "file": name,
        "name": package.name,
        "version": package.version,
        "licence": package.licence,
        "sha256": digest,
        **trimmed,
    }


def check() -> int:
    """Compare the committed files with their manifests; returns the number of faults."""
    faults = 0
    for folder in (SERVED, FOR_TESTS):
        listed = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]
        for line in listed:
            if hashlib.sha256((folder / line["file"]).read_bytes()).hexdigest() != line["sha256"]:
                print(f"{folder.name}/{line['file']} is not what the manifest says", file=sys.stderr)
                faults += 1
        for path in (
            {p.name for p in folder.iterdir()} - {line["file"] for line in listed} - {"manifest.json"}
        ):
            print(f"{folder.name}/{path} is not in the manifest", file=sys.stderr)
            faults += 1
    return faults


def main() -> None:
    """Command line: build, or check with ``--check``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the manifest instead of fetching")
    if parser.parse_args().check:
        sys.exit(1 if check() else 0)
    build()


if __name__ == "__main__":
    main()
