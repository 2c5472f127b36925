"""Every address × every role, against a reviewed file of expected answers.

The file is ``matrix.csv``: what GET and POST (with nothing in it; the API with what a verb needs) answer to each role. ``302s`` leads to the sign-in page.
A new address without its lines fails. After reading what changed, write the file anew with ``make permissions``.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse

from houqin.exchange import tokens
from houqin.foundation.people.models import Person
from houqin.testing.cast import Cast
from tests.permissions.scene import FILE, ROLES, Scene, addresses, person, reviewed

WRITING = bool(os.environ.get("WRITE_PERMISSIONS"))
#: Only addresses that begin so: for whoever works on them; the whole takes minutes.
ONLY = os.environ.get("PERMISSIONS_ONLY", "")
METHODS = ("GET", "POST")
NOT_OURS = ("jsi18n",)


class Visitor:
    """Somebody of a role who asks for one address after another; what an address does is undone at once."""

    def __init__(self, who: Person | None) -> None:
        self.cookies: dict[str, str] = {}
        self.headers: dict[str, str] = {}
        self.client = Client(raise_request_exception=False)
        if who:
            client = Client()
            client.force_login(who)
            self.cookies = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
            self.headers = {"authorization": f"Bearer {tokens.create_token(who.username, proved=True)}"}

    def ask(self, method: str, url: str, body: str) -> str:
        client = self.client
        client.cookies.clear()
        client.cookies.load(self.cookies)
        with transaction.atomic():
            headers = self.headers if url.startswith("/api/") else {}
            answer = client.generic(method, url, body, "application/json" if body else "", headers=headers)
            for close in answer._resource_closers if answer.streaming else ():
                close()  # not answer.close(): that would end the test's connection
            transaction.set_rollback(True)
        signed_out = answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in?")
        return f"{answer.status_code}{'s' if signed_out else ''}"


def url_of(scene: Scene, name: str, pattern: str, wanted: set[str]) -> str | None:
    try:
        return reverse(name, kwargs=scene.arguments(name, wanted))
    except NoReverseMatch:
        return None if "^" in pattern or pattern.startswith("backoffice/") else _fail(name)


def _fail(name: str) -> str:
    raise AssertionError(f"say in scene.py what to put into the address {name}")


def ours() -> Iterator[tuple[str, str, set[str]]]:
    return (each for each in addresses() if each[0] not in NOT_OURS and each[0].startswith(ONLY))


def answers(cast: Cast, role: str) -> dict[tuple[str, str], str]:
    scene = Scene(cast)
    visitor = Visitor(person(cast, role))
    found = {}
    for pattern, name, wanted in ours():
        url = url_of(scene, name, pattern, wanted)
        methods = METHODS if not pattern.startswith("backoffice/") else METHODS[:1]
        for method in methods if url else ():
            found[pattern, method] = visitor.ask(
                method, str(url), scene.body(name) if method == "POST" else ""
            )
    return found


@pytest.mark.parametrize("role", ROLES)
def test_every_address_answers_as_reviewed(role: str, cast: Cast) -> None:
    found = answers(cast, role)
    if WRITING:
        _write(role, found)
    expected = {key: row.get(role, "") for key, row in reviewed().items() if key[0].startswith(ONLY)}
    wrong = {
        key: f"{got}, reviewed: {expected.get(key, 'no line')}"
        for key, got in found.items()
        if expected.get(key) != got
    }
    assert not wrong
    assert not [key for key in expected if key not in found], "lines of addresses that are gone"
    assert not [key for key, got in found.items() if got.startswith("5") and key[0] != "readyz"]


def _write(role: str, found: dict[tuple[str, str], str]) -> None:
    """Put a role's column into the file; run with ``-n 0``."""
    rows = reviewed()
    kept = {key: row for key, row in rows.items() if not key[0].startswith(ONLY)}
    asked = {
        key: {**rows.get(key, {}), "address": key[0], "method": key[1], role: got}
        for key, got in found.items()
    }
    lines = [line for _key, line in sorted((kept | asked).items())]
    with FILE.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["address", "method", *ROLES], lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(lines)
