"""The Merkle tree of RFC 6962 (section 2.1) over leaves that are appended: hashes, roots and proofs.

Nothing here knows a database. Hashes of complete subtrees of 256, 65,536, … leaves are kept by whoever stores the tree
(``level`` 1, 2, …; level 0 are the leaves), so that any root or proof needs a few blocks of 256 hashes whatever the size.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence

#: Hashes stand in blocks of so many; a node of the next level is the root of one block.
BLOCK_BITS = 8
BLOCK = 1 << BLOCK_BITS
EMPTY_ROOT = hashlib.sha256().digest()

#: Answers the hashes of block ``index`` of ``level``: 256 of them, fewer in the last one.
Blocks = Callable[[int, int], Sequence[bytes]]


def leaf_hash(data: bytes) -> bytes:
    """The hash of an entry."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: the complete subtrees it consists of, largest first."""

    def __init__(self, parts: Sequence[tuple[int, bytes]] = ()) -> None:
        self._parts = list(parts)  # height and hash
        self.size = sum(1 << height for height, _hash in parts)

    def append(self, leaf: bytes) -> Iterator[tuple[int, int, bytes]]:
        """Take one more leaf; gives ``(level, index, hash)`` of each block that became complete by it."""
        height, digest = 0, leaf
        self.size += 1
        parts = self._parts
        while parts and parts[-1][0] == height:
            digest = node_hash(parts.pop()[1], digest)
            height += 1
            if height % BLOCK_BITS == 0:
                yield height // BLOCK_BITS, (self.size >> height) - 1, digest
        parts.append((height, digest))

    def root(self) -> bytes:
        """The root of the tree as it is now."""
        return _folded([digest for _height, digest in self._parts])


class Tree:
    """A stored tree, read by blocks; each block is asked for once."""

    def __init__(self, blocks: Blocks) -> None:
        self._read = blocks
        self._kept: dict[tuple[int, int], Sequence[bytes]] = {}

    def frontier(self, size: int) -> Frontier:
        """The right edge of the tree of the first ``size`` leaves."""
        return Frontier(list(self._parts(0, size)))

    def root(self, size: int) -> bytes:
        """The root of the tree of the first ``size`` leaves."""
        return self._hash(0, size)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The proof that leaf ``index`` is in the tree of ``size``: PATH(m, D[n]) of RFC 6962, 2.1.1."""
        start, proof = 0, []
        while size > 1:
            half = _split(size)
            if index < half:
                proof.append(self._hash(start + half, size - half))
                size = half
            else:
                proof.append(self._hash(start, half))
                start, index, size = start + half, index - half, size - half
        return proof[::-1]

    def consistency(self, first: int, second: int) -> list[bytes]:
        """The proof that the tree of ``first`` leaves begins the tree of ``second``: PROOF(m, D[n]), 2.1.2."""
        start, proof, whole = 0, [], True
        while 0 < first < second:
            half = _split(second)
            if first <= half:
                proof.append(self._hash(start + half, second - half))
                second = half
            else:
                proof.append(self._hash(start, half))
                start, first, second, whole = start + half, first - half, second - half, False
        if first and not whole:
            proof.append(self._hash(start, first))
        return proof[::-1]

    def _hash(self, start: int, count: int) -> bytes:
        return _folded([digest for _height, digest in self._parts(start, count)])

    def _parts(self, start: int, count: int) -> Iterator[tuple[int, bytes]]:
        """The complete subtrees of ``count`` leaves from ``start`` (a multiple of the largest of them)."""
        while count:
            height = count.bit_length() - 1
            yield height, self._complete(start, height)
            start, count = start + (1 << height), count - (1 << height)

    def _complete(self, start: int, height: int) -> bytes:
        level = height // BLOCK_BITS
        first = start >> (level * BLOCK_BITS)
        row = self._block(level, first >> BLOCK_BITS)
        offset, many = first % BLOCK, 1 << (height - level * BLOCK_BITS)
        hashes = list(row[offset : offset + many])
        if len(hashes) != many:
            raise LookupError(f"the tree has a hole at level {level}, index {first}")
        while len(hashes) > 1:
            hashes = [node_hash(*hashes[at : at + 2]) for at in range(0, len(hashes), 2)]
        return hashes[0]

    def _block(self, level: int, index: int) -> Sequence[bytes]:
        key = (level, index)
        if key not in self._kept:
            self._kept[key] = self._read(level, index)
        return self._kept[key]


def _split(size: int) -> int:
    """The largest power of two below ``size``."""
    return 1 << ((size - 1).bit_length() - 1)


def _folded(hashes: list[bytes]) -> bytes:
    """The root over complete subtrees, largest first."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for digest in reversed(hashes[:-1]):
        root = node_hash(digest, root)
    return root
