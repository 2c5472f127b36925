"""Whatever somebody who can do everything in the database does to the trail, the walk finds it and says where."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection

from houqin.foundation.trail import actions, checking, keys, sealing, stored, witness
from houqin.foundation.trail.actors import SYSTEM
from houqin.foundation.trail.merkle import Frontier
from houqin.foundation.trail.models import Check, Checkpoint, Entry, Horizon, Sealed

Sql = Callable[..., None]
TABLES = ("trail_entry", "trail_sealed", "trail_node", "trail_checkpoint")
BATCHES = (300, 300, 100)


@pytest.fixture
def trail(cast):
    """Seven hundred entries in three batches, sealed. Answers their ids in order."""
    for number, many in enumerate(BATCHES):
        actions.record_many(
            actions.entry(SYSTEM, "people.test", cast.city, after={"n": number * 1000 + each})
            for each in range(many)
        )
        sealing.seal()
    witness.keep(stored.latest().note)
    Horizon.objects.update(below=stored.highest_id())
    return list(Entry.objects.order_by("id").values_list("id", flat=True))


@pytest.fixture
def tamper() -> Sql:
    """Run a statement as the owner of the tables, triggers off."""

    def run(statement: str, *values: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(statement, list(values))
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    return run


def found(**more):
    return [(each.kind, each.entry) for each in checking.verify(**more).faults]


def seal_anew(tamper, entry):
    """Make the stored leaf agree with an altered entry."""
    tamper(
        "UPDATE trail_sealed s SET leaf = sha256('\\x00'::bytea || convert_to("
        + checking.CANONICAL
        + ", 'UTF8')) FROM trail_entry e WHERE e.id = s.entry_id AND e.id = %s",
        entry,
    )


def test_a_whole_trail_is_found_whole(trail):
    report = checking.check()
    assert (report.faults, report.entries, report.checkpoints) == ([], 700, 3)
    assert Check.objects.get().entries == 700


@pytest.mark.parametrize(
    "change",
    [
        "actor_name = '别人'", "at = at + interval '1 microsecond'", "address = '203.0.113.7'", "after = '{\"n\": 7777}'",
        "before = '{}'", "action = 'people.other'", "record_id = '99'", "record_name = ''", "actor_id = 1",
        "appointment_id = 5", "appointment_name = 'x'", "record_type = 'people.person'",
    ],
)  # fmt: skip
def test_an_altered_entry_is_named_whatever_was_altered(trail, tamper, change):
    tamper(f"UPDATE trail_entry SET {change} WHERE id = %s", trail[450])
    assert found() == [("altered", trail[450])]


def test_every_column_of_an_entry_is_under_the_seal():
    columns = {field.column for field in Entry._meta.concrete_fields}
    assert not [column for column in columns if f"e.{column}" not in checking.CANONICAL]


def test_a_removed_entry_is_named(trail, tamper):
    tamper("DELETE FROM trail_entry WHERE id = %s", trail[3])
    assert found() == [("removed", trail[3])]


def test_an_entry_removed_with_its_seal_is_placed(trail, tamper):
    tamper("DELETE FROM trail_entry WHERE id = %s", trail[310])
    tamper("DELETE FROM trail_sealed WHERE entry_id = %s", trail[310])
    (fault,) = checking.verify().faults
    assert (fault.kind, fault.position) == ("removed", 310)


def test_an_entry_put_in_afterwards_is_named(trail, tamper):
    tamper("DELETE FROM trail_entry WHERE id = %s", trail[3])
    tamper("DELETE FROM trail_sealed WHERE entry_id = %s", trail[3])
    tamper(
        "INSERT INTO trail_entry (id, at, actor_name, appointment_name, action, record_type, record_id, record_name)"
        " VALUES (%s, now(), '别人', '', 'people.test', 'x', '1', '')",
        trail[3],
    )
    assert ("inserted", trail[3]) in found()


def test_an_entry_altered_with_its_seal_is_placed_within_a_block(trail, tamper):
    tamper("UPDATE trail_entry SET actor_name = '别人' WHERE id = %s", trail[20])
    seal_anew(tamper, trail[20])
    (fault,) = checking.verify().faults
    assert (fault.kind, fault.position) == ("order", 0)
    assert "0 至 255" in fault.words


def test_in_the_unfinished_block_it_is_placed_between_two_checkpoints(trail, tamper):
    tamper("UPDATE trail_entry SET actor_name = '别人' WHERE id = %s", trail[650])
    seal_anew(tamper, trail[650])
    (fault,) = checking.verify().faults
    assert "600 至 699" in fault.words


def test_two_entries_that_changed_places_are_found(trail, tamper):
    one, other = (Sealed.objects.get(position=position) for position in (10, 11))
    tamper("DELETE FROM trail_sealed WHERE position IN (10, 11)")
    for position, row in ((10, other), (11, one)):
        tamper("INSERT INTO trail_sealed VALUES (%s, %s, %s)", position, row.entry_id, bytes(row.leaf))
    assert [kind for kind, _entry in found()] == ["order"]


def test_an_index_that_was_rewritten_along_is_found_by_the_checkpoint(trail, tamper):
    tamper("UPDATE trail_entry SET actor_name = '别人' WHERE id = %s", trail[20])
    seal_anew(tamper, trail[20])
    frontier = Frontier()
    leaves = Sealed.objects.order_by("position").values_list("leaf", flat=True)
    for leaf in leaves:
        for level, index, digest in frontier.append(bytes(leaf)):
            tamper("UPDATE trail_node SET hash = %s WHERE level = %s AND index = %s", digest, level, index)
    (fault,) = checking.verify().faults
    assert (fault.kind, fault.position) == ("order", 0)
    assert "0 至 299" in fault.words


def test_a_tail_below_the_last_checkpoint_is_missed(trail, tamper):
    tamper("DELETE FROM trail_entry WHERE id = ANY(%s)", trail[690:])
    tamper("DELETE FROM trail_sealed WHERE position >= 690")
    assert ("cut", None) in found()


def test_a_tail_cut_off_with_its_checkpoints_is_missed_by_the_one_kept_outside(trail, tamper):
    tamper("DELETE FROM trail_entry WHERE id = ANY(%s)", trail[600:])
    tamper("DELETE FROM trail_sealed WHERE position >= 600")
    tamper("DELETE FROM trail_checkpoint WHERE size > 600")
    Horizon.objects.update(below=trail[599])
    assert found() == [("cut", None)]
    evidence = witness.kept()
    actions.record(SYSTEM, "people.test", Horizon.objects.get())
    sealing.seal()
    witness.keep(stored.latest().note)
    assert witness.kept() == evidence, "evidence is not overwritten"


def test_a_checkpoint_of_another_key_is_forged(trail, tamper):
    forger = keys.Signer.make(keys.signer().name)
    tamper("UPDATE trail_checkpoint SET note = %s WHERE size = 600", forger.sign(600, b"r" * 32))
    (fault,) = checking.verify().faults
    assert (fault.kind, fault.position) == ("forged", 600)


def test_a_true_checkpoint_of_another_size_is_forged_too(trail, tamper):
    tamper("UPDATE trail_checkpoint SET note = %s WHERE size = 600", Checkpoint.objects.get(size=300).note)
    assert [kind for kind, _entry in found()] == ["forged"]


def test_whoever_signs_everything_anew_is_found_by_the_key_that_was_noted(trail, tamper, settings):
    noted, note = keys.signer().public, stored.latest().note
    forger = keys.Signer.make(noted.name)
    settings.TRAIL_KEY = str(forger)
    for checkpoint in Checkpoint.objects.all():
        signed = forger.sign(checkpoint.size, stored.tree().root(checkpoint.size))
        tamper("UPDATE trail_checkpoint SET note = %s WHERE size = %s", signed, checkpoint.size)
    witness.file().unlink()
    assert found() == []
    assert {kind for kind, _entry in found(trusted=[noted])} == {"forged"}
    assert {kind for kind, _entry in found(notes=[note])} == {"forged"}


def test_leaves_after_the_last_checkpoint_are_not_signed(trail, tamper):
    tamper("DELETE FROM trail_checkpoint WHERE size = 700")
    assert ("unsigned", None) in found()


def test_a_checkpoint_kept_elsewhere_is_continued(trail):
    assert found(notes=[Checkpoint.objects.get(size=300).note]) == []


def test_many_faults_are_counted_not_listed(trail, tamper):
    tamper("UPDATE trail_entry SET actor_name = '别人'")
    report = checking.verify()
    assert (len(report.faults), report.more) == (checking.MOST, 700 - checking.MOST)
