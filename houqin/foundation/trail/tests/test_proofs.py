"""Proofs that are taken away, checked by the independent script in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64encode
from datetime import UTC, datetime

import pytest

from houqin.foundation.errors import Conflict, NotFound, Problem
from houqin.foundation.trail import actions, keys, proofs, sealing, stored
from houqin.foundation.trail.actors import SYSTEM
from houqin.foundation.trail.models import Entry
from houqin.foundation.trail.tests.test_merkle import SCRIPT


@pytest.fixture
def entries(cast):
    """Three hundred sealed entries in two checkpoints, the last with a change in it."""
    many = [actions.entry(SYSTEM, "people.test", cast.city) for _ in range(260)]
    actions.record_many(many)
    sealing.seal()
    actions.record_many(actions.entry(SYSTEM, "people.test", cast.city) for _ in range(39))
    actions.record(
        cast.sysadmin,
        "affairs.change_item",
        cast.city,
        before={"limit_minutes": 480},
        after={"limit_minutes": 120},
    )
    sealing.seal()
    return list(Entry.objects.order_by("id"))


@pytest.fixture
def judge(tmp_path):
    """Run the script on a proof: its exit code and what it says."""

    def run(proof, *options: str) -> tuple[int, str]:
        file = tmp_path / "proof.json"
        file.write_text(proof if isinstance(proof, str) else json.dumps(proof), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-I", str(SCRIPT), str(file), *options],
            capture_output=True,
            text=True,
            check=False,
        )
        assert not done.stderr
        return done.returncode, done.stdout

    return run


def test_a_true_proof_is_proven_and_says_what_was_changed(entries, judge, tmp_path):
    proof = proofs.inclusion(entries[-1].pk)
    kept = tmp_path / "checkpoint.txt"
    kept.write_text(stored.latest().note, encoding="utf-8")
    code, said = judge(proof, "--key", str(keys.signer().public), "--checkpoint", str(kept))
    assert code == 0
    assert "PROVEN: entry number 299 of the 300" in said
    assert "actor_name: 何管" in said
    assert "limit_minutes: 480 → 120" in said
    code, said = judge(proofs.inclusion(entries[0].pk))
    assert code == 0
    assert "came from the file itself" in said


def test_a_tampered_proof_is_not_proven(entries, judge):
    proof = proofs.inclusion(entries[-1].pk)
    other = proofs.inclusion(entries[3].pk)
    foreign = keys.Signer.make(keys.signer().name)
    wrong = {
        "another value": {**proof, "entry": proof["entry"].replace("480", "120")},
        "another number": {**proof, "index": 298},
        "a number beyond": {**proof, "index": 300},
        "another's path": {**proof, "proof": other["proof"]},
        "a hash missing": {**proof, "proof": proof["proof"][:-1]},
        "a hash too many": {**proof, "proof": [*proof["proof"], b64encode(b"x" * 32).decode()]},
        "another size": {**proof, "checkpoint": proof["checkpoint"].replace("\n300\n", "\n301\n")},
        "no signature": {**proof, "checkpoint": proof["checkpoint"].partition("\n\n")[0] + "\n"},
        "a foreign key": {**proof, "key": str(foreign.public)},
        "a key that does not fit its id": {**proof, "key": proof["key"][:-4] + "AAA="},
    }
    for what, changed in wrong.items():
        code, said = judge(changed)
        assert (code, said.startswith("NOT PROVEN")) == (1, True), what
    assert judge({**proof, "checkpoint": foreign.sign(300, b"r" * 32)}, "--key", proof["key"])[0] == 1


def test_what_is_no_proof_is_said_to_be_none(entries, judge):
    for text in ("", "[]", "{}", '{"format": "x", "key": 7}'):
        assert judge(text)[0] == 2
    unknown = {**proofs.inclusion(entries[0].pk), "format": "houqin-trail-inclusion/9"}
    assert judge(unknown)[0] == 2


def test_a_later_trail_is_proven_to_continue_an_earlier_one(entries, judge, tmp_path):
    proof = proofs.consistency(260)
    kept = tmp_path / "checkpoint.txt"
    kept.write_text(proof["first"], encoding="utf-8")
    code, said = judge(proof, "--key", str(keys.signer().public), "--checkpoint", str(kept))
    assert code == 0
    assert "the trail of 300 entries continues that of 260" in said
    for changed in (
        {**proof, "proof": proof["proof"][1:]},
        {**proof, "first": keys.signer().sign(260, b"r" * 32)},
        {**proof, "first": proof["second"], "second": proof["first"]},
    ):
        assert judge(changed)[0] == 1
    kept.write_text(keys.signer().sign(7, b"r" * 32), encoding="utf-8")
    assert judge(proof, "--checkpoint", str(kept))[0] == 1


def test_what_cannot_be_proven_is_said(entries, cast):
    late = actions.record(SYSTEM, "people.test", cast.city)
    with pytest.raises(Conflict):
        proofs.inclusion(late.pk)
    with pytest.raises(NotFound):
        proofs.inclusion(late.pk + 1)
    with pytest.raises(NotFound):
        proofs.consistency(7)
    with pytest.raises(Problem):
        proofs.consistency(300, 260)


def test_the_text_that_is_hashed_is_the_entry_to_the_microsecond(cast):
    entry = Entry.objects.create(
        at=datetime(2026, 3, 16, 1, 2, 3, 45, UTC), actor_name="O'Neil \\ \"甲\"\n", action="people.test",
        record_type="people.person", record_id="7", address="2001:db8::1",
        before={"b": "ａ\u0001", "a": [1.50, None, True]}, after={"长": "€𠮷"},
    )  # fmt: skip
    sealing.seal()
    text = json.loads(proofs.inclusion(entry.pk)["entry"])
    assert text["at"] == "2026-03-16T01:02:03.000045Z"
    assert (text["actor_name"], text["address"]) == (entry.actor_name, "2001:db8::1")
    assert (text["before"], text["after"]) == (entry.before, entry.after)
