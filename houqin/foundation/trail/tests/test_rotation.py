"""A new key signs from now on; what the former one signed stays proven, also to whoever noted only that one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from houqin.foundation.trail import actions, checking, keys, proofs, rotation, sealing, stored
from houqin.foundation.trail.actors import SYSTEM
from houqin.foundation.trail.models import Checkpoint, Entry
from houqin.project import trail as terminal

SCRIPT = Path(__file__).parents[4] / "docs" / "administrators" / "verify_proof.py"


def write(cast, count=3):
    actions.record_many(actions.entry(SYSTEM, "people.test", cast.city) for _ in range(count))


def proven(proof, folder, *noted):
    """Whether the script of the documentation says so, with the keys that somebody noted."""
    file = folder / "proof.json"
    file.write_text(json.dumps(proof), encoding="utf-8")
    options = [part for key in noted for part in ("--key", str(key))]
    done = subprocess.run(
        [sys.executable, SCRIPT, file, *options], capture_output=True, text=True, check=False
    )
    return done.returncode == 0, done.stdout


def test_older_checkpoints_stay_good_and_the_change_is_in_the_trail(cast, tmp_path):
    write(cast)
    sealing.seal()
    before = stored.latest()
    write(cast)
    done = rotation.rotate()
    write(cast)
    sealing.seal()
    assert checking.verify().faults == []
    assert keys.signer().public == done.after != done.before
    assert (tmp_path / "trail-key").stat().st_mode & 0o777 == 0o600
    assert keys.trusted() == [done.after, done.before]
    for key in (done.before, done.after):
        assert key.open(done.note).size == before.size + 4, "both have signed the handover"
    entry = Entry.objects.get(action="trail.rotate_key")
    assert (entry.before, entry.after) == ({"key": str(done.before)}, {"key": str(done.after)})
    alone = checking.verify(trusted=[done.after])
    assert {each.kind for each in alone.faults} == {"forged"}
    later = proofs.consistency(before.size)
    assert proven(later, tmp_path, done.before, done.after)[0]
    assert not proven(later, tmp_path, done.after)[0], "the earlier one was signed by the former key"
    assert "PROVEN" in proven(proofs.inclusion(entry.pk), tmp_path, done.after)[1]
    handed = proofs.consistency(before.size, Checkpoint.objects.get(note=done.note).size)
    assert proven(handed, tmp_path, done.before)[0], "whoever noted the former key alone can follow"


def test_twice_and_told_at_the_terminal(cast):
    write(cast)
    first = keys.signer().public
    said = [terminal.rotate(), terminal.rotate()]
    assert str(keys.signer().public) in said[1]
    assert "PRIVATE" not in "".join(said)
    assert keys.trusted()[-1] == first
    assert len(keys.trusted()) == 3
    assert checking.verify().faults == []


def test_a_key_of_the_environment_is_printed_and_signs_once_it_is_set(cast, settings):
    settings.TRAIL_KEY = str(keys.Signer.make("houqin.example.gov.cn/trail"))
    write(cast)
    said = terminal.rotate()
    assert said.startswith("Set HOUQIN_TRAIL_KEY")
    write(cast)
    sealing.seal()
    settings.TRAIL_KEY = said.splitlines()[1]
    write(cast)
    sealing.seal()
    assert checking.verify().faults == []


@pytest.mark.parametrize("text", ["", "nonsense", "PRIVATE+KEY+a+b+c"])
def test_what_is_no_key_is_said(cast, settings, text):
    settings.TRAIL_KEY = text or " "
    with pytest.raises(keys.BadNote):
        keys.signer()
