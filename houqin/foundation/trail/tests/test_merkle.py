"""The tree against the definition of RFC 6962, written the plain way."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from houqin.foundation.trail.merkle import BLOCK, EMPTY_ROOT, Frontier, Tree, leaf_hash, node_hash
from houqin.foundation.trail.notes import BadNote, PublicKey, Signer

SCRIPT = Path(__file__).resolve().parents[4] / "docs/administrators/verify_proof.py"
_spec = importlib.util.spec_from_file_location("verify_proof", SCRIPT)
outside = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(outside)

MOST = 1100
LEAVES = [leaf_hash(str(number).encode()) for number in range(MOST)]


def plain_root(leaves):
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_hash(plain_root(leaves[:half]), plain_root(leaves[half:]))


def grown(size, frontier=None, start=0, nodes=None):
    frontier, nodes = frontier or Frontier(), {} if nodes is None else nodes
    for leaf in LEAVES[start:size]:
        for level, index, digest in frontier.append(leaf):
            nodes[level, index] = digest
    return frontier, nodes


_, NODES = grown(MOST)


def tree(size=MOST):
    def block(level, index):
        first = index * BLOCK
        if level == 0:
            return LEAVES[first : min(first + BLOCK, size)]
        return [NODES[level, each] for each in range(first, first + BLOCK) if (level, each) in NODES]

    return Tree(block)


@given(size=st.integers(0, MOST))
@settings(max_examples=60, deadline=None)
def test_roots_are_those_of_the_definition(size):
    assert grown(size)[0].root() == plain_root(LEAVES[:size])
    if size:
        assert tree().root(size) == plain_root(LEAVES[:size])


@given(size=st.integers(0, MOST - 1), more=st.integers(1, 300))
@settings(max_examples=40, deadline=None)
def test_growing_goes_on_from_what_is_stored(size, more):
    end = min(MOST, size + more)
    frontier, nodes = grown(end, tree(size).frontier(size), size)
    assert frontier.root() == plain_root(LEAVES[:end])
    assert all(NODES[key] == digest for key, digest in nodes.items())


@given(data=st.data(), size=st.integers(1, MOST))
@settings(max_examples=80, deadline=None)
def test_every_leaf_is_proven_and_nothing_else(data, size):
    index = data.draw(st.integers(0, size - 1))
    proof, root = tree().inclusion(index, size), plain_root(LEAVES[:size])
    assert len(proof) <= (size - 1).bit_length()
    outside.check_inclusion(index, size, LEAVES[index], proof, root)
    for wrong in (leaf_hash(b"x"), LEAVES[(index + 1) % MOST]):
        with pytest.raises(outside.NotProven):
            outside.check_inclusion(index, size, wrong, proof, root)
    if proof:
        with pytest.raises(outside.NotProven):
            outside.check_inclusion(index, size, LEAVES[index], proof[:-1], root)


@given(data=st.data(), second=st.integers(1, MOST))
@settings(max_examples=80, deadline=None)
def test_a_longer_tree_continues_a_shorter_one(data, second):
    first = data.draw(st.integers(1, second))
    proof = tree().consistency(first, second)
    old, new = plain_root(LEAVES[:first]), plain_root(LEAVES[:second])
    outside.check_consistency(first, second, proof, old, new)
    with pytest.raises(outside.NotProven):
        outside.check_consistency(first, second, proof, leaf_hash(b"x"), new)


@given(size=st.integers(0, 2**62), name=st.from_regex(r"\A[a-z.]{1,20}/trail\Z"))
@settings(max_examples=8, deadline=None)
def test_a_checkpoint_opens_with_its_key_alone_also_outside(size, name):
    signer, other = Signer.make(name), Signer.make(name)
    note = signer.sign(size, LEAVES[0])
    assert Signer.read(str(signer)) == signer
    assert PublicKey.read(str(signer.public)) == signer.public
    stated = signer.public.open(note)
    assert (stated.origin, stated.size, stated.root) == (name, size, LEAVES[0])
    assert outside.open_checkpoint(note, [outside.read_key(str(signer.public))]) == (size, LEAVES[0])
    for bad in (note.replace(f"\n{size}\n", f"\n{size + 1}\n"), note.partition("\n\n")[0], ""):
        with pytest.raises(BadNote):
            signer.public.open(bad)
        with pytest.raises(outside.NotProven):
            outside.open_checkpoint(bad, [outside.read_key(str(signer.public))])
    with pytest.raises(BadNote):
        other.public.open(note)
    with pytest.raises(outside.NotProven):
        outside.open_checkpoint(note, [outside.read_key(str(other.public))])


@pytest.mark.parametrize("text", ["", "x", "PRIVATE+KEY+a+00000000+AQ==", "a+00000000+AAAA"])
def test_what_is_no_key_is_refused_without_being_quoted(text):
    for kind in (PublicKey, Signer):
        with pytest.raises(BadNote) as refused:
            kind.read(text)
        assert not text or text not in str(refused.value)
