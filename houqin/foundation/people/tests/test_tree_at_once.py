"""Moves and additions at the same moment, on connections of their own."""

from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, connection, transaction

from houqin.foundation.people.models import Organisation

pytestmark = [pytest.mark.db_facing, pytest.mark.django_db(transaction=True)]


def at_once(*works):
    start, outcomes = Barrier(len(works)), []

    def run(work):
        start.wait()
        try:
            with transaction.atomic():
                work()
        except DatabaseError as error:
            outcomes.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def add(name, parent=None):
    return Organisation.objects.create(kind="unit", code=name, name=name, parent=parent)


def assert_tree_is_right():
    rows = {row.pk: row for row in Organisation.objects.all()}
    for row in rows.values():
        above = rows[row.parent_id].path if row.parent_id else "/"
        assert row.path == f"{above}{row.pk}/"


def test_two_moves_never_close_a_circle(transactional_db):
    for round_ in range(5):
        a, b = add(f"a{round_}"), add(f"b{round_}")
        c = add(f"c{round_}", parent=b)
        refused = at_once(
            lambda a=a, c=c: Organisation.objects.filter(pk=a.pk).update(parent_id=c.pk),
            lambda a=a, b=b: Organisation.objects.filter(pk=b.pk).update(parent_id=a.pk),
        )
        assert len(refused) == 1
        assert_tree_is_right()


def test_a_child_added_while_its_branch_moves_has_the_right_path(transactional_db):
    for round_ in range(5):
        old, new = add(f"old{round_}"), add(f"new{round_}")
        branch = add(f"branch{round_}", parent=old)
        leaf = add(f"leaf{round_}", parent=branch)
        refused = at_once(
            lambda branch=branch, new=new: Organisation.objects.filter(pk=branch.pk).update(parent_id=new.pk),
            *[lambda n=n, r=round_, leaf=leaf: add(f"child{r}-{n}", parent=leaf) for n in range(3)],
        )
        assert refused == []
        assert_tree_is_right()
