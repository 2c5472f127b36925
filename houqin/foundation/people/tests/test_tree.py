"""Organisations as a tree: whatever moves, paths are right and circles do not come about."""

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from houqin.foundation import tree
from houqin.foundation.people.models import Organisation

pytestmark = pytest.mark.db_facing
moves = st.lists(st.tuples(st.integers(0, 7), st.one_of(st.none(), st.integers(0, 7))), max_size=12)


def grow(parents):
    nodes = []
    for number, parent in enumerate(parents):
        above = nodes[parent % number] if parent is not None and number else None
        nodes.append(Organisation(kind="unit", code=f"t{number}", name=f"单位{number}", parent=above))
        Organisation.objects.bulk_create([nodes[-1]])
    return nodes


def expected_path(parent_of, pk):
    chain = []
    while pk is not None:
        chain.insert(0, pk)
        pk = parent_of[pk]
    return "/" + "".join(f"{step}/" for step in chain)


@given(parents=st.lists(st.one_of(st.none(), st.integers(0, 7)), min_size=8, max_size=8), steps=moves)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_moves_the_paths_are_those_of_a_plain_tree(db, parents, steps):
    with transaction.atomic():
        nodes = grow(parents)
        for moved, below in steps:
            target = None if below is None else nodes[below].pk
            parent_of = dict(Organisation.objects.values_list("id", "parent_id"))
            circle = target is not None and str(nodes[moved].pk) in expected_path(parent_of, target).split(
                "/"
            )
            try:
                with transaction.atomic():
                    Organisation.objects.filter(pk=nodes[moved].pk).update(parent_id=target)
            except IntegrityError:
                assert circle
            else:
                assert not circle
        parent_of = dict(Organisation.objects.values_list("id", "parent_id"))
        for pk, path in Organisation.objects.values_list("id", "path"):
            assert path == expected_path(parent_of, pk)
        transaction.set_rollback(True)


def test_one_statement_may_insert_parents_and_children(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO people_organisation (id, parent_id, kind, code, name, path, short_name, pinyin, initials,"
            " phone, position) SELECT n, nullif(n - 1, 900), 'unit', 'c' || n, 'n', 'wrong', '', '', '', '', 0"
            " FROM generate_series(901, 905) n"
        )
    assert Organisation.objects.get(pk=905).path == "/901/902/903/904/905/"


def test_a_wrong_path_cannot_be_stored(cast):
    Organisation.objects.filter(pk=cast.budget.pk).update(path="/1/2/3/")
    cast.budget.refresh_from_db()
    assert tree.ids(cast.budget.path) == [cast.city.pk, cast.finance.pk, cast.budget.pk]


def test_a_subtree_is_one_range_of_an_index(cast):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        below = Organisation.objects.filter(path__startswith=cast.city.path).order_by()
        plan = below.explain()
    assert "Index Cond" in plan, plan
    assert "path" in plan
