"""What `houqin personal` does, for a person at the terminal."""

from __future__ import annotations

from collections.abc import Callable

from houqin.project import data_keys
from houqin.project.environment import Environment

SETTINGS = {"data": "DATA_KEYS", "lookup": "LOOKUP_KEYS"}


def new_key(given: Environment, use: str, from_environment: bool) -> str:
    """Add a key for ``use`` (data, lookup) to the file of the data directory, or say what to put into the environment."""
    name = SETTINGS[use]
    if from_environment:
        return f"Put a new id before the others of HOUQIN_{name}, on every machine:\n  ID:{data_keys.new_secret()},…"
    identity = data_keys.add(given.data_dir, name)
    return (
        f"Key {identity} was added to {data_keys.file_of(given.data_dir)}. Copy the file to its safe place, restart Houqin, "
        "then run houqin personal rotate."
    )


def keys_report() -> str:
    """Which keys there are and how many values are under each."""
    from houqin.foundation.personal import rotation
    from houqin.foundation.sealed.keys import present

    keys, used = present(), rotation.usage()
    named = {"data": [each.id for each in keys.data], "lookup": [each.id for each in keys.lookup]}
    lines = []
    for place, (name, ids) in enumerate(named.items()):
        for identity in ids:
            count = sum(n for pair, n in used.items() if pair[place] == identity)
            state = "newest" if identity == ids[0] else ("still needed" if count else "may be removed")
            lines.append(f"{name} key {identity}: {count} values, {state}")
    return "\n".join([*lines, *(f"✗ {problem}" for problem in rotation.problems())])


def rotate(say: Callable[[str], None]) -> str:
    """Write everything under the newest keys, then say what may go."""
    from houqin.foundation.personal import rotation

    if problems := rotation.meet():
        raise ValueError(" ".join(problems))
    count = rotation.rotate(say=say)
    return f"{count} values were written anew.\n{keys_report()}"
