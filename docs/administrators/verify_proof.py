#!/usr/bin/env python3
"""Check a proof from the trail (操作留痕) of a Houqin installation, without Houqin.

    python3 verify_proof.py PROOF.json [--key NAME+ID+KEY …] [--checkpoint FILE]

It needs Python 3.9 or later and nothing else, and asks nobody anything. PROOF.json is what 下载证明 gives (an entry is in the
trail) or the consistency proof of the interface (a later trail continues an earlier one). --key is the public key you
noted when the installation was set up; without it the key in the file is believed, which shows only that the file agrees
with itself. --checkpoint is a checkpoint you kept: it must be the one in the file.

Exit code 0: proven. 1: not proven, and why. 2: the file cannot be read.

What is checked: Ed25519 (RFC 8032, 5.1.7), the signed checkpoint (C2SP signed-note and tlog-checkpoint), and the Merkle
proof (RFC 9162, 2.1.3.2 and 2.1.4.2; the same tree as RFC 6962).
"""

import argparse
import base64
import hashlib
import json
import sys


class NotProven(Exception):
    """The proof does not hold."""


class Unreadable(Exception):
    """The file is not a proof."""


# -- Ed25519: points of the curve as (X, Y, Z, T), X = x Z, Y = y Z, X Y = Z T --------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def add(a, b):
    m = (a[1] - a[0]) * (b[1] - b[0]) % P
    n = (a[1] + a[0]) * (b[1] + b[0]) % P
    c = 2 * D * a[3] * b[3] % P
    d = 2 * a[2] * b[2] % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number, point):
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = add(total, point)
        point = add(point, point)
        number >>= 1
    return total


def same(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def point_of(raw):
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        raise NotProven("the key or signature is no point of the curve")
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        raise NotProven("the key or signature is no point of the curve")
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed_by(public, text, signature):
    """Whether ``signature`` (64 bytes) is that of ``public`` over ``text``."""
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + text).digest(), "little") % ORDER
    return same(times(s, BASE), add(point_of(signature[:32]), times(k, point_of(public))))


# -- keys and checkpoints ------------------------------------------------------------------------------------------------


def decoded(text):
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise NotProven("something in it is no base64") from None


def read_key(text):
    """Name, id and raw bytes of a public key ``NAME+ID+BASE64``."""
    name, _, rest = text.strip().partition("+")
    identity, _, key = rest.partition("+")
    raw = decoded(key)
    expected = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    if len(raw) != 33 or raw[0] != 1 or expected.hex() != identity:
        raise NotProven("the public key is not one of Ed25519, or its id does not belong to it")
    return name, expected, raw[1:]


def open_checkpoint(note, keys):
    """Size and root of a checkpoint that one of ``keys`` has signed."""
    for key in keys:
        try:
            return open_with(note, key)
        except NotProven as why:
            refused = why
    raise refused


def open_with(note, key):
    name, identity, public = key
    text, gap, signatures = note.partition("\n\n")
    text += "\n"
    for line in signatures.splitlines() if gap else ():
        start, _, given = line.rpartition(" ")
        raw = decoded(given) if start == "\u2014 " + name else b""
        if raw[:4] == identity and signed_by(public, text.encode(), raw[4:]):
            lines = text.split("\n")
            if len(lines) < 4 or lines[0] != name or not lines[1].isdigit():
                raise NotProven("the checkpoint is not one of this trail")
            return int(lines[1]), decoded(lines[2])
    raise NotProven("the checkpoint is not signed by the key")


# -- the tree ------------------------------------------------------------------------------------------------------------


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def check_inclusion(index, size, leaf, proof, root):
    """RFC 9162, 2.1.3.2."""
    if not 0 <= index < size:
        raise NotProven("the entry's number lies beyond the checkpoint")
    place, last, found = index, size - 1, leaf
    for each in proof:
        if last == 0:
            raise NotProven("the proof is too long")
        if place & 1 or place == last:
            found = node(each, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node(found, each)
        place, last = place >> 1, last >> 1
    if last or found != root:
        raise NotProven("the entry is not in the tree that was signed")


def check_consistency(first, second, proof, old, new):
    """RFC 9162, 2.1.4.2."""
    if first == second or first == 0:
        if proof or (first and old != new):
            raise NotProven("two checkpoints of one size differ")
        return
    if first > second or not proof:
        raise NotProven("the later checkpoint is not longer, or the proof is empty")
    path = [old, *proof] if first & (first - 1) == 0 else list(proof)
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    was = now = path[0]
    for each in path[1:]:
        if last == 0:
            raise NotProven("the proof is too long")
        if place & 1 or place == last:
            was, now = node(each, was), node(each, now)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            now = node(now, each)
        place, last = place >> 1, last >> 1
    if last or was != old or now != new:
        raise NotProven("the later trail does not continue the earlier one")


# -- the two kinds of proof ----------------------------------------------------------------------------------------------


def told(text):
    """An entry in lines."""
    entry = json.loads(text)
    for name in (
        "id",
        "at",
        "actor_name",
        "appointment_name",
        "address",
        "action",
        "record_type",
        "record_id",
        "record_name",
    ):
        print(f"  {name}: {entry.get(name)}")
    before, after = entry.get("before") or {}, entry.get("after") or {}
    for name in sorted({*before, *after}):
        print(
            f"  {name}: {json.dumps(before.get(name), ensure_ascii=False)} → {json.dumps(after.get(name), ensure_ascii=False)}"
        )


def verify(given, keys, kept):
    """Check a proof; raises NotProven."""
    kind = given.get("format")
    if kind == "houqin-trail-inclusion/1":
        size, root = open_checkpoint(given["checkpoint"], keys)
        leaf = hashlib.sha256(b"\x00" + given["entry"].encode()).digest()
        check_inclusion(given["index"], size, leaf, [decoded(each) for each in given["proof"]], root)
        if kept and kept.strip() != given["checkpoint"].strip():
            raise NotProven("the checkpoint you kept is another one; ask for a consistency proof from it")
        print(f"PROVEN: entry number {given['index']} of the {size} that {keys[0][0]} has signed.")
        told(given["entry"])
    elif kind == "houqin-trail-consistency/1":
        old, new = (open_checkpoint(given[name], keys) for name in ("first", "second"))
        check_consistency(old[0], new[0], [decoded(each) for each in given["proof"]], old[1], new[1])
        if kept and kept.strip() not in (given["first"].strip(), given["second"].strip()):
            raise NotProven("the checkpoint you kept is neither of the two")
        print(
            f"PROVEN: the trail of {new[0]} entries continues that of {old[0]}; nothing was changed or removed."
        )
    else:
        raise Unreadable("its format is unknown")


def main():
    parser = argparse.ArgumentParser(description="Check a proof from a Houqin trail.")
    parser.add_argument("proof")
    parser.add_argument(
        "--key", action="append", help="a public key you noted; again for one that signed before it"
    )
    parser.add_argument("--checkpoint", help="a file with the checkpoint you kept")
    options = parser.parse_args()
    try:
        with open(options.proof, encoding="utf-8") as file:
            given = json.load(file)
        kept = ""
        if options.checkpoint:
            with open(options.checkpoint, encoding="utf-8") as file:
                kept = file.read()
        keys = options.key or [given["key"], *given.get("former_keys", [])]
        verify(given, [read_key(each) for each in keys], kept)
    except NotProven as why:
        print(f"NOT PROVEN: {why}.")
        return 1
    except (OSError, ValueError, KeyError, TypeError, AttributeError, Unreadable) as why:
        print(f"This is not a proof that can be read: {why}")
        return 2
    if not options.key:
        print("The key came from the file itself: compare it with the one you noted, by --key.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
