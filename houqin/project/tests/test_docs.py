"""The documentation against what there is: settings, links, commands."""

import re
from pathlib import Path

import pytest

from houqin.cli import main
from houqin.project.environment import INTERNAL, KNOWN

ROOT = Path(__file__).parents[3]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
#: Named where the documentation says that they are not there yet.
TO_COME = {"import", "trail"}


def named(pattern: str) -> set[str]:
    """What all pages together say in code where ``pattern`` fits."""
    code = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
    found = (re.findall(pattern, span) for page in PAGES for span in code.findall(page.read_text("utf-8")))
    return {each for spans in found for each in spans}


def test_every_setting_has_its_row_and_every_row_is_a_setting():
    table = (ROOT / "docs/administrators/settings.md").read_text("utf-8")
    rows = re.findall(r"^\| `HOUQIN_([A-Z_]+)` \|", table, re.MULTILINE)
    assert len(rows) == len(set(rows)), "a setting has two rows"
    assert set(rows) == KNOWN - INTERNAL


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    targets = re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8"))
    local = [target.partition("#")[0] for target in targets if not re.match(r"https?:|mailto:|#", target)]
    assert not [target for target in local if not (page.parent / target).exists()]


def test_the_targets_that_are_named_are_there():
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert named(r"\bmake ([a-z-]+)\b") <= set(targets)


def test_the_commands_that_are_named_are_there():
    assert named(r"(?:^|`|\n|bin/)houqin ([a-z-]+)\b") - TO_COME <= set(main.commands)


def test_the_manuals_speak_the_words_of_the_screens():
    files = [each for each in (ROOT / "houqin").rglob("*.*") if each.suffix in {".py", ".html", ".js"}]
    screens = "\n".join(each.read_text("utf-8") for each in files if "tests" not in each.parts)
    said = {
        words
        for page in PAGES
        if "users" in page.parts
        for words in re.findall(r"“([^”]+)”", page.read_text())
    }
    put_together = {"登记报修", "增加 人员"}  # a button and the name of what it makes
    assert not {words for words in said - put_together if words not in screens}


def test_every_test_that_the_security_page_names_exists():
    page = (ROOT / "docs/security.md").read_text("utf-8")
    named_tests = re.findall(r"`([\w/]+\.py)::(\w+)`", page)
    assert len(named_tests) > 30
    missing = [
        f"{file}::{test}"
        for file, test in named_tests
        if not (ROOT / file).exists() or f"def {test}(" not in (ROOT / file).read_text("utf-8")
    ]
    assert not missing
