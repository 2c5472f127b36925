"""The look: moments said as people say them, states never by colour alone, contrast, and the vendored files."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django import forms
from django.template import Context, Template

import houqin
from houqin.portal.templatetags import look

HOUQIN = Path(houqin.__file__).parent
# Monday 10:00 in Shanghai.
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at_ten_on_monday(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(hours=1, minutes=20), "还剩 1 小时 20 分"),
        (timedelta(minutes=-35), "已超时 35 分"),
        (timedelta(days=-2, hours=-3), "已超时 2 天 3 小时"),
        (timedelta(hours=7), "今天 17:00 前"),
        (timedelta(days=1, minutes=40), "明天 10:40 前"),
        (timedelta(days=9), "12月2日 10:00 前"),
    ],
)
def test_limit_is_said_as_people_say_it(left, words):
    assert look.due_words(NOW + left) == words


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=20), "刚刚"),
        (timedelta(minutes=12), "12 分前"),
        (timedelta(hours=20), "昨天 14:00"),
        (timedelta(days=400), "2025年10月19日 10:00"),
    ],
)
def test_past_is_relative_only_while_near(passed, words):
    assert look.ago(NOW - passed) == words


def test_every_state_has_a_shape_of_its_own():
    shapes = [look.state_icon(state) for state in [*look._STATES, *look._LEVELS]]
    assert len(set(shapes)) == len(shapes)


def test_overdue_turns_red_without_being_told():
    assert look.due_level(NOW - timedelta(minutes=1)) == "red"
    assert look.due_level(NOW + timedelta(hours=1)) == ""
    assert look.due_level(NOW + timedelta(hours=1), "amber") == "amber"


class _Form(forms.Form):
    kind = forms.ChoiceField(label="什么坏了", choices=[("water", "漏水")], widget=forms.RadioSelect)
    phone = forms.CharField(label="联系电话", help_text="师傅到场前打这个电话。")
    note = forms.CharField(label="备注", required=False)


def _draw(include: str, **context: object) -> str:
    return Template(f"{{% include 'components/{include}.html' %}}").render(Context(context))


def test_field_links_its_label_hint_and_error():
    form = _Form({})
    html = _draw("field", field=form["phone"])
    assert '<label class="form-label" for="id_phone">' in html
    assert 'aria-describedby="id_phone_error id_phone_hint"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_phone_error"' in html
    assert 'id="id_phone_hint"' in html


def test_optional_fields_are_marked_and_required_ones_are_not():
    form = _Form()
    assert "选填" in _draw("field", field=form["note"])
    assert "选填" not in _draw("field", field=form["phone"])


def test_every_link_of_the_error_summary_leads_to_something():
    form = _Form({})
    summary, page = _draw("error_summary", form=form), _draw("form", form=form, submit="提交")
    targets = re.findall(r'href="#([^"]+)"', summary)
    assert len(targets) == 2
    assert all(f'id="{target}"' in page for target in targets)


def _colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_pair_of_ink_and_ground_passes_aa(theme):
    css = (HOUQIN / "static/css/tokens.css").read_text(encoding="utf-8")
    blocks = css.split(':root[data-theme="dark"]')
    colours = _colours(blocks[0])
    if theme == "dark":
        colours |= _colours(blocks[1].split("@media")[0])
    inks = ["ink", "ink-2", "ink-3"]
    pairs = [
        (ink, ground) for ink in [*inks, "accent", "red", "amber", "done"] for ground in ("paper", "surface")
    ]
    pairs += [(ink, "sunken") for ink in inks] + [
        (tone, f"{tone}-soft") for tone in ("accent", "red", "amber", "done")
    ]
    pairs += [
        ("on-accent", "accent"),
        ("on-accent", "accent-strong"),
        ("on-red", "red"),
        ("rail-ink", "rail"),
    ]
    weak = {pair: _contrast(colours[pair[0]], colours[pair[1]]) for pair in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}
    assert _contrast(colours["line-strong"], colours["surface"]) >= 3


def test_both_ways_to_darkness_are_the_same():
    css = (HOUQIN / "static/css/tokens.css").read_text(encoding="utf-8")
    chosen, system = css.split(':root[data-theme="dark"]')[1].split("@media (prefers-color-scheme: dark)")
    assert _colours(chosen) == _colours(system)


@pytest.mark.parametrize("folder", ["static/vendor", "testing/vendor"])
def test_vendored_files_are_what_the_manifest_says(folder):
    listed = json.loads((HOUQIN / folder / "manifest.json").read_text(encoding="utf-8"))["files"]
    for line in listed:
        assert hashlib.sha256((HOUQIN / folder / line["file"]).read_bytes()).hexdigest() == line["sha256"]
        assert line["licence"]
        assert line["version"]
    assert {p.name for p in (HOUQIN / folder).iterdir()} == {line["file"] for line in listed} | {
        "manifest.json"
    }


def test_every_icon_that_a_template_names_is_in_the_sprite():
    sprite = (HOUQIN / "static/icons.svg").read_text(encoding="utf-8")
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    named = set()
    for template in HOUQIN.rglob("templates/**/*.html"):
        named |= set(re.findall(r'{% icon "([\w-]+)"', template.read_text(encoding="utf-8")))
    named |= {look.state_icon(state) for state in [*look._STATES, *look._LEVELS]}
    assert named - drawn == set()
