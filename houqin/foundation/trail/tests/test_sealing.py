"""Sealing in the background: nothing is lost, nothing waits for it, and it says how far it is."""

from __future__ import annotations

import threading

import pytest
from django.db import DatabaseError, connection, connections, transaction

from houqin.foundation.trail import actions, checking, jobs, keys, proofs, sealing, stored, witness
from houqin.foundation.trail.actors import SYSTEM
from houqin.foundation.trail.models import Checkpoint, Entry, Horizon, Node, Sealed


def write(cast, many=1):
    before = stored.highest_id()
    actions.record_many(actions.entry(SYSTEM, "people.test", cast.city) for _ in range(many))
    return list(Entry.objects.filter(pk__gt=before).order_by("pk"))


def test_what_was_written_is_sealed_in_order_and_signed(cast):
    write(cast, 600)
    assert stored.waiting().count == 600
    assert sealing.seal(batch=250) == 600
    assert list(Sealed.objects.order_by("position").values_list("position", flat=True)) == list(range(600))
    assert [each.size for each in Checkpoint.objects.all()] == [600, 500, 250]
    assert Node.objects.filter(level=1).count() == 2
    waiting = stored.waiting()
    assert (waiting.count, waiting.oldest) == (0, None)
    assert sealing.seal() == 0
    assert Checkpoint.objects.count() == 3, "nothing new needs no new checkpoint"
    stated = keys.signer().public.open(stored.latest().note)
    assert (stated.size, stated.root) == (600, stored.tree().root(600))


def test_the_oldest_that_waits_is_known(cast):
    (entry,) = write(cast)
    assert stored.waiting().oldest == entry.at


def test_the_key_is_made_once_and_for_its_owner_alone(settings):
    first = keys.signer()
    assert keys.key_file().stat().st_mode & 0o777 == 0o600
    assert keys.signer() == first
    assert first.name.endswith("/trail")
    settings.TRAIL_KEY = str(keys.Signer.make("city.example/trail"))
    assert keys.signer().name == "city.example/trail"
    assert str(first) not in repr(first)


@pytest.mark.db_facing
@pytest.mark.parametrize("table", ["trail_sealed", "trail_node", "trail_checkpoint"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {}"])
def test_the_database_refuses_to_forget_what_was_sealed(cast, table, statement):
    write(cast, 300)
    sealing.seal()
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))


@pytest.mark.db_facing
def test_who_commits_late_is_sealed_later_and_never_lost(committed_cast):
    """A transaction that took lower ids and commits after higher ones were sealed, however often it was looked."""
    written, may_commit = threading.Event(), threading.Event()
    late: list[int] = []

    def slow() -> None:
        with transaction.atomic():
            late.extend(entry.pk for entry in write(committed_cast, 3))
            written.set()
            may_commit.wait(20)
        connections.close_all()

    writer = threading.Thread(target=slow)
    writer.start()
    assert written.wait(20)
    quick = [entry.pk for entry in write(committed_cast, 5)]
    assert max(late) < min(quick)
    for _ in range(4):
        sealing.seal()
        quick += [entry.pk for entry in write(committed_cast)]
    assert Horizon.objects.get().below < min(late)
    may_commit.set()
    writer.join(20)
    sealing.seal()
    order = list(Sealed.objects.order_by("position").values_list("entry_id", flat=True))
    assert sorted(order) == sorted(quick + late)
    assert order.index(late[0]) > order.index(quick[0])
    sealing.seal()
    assert Horizon.objects.get().below == max(quick), "nobody looks there again"
    assert not checking.verify().faults


@pytest.mark.db_facing
def test_an_act_that_failed_leaves_a_number_and_no_hole(committed_cast):
    write(committed_cast)
    with pytest.raises(RuntimeError), transaction.atomic():
        write(committed_cast, 2)
        raise RuntimeError
    write(committed_cast)
    assert sealing.seal() == 2
    assert list(Sealed.objects.order_by("position").values_list("position", flat=True)) == [0, 1]
    assert not checking.verify().faults


@pytest.mark.db_facing
def test_many_writers_and_two_sealers_at_once(committed_cast):
    """Every entry is sealed exactly once, positions have no gap, and what results is whole."""
    writing = threading.Event()
    failures: list[Exception] = []

    def guarded(work) -> None:
        try:
            work()
        except Exception as failure:
            failures.append(failure)
        finally:
            connections.close_all()

    def writer() -> None:
        for number in range(40):
            with transaction.atomic():
                write(committed_cast, 1 + number % 3)

    def sealer() -> None:
        while not writing.is_set():
            sealing.seal(batch=7)

    writers = [threading.Thread(target=guarded, args=[writer]) for _ in range(4)]
    sealers = [threading.Thread(target=guarded, args=[sealer]) for _ in range(2)]
    for each in writers + sealers:
        each.start()
    for each in writers:
        each.join(60)
    writing.set()
    for each in sealers:
        each.join(60)
    sealing.seal()
    assert not failures
    count = Entry.objects.count()
    assert count == 4 * (14 * 1 + 13 * 2 + 13 * 3)
    assert list(Sealed.objects.order_by("position").values_list("position", flat=True)) == list(range(count))
    assert set(Sealed.objects.values_list("entry_id", flat=True)) == set(
        Entry.objects.values_list("id", flat=True)
    )
    report = checking.verify()
    assert (report.faults, report.entries, report.waiting) == ([], count, 0)
    assert keys.signer().public.open(witness.kept()).size == count


def test_a_seal_costs_the_same_whatever_was_sealed_before(cast, django_assert_max_num_queries):
    write(cast, 700)
    sealing.seal()
    write(cast, 3)
    with django_assert_max_num_queries(16):
        sealing.seal()
    with django_assert_max_num_queries(8):
        proofs.inclusion(Entry.objects.last().pk)


def test_the_jobs_seal_and_check(cast):
    write(cast, 4)
    assert jobs.seal.func(0) == 4
    assert jobs.check.func(0)
