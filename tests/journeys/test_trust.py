"""Trust: what was done is proven without us, and what is amiss finds who can mend it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import LazySettings
from playwright.sync_api import Download, expect

from houqin.affairs.actions import change_item
from houqin.affairs.jobs import evaluate_warnings
from houqin.affairs.models import Warning
from houqin.foundation.trail import checking, sealing
from tests.journeys.conftest import House, Visit

pytestmark = pytest.mark.browser
SCRIPT = Path(__file__).resolve().parents[2] / "docs/administrators/verify_proof.py"


def _verify(file: Path, *options: str) -> tuple[int, str]:
    """What somebody without Houqin does with a proof."""
    command = [sys.executable, "-I", str(SCRIPT), str(file), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_the_auditor_finds_who_changed_a_limit_and_proves_it(
    house: House, visit: Visit, settings: LazySettings, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path
    cast = house.cast
    house.report()
    change_item(cast.sysadmin, item="repairs.report", limit_minutes=480)
    change_item(cast.sysadmin, item="repairs.report", limit_minutes=120)
    sealing.seal()
    checking.check()

    auditor = visit(cast.auditor)
    auditor.go("/trail")
    page = auditor.page
    expect(page.locator(".page-aside")).to_contain_text("完整")
    key = page.locator(".trail-key").inner_text()
    page.get_by_text("按人员、操作、记录、时间和来源查找").click()
    page.get_by_label("操作", exact=True).select_option(label="修改")
    page.get_by_label("记录名称或编号").fill("报修")
    auditor.press("查找", to="/trail\\?")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("何管")
    expect(rows.first).to_contain_text("承诺时限（分钟）：480 → 120")
    auditor.press("修改事项设置", inside=rows.first, to="/trail/")
    expect(page.locator("tbody strong")).to_have_text("120")
    with page.expect_download() as waiting:
        auditor.press("下载证明")
    proof = _kept(waiting.value, tmp_path)

    code, said = _verify(proof, "--key", key)
    assert code == 0
    assert "PROVEN" in said
    assert "actor_name: 何管" in said
    assert "limit_minutes: 480 → 120" in said
    forged = json.loads(proof.read_text(encoding="utf-8"))
    forged["entry"] = forged["entry"].replace("何管", "李晓雯")
    proof.write_text(json.dumps(forged), encoding="utf-8")
    assert _verify(proof, "--key", key)[0] == 1


def _kept(download: Download, folder: Path) -> Path:
    file = folder / download.suggested_filename
    download.save_as(file)
    return file


def test_a_gap_in_the_roster_is_told_looked_after_and_ends_by_itself(house: House, visit: Visit) -> None:
    cast = house.cast
    evaluate_warnings(everything=True)
    house.deliver()
    warning = Warning.objects.get(rule="affairs.duty_gap")

    dispatcher = visit(cast.dispatcher)
    dispatcher.go("/")
    dispatcher.press("条预警待处理", to="/warnings")
    page = dispatcher.page
    row = page.locator("tbody tr").filter(has_text="无人值班")
    expect(row).to_contain_text("维修科")
    dispatcher.press("维修科", inside=row, to=f"/warnings/{warning.pk}")
    page.get_by_label("处理说明").fill("下午补排")
    dispatcher.press("知悉，由我跟进", to=f"/warnings/{warning.pk}")
    expect(page.locator(".now")).to_contain_text("王芳在跟进")
    expect(page.locator(".now")).to_contain_text("下午补排")
    head = visit(cast.repairs_head)
    head.go("/warnings")
    expect(head.page.locator("tbody tr").filter(has_text="无人值班")).to_contain_text("王芳")
