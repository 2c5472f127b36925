"""The settings table of the documentation against the settings there are."""

import re
from pathlib import Path

from houqin.project.environment import INTERNAL, KNOWN

PAGE = Path(__file__).parents[3] / "docs" / "administrators" / "settings.md"


def test_every_setting_has_its_row_and_every_row_is_a_setting():
    rows = re.findall(r"^\| `HOUQIN_([A-Z_]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) == len(set(rows)), "a setting has two rows"
    assert set(rows) == KNOWN - INTERNAL
