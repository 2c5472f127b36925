"""`houqin trail verify` as it is read at a terminal."""

from __future__ import annotations

import json

import pytest

from houqin.foundation.trail import actions, keys, sealing, stored
from houqin.foundation.trail.actors import SYSTEM
from houqin.project import trail


@pytest.fixture
def sealed(cast, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    actions.record_many(actions.entry(SYSTEM, "people.test", cast.city) for _ in range(5))
    sealing.seal()
    actions.record(SYSTEM, "people.test", cast.city)


def test_a_whole_trail_in_a_line(sealed):
    said: list[str] = []
    report = trail.verify([str(keys.signer().public)], [stored.latest().note], said.append)
    assert trail.as_text(report).startswith("✓ Whole: 5 entries and 1 checkpoints in ")
    assert trail.as_text(report).endswith("; 1 not sealed yet.")
    assert said == ["  5 of 5"]


def test_each_fault_in_a_line_and_as_data(sealed):
    foreign = keys.Signer.make(keys.signer().name)
    report = trail.verify(
        [], [foreign.sign(9, b"r" * 32), keys.signer().sign(8, b"r" * 32)], lambda text: None
    )
    lines = trail.as_text(report).splitlines()
    assert lines[0] == "✗ 另存的检查点不是用可信的密钥签署的。"
    assert lines[1] == "✗ 检查点签署过 8 条，现在只有 5 条：末尾 3 条被删除。"
    assert lines[2].startswith("✗ Broken: 5 entries")
    assert [each["kind"] for each in json.loads(trail.as_json(report))["faults"]] == ["forged", "cut"]


def test_what_is_no_key_is_said(sealed):
    with pytest.raises(ValueError, match="key"):
        trail.verify(["nonsense"], [], lambda text: None)
