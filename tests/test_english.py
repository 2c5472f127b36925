"""The site in English: whatever it says itself is English; only what people wrote and named stays Chinese."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils.translation.trans_real import DjangoTranslation

from houqin.affairs.forms import VERB_FORMS
from houqin.affairs.models import Case
from houqin.foundation.people.models import Person, Role
from houqin.testing.cast import Cast
from tests.permissions.scene import SHEET, Scene, addresses, person, reviewed

CATALOGUE = Path(settings.LOCALE_PATHS[0]) / "en" / "LC_MESSAGES" / "django.po"
#: Libraries whose code is used without their tables.
LIBRARIES = {"account", "socialaccount"}
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uff65]+")
#: What is written in another language on purpose, and what nobody reads on the page.
ASIDE = re.compile(
    r'<(?P<tag>\w+)[^>]* lang="zh-CN"[^>]*>.*?</(?P=tag)>|<!--.*?-->|type="(checkbox|hidden)"[^>]* value="[^"]*"',
    re.DOTALL,
)
NOT_PAGES = ("jsi18n", "api-openapi", "people:sign_out")
#: Who asks for every page, and what is said to the others as it is to them.
ALL, ALIKE = "staff", ("302", "302s", "401", "403", "404", "405")
ROLES = ("anonymous", ALL, "dispatcher", "worker", "clerk", "manager", "sysadmin")


def test_the_english_site_says_nothing_in_chinese(cast: Cast) -> None:
    scene = Scene(cast)
    # A language gives its own name; roles have the office's names, a spreadsheet its own words.
    aside = (
        examples()
        | {"中文"}
        | set(Role.objects.values_list("name", flat=True))
        | set(re.split(r"[ ,]", " ".join(SHEET)))
    )
    raw = data() | aside
    known = (raw - declared()) | aside
    said: dict[str, str] = {}
    answers = reviewed()
    for role in ROLES:
        client = visitor(person(cast, role))
        for pattern, name, url in urls(scene):
            for method in methods(name, role):
                if role != ALL and answers.get((pattern, method), {}).get(role) in ALIKE:
                    continue
                for words in chinese(ask(client, method, url), raw if "admin:" in name else known):
                    said.setdefault(words, f"{method} {url} as {role}")
    assert not said, "\n".join(f"{words} — {where}" for words, where in said.items())


def test_what_is_sent_in_english_keeps_its_declared_names_in_chinese(cast: Cast) -> None:
    scene = Scene(cast)
    visitor(cast.other_staff).post(
        "/services/repairs.report", {"place": cast.office.code, "fault": scene.fault.code, "note": "坏了"}
    )
    case = Case.objects.latest("id")
    assert case.applicant == cast.other_staff
    assert case.item_name == "报修"
    assert [step["name"] for step in case.flow["steps"]] == [
        step["name"] for step in scene.case.flow["steps"]
    ]
    assert visitor(cast.other_staff).get(f"/cases/{case.number}").content.decode().count("Repairs")


def test_chinese_stays_chinese_where_english_is_the_default(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"
    chinese = DjangoTranslation("zh-hans")
    assert chinese.gettext("待办") == "待办"
    assert chinese.ngettext("有 %(n)s 条未读。", "有 %(n)s 条未读。", 2) == "有 %(n)s 条未读。"
    assert chinese.pgettext("verb", "同意") == "同意"


def methods(name: str, role: str) -> tuple[str, ...]:
    """How a page is asked for: with an empty form, too, so that it says what is missing."""
    if name.startswith("admin:"):
        return ("GET",) if role == "sysadmin" else ()
    return ("GET",) if name.startswith("api:") else ("GET", "POST")


def visitor(who: Person | None) -> Client:
    """Somebody's browser that speaks English."""
    client = Client(raise_request_exception=False)
    if who:
        Person.objects.filter(pk=who.pk).update(language="en")
        client.force_login(who)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def urls(scene: Scene) -> Iterator[tuple[str, str, str]]:
    """Every page of the site: its pattern, its name and an address of it."""
    for pattern, name, wanted in addresses():
        if name in NOT_PAGES:
            continue
        try:
            arguments = scene.arguments(name, wanted)
            for verb in VERB_FORMS if "verb" in wanted else ("",):
                yield pattern, name, reverse(name, kwargs=arguments | ({"verb": verb} if verb else {}))
        except NoReverseMatch:
            continue


def ask(client: Client, method: str, url: str) -> str:
    """What the page says; what asking for it did is undone."""
    kept = client.cookies.copy()
    with transaction.atomic():
        answer = client.generic(method, url)
        text = (
            ""
            if answer.streaming or re.search("sheet|pdf", answer.get("Content-Type", ""))
            else answer.content.decode(errors="replace")
        )
        for close in answer._resource_closers if answer.streaming else ():
            close()
        transaction.set_rollback(True)
    client.cookies = kept
    return text


def chinese(page: str, known: set[str]) -> list[str]:
    """Chinese on the page that is not among what is ``known``."""
    page = html.unescape(ASIDE.sub("", page))
    for words in sorted(known & set(_pieces(page, known)), key=len, reverse=True):
        page = page.replace(words, "")
    return CHINESE.findall(page)


def _pieces(page: str, known: set[str]) -> Iterator[str]:
    return (words for words in known if words in page)


def data() -> set[str]:
    """Every Chinese text in the database."""
    found: set[str] = set()
    for model in apps.get_models():
        fields = [
            f
            for f in model._meta.concrete_fields
            if isinstance(f, models.TextField | models.CharField | models.JSONField | ArrayField)
        ]
        if not fields or not model._meta.managed or model._meta.app_label in LIBRARIES:
            continue
        for row in model._base_manager.values_list(*(field.attname for field in fields)):
            found.update(_texts(list(row)))
    return {text for text in found if CHINESE.search(text)}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _texts(list(value.values()))
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def declared() -> set[str]:
    """Names that the code declares: on pages they are English also where a record keeps them."""
    return {entry.msgid for entry in polib.pofile(str(CATALOGUE))}


def examples() -> set[str]:
    """The Chinese that the English catalogue quotes, as in “Such as A座1203”."""
    entries = polib.pofile(str(CATALOGUE))
    texts = [text for entry in entries for text in (entry.msgstr, *entry.msgstr_plural.values())]
    return {words for text in texts for words in CHINESE.findall(text)}
