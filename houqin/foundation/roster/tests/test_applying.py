"""Importing: what the database holds afterwards, and what the next roster changes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from houqin.foundation.people.models import Appointment, Organisation, Person
from houqin.foundation.roster import actions, report, words
from houqin.foundation.roster.models import Spelling
from houqin.foundation.roster.plan import Kind, Plan
from houqin.foundation.roster.planning import Wishes
from houqin.foundation.roster.tests.samples import BUREAU, FINANCE, book, id_number, phone, somebody
from houqin.foundation.trail.actors import SYSTEM
from houqin.foundation.trail.models import Entry

pytestmark = pytest.mark.django_db


def load(rows: list[list[Any]], *, check: bool = False, wishes: Wishes | None = None, **more: Any) -> Plan:
    return actions.import_file(
        SYSTEM, name="名册.xlsx", content=book(rows, **more), check=check, wishes=wishes
    )


def kinds(plan: Plan) -> list[str]:
    return [row.kind for row in plan.outcomes]


def told(plan: Plan, *keys: str) -> list[int]:
    return [plan.counts[key] for key in keys]


def unit(count: int = 10, **other: Any) -> list[list[Any]]:
    return [somebody(n, **other) for n in range(1, count + 1)]


def test_a_first_roster_founds_region_units_sections_and_people() -> None:
    plan = load([*unit(3), somebody(4, unit="市财政局", section="预算处"), somebody(5, unit=BUREAU)])
    assert told(plan, "units", "sections", "people_added", "rows_refused") == [2, 3, 5, 0]
    finance = Organisation.objects.get(name=FINANCE)
    assert finance.parent.name == "江城市"
    assert sorted(finance.children.values_list("name", flat=True)) == ["办公室", "预算处"]
    person = Person.objects.get(name=somebody(4)[3])
    assert (person.organisation.name, person.id_number, person.phone) == ("预算处", somebody(4)[5], phone(4))
    assert not person.has_usable_password()
    appointment = person.appointments.get()
    assert (appointment.role.code, appointment.organisation.name) == ("staff", "预算处")
    assert Spelling.objects.get().text == "市财政局"


def test_check_changes_nothing() -> None:
    plan = load(unit(), check=True)
    assert plan.counts["people_added"] == 10
    assert not Person.objects.exists()
    assert not Organisation.objects.exists()
    assert not Entry.objects.exists()


def test_the_same_again_changes_nothing_and_leaves_no_trace() -> None:
    load(unit())
    before = Entry.objects.count()
    again = load(unit())
    assert set(kinds(again)) == {Kind.SAME}
    assert again.nothing
    assert Entry.objects.count() == before


def test_writing_otherwise_is_no_change() -> None:
    load(unit())
    rows = unit()
    rows[0][6] = f"{phone(1)[:3]}-{phone(1)[3:7]}-{phone(1)[7:]}"
    rows[1][6] = int(phone(2))
    rows[2][3] = "\u3000".join(rows[2][3])
    rows[3][1] = "市财政局"
    rows[4][2] = "办 公室\n"
    rows[5][5] = f"'{rows[5][5]}"
    rows[6][6] = None
    plan = load(rows)
    assert told(plan, "people_added", "people_changed", "people_ended") == [0, 0, 0]


def test_the_trail_tells_each_change_without_the_numbers() -> None:
    load(unit())
    entry = Entry.objects.get(action="roster.add_person", record_name=somebody(1)[3])
    text = json.dumps([entry.before, entry.after])
    assert somebody(1)[5] not in text
    assert phone(1) not in text
    assert phone(1)[-4:] in text
    rows = unit()
    rows[0][6] = phone(900)
    load(rows)
    changed = Entry.objects.get(action="roster.change_person")
    assert changed.before["phone"].endswith(phone(1)[-4:])
    assert changed.after["phone"].endswith(phone(900)[-4:])
    assert phone(900) not in json.dumps([changed.before, changed.after])


def test_new_moved_new_number_and_gone() -> None:
    load([*unit(), somebody(20, section="预算处")])
    rows = [*unit(), somebody(20, section="预算处"), somebody(30)]
    rows[0] = somebody(1, section="预算处")
    rows[1][6] = phone(900)
    rows[2][8] = "2026年9月退休"
    del rows[3]
    plan = load(rows)
    assert told(plan, "people_added", "people_changed", "people_moved", "people_ended") == [1, 2, 1, 2]
    moved = Person.objects.get(name=somebody(1)[3])
    assert moved.organisation.name == "预算处"
    assert [each.organisation.name for each in moved.appointments.filter(to_on=None)] == ["预算处"]
    for number in (3, 4):
        gone = Person.objects.get(name=somebody(number)[3])
        assert not gone.is_active
        assert not gone.appointments.filter(to_on=None).exists()
    assert load(rows).nothing


def test_people_of_units_that_are_not_listed_stay() -> None:
    load([*unit(), *(somebody(n, unit=BUREAU) for n in range(50, 55))])
    plan = load(unit())
    assert plan.counts["people_ended"] == 0


def test_where_most_of_a_unit_is_missing_nobody_leaves_but_a_warning_says_so() -> None:
    load(unit(20))
    plan = load(unit(5))
    assert plan.counts["people_ended"] == 0
    assert plan.warnings == [{"at": "", "warning": "unit_mostly_missing", "other": FINANCE, "people": "15"}]


def test_who_holds_another_role_does_not_leave_by_silence(cast: Any) -> None:
    audit = "江城市审计局"
    load(unit(unit=audit), wishes=Wishes(units={audit: "new"}))
    boss = Person.objects.get(name=somebody(1)[3])
    cast.appoint(boss, ["affairs.view"], boss.organisation)
    plan = load(unit(unit=audit)[1:])
    assert [row["warning"] for row in plan.warnings] == ["unlisted_with_role"]
    assert Person.objects.get(pk=boss.pk).is_active


def test_an_administrator_does_not_leave_by_a_roster_and_the_row_says_why(cast: Any) -> None:
    auditor, section = cast.auditor, cast.auditor.organisation
    rows = [
        somebody(1, unit=section.parent.name, section=section.name, name=auditor.name, id=None, remark="退休")
    ]
    plan = load(rows)
    (row,) = [row for row in plan.outcomes if row.kind == Kind.REFUSED]
    assert (row.at, row.reason) == ("名册!3", "administrator_left")
    assert "安全管理员" in str(words.REASONS[row.reason][1])
    assert told(plan, "people_ended", "rows_refused") == [0, 1]
    assert Person.objects.get(pk=auditor.pk).is_active


def test_rows_that_are_refused_keep_their_people() -> None:
    load(unit())
    rows = unit()
    rows[0][1] = "江城市财政居"
    rows[1][6] = "1.39E+10"
    rows[2][5] = rows[2][5][:17] + "?"
    plan = load(rows)
    assert [row.reason for row in plan.outcomes if row.kind == Kind.REFUSED] == [
        "unknown_unit",
        "bad_phone",
        "bad_id_length",
    ]
    assert plan.counts["people_ended"] == 0
    assert Organisation.objects.filter(kind="unit").count() == 1


def test_one_id_under_two_names_and_one_person_twice() -> None:
    rows = unit(4)
    rows[1][5] = rows[0][5]
    rows.append(somebody(3, section="预算处"))
    rows.append(somebody(4))
    plan = load(rows)
    assert [(row.kind, row.reason, row.other) for row in plan.outcomes] == [
        (Kind.ADDED, "", ""),
        (Kind.REFUSED, "duplicate_id", "名册!3"),
        (Kind.ADDED, "", ""),
        (Kind.ADDED, "", ""),
        (Kind.REFUSED, "duplicate_id", "名册!5"),
        (Kind.REPEATED, "", "名册!6"),
    ]
    assert load(rows).nothing


def test_a_second_post_is_a_second_appointment_whichever_row_comes_first() -> None:
    rows = [somebody(1, section="预算处", remark="兼任"), *unit(4)]
    load(rows)
    person = Person.objects.get(name=somebody(1)[3])
    assert person.organisation.name == "办公室"
    held = person.appointments.filter(to_on=None).values_list("organisation__name", flat=True)
    assert sorted(held) == ["办公室", "预算处"]
    assert load(rows).nothing
    load(unit(4))
    assert [each.organisation.name for each in person.appointments.filter(to_on=None)] == ["办公室"]


def test_gone_in_one_sheet_and_here_in_another_is_one_person() -> None:
    rows = [
        somebody(1, remark="调出至市机关事务管理局"),
        somebody(1, unit=BUREAU),
        *(somebody(n) for n in range(2, 5)),
    ]
    plan = load(rows)
    assert kinds(plan)[:2] == [Kind.ELSEWHERE, Kind.ADDED]
    assert Person.objects.get(name=somebody(1)[3]).organisation.parent.name == BUREAU


def test_a_section_under_a_new_name_is_renamed_and_nobody_moves() -> None:
    load([*unit(6), *(somebody(n, section="业务一处") for n in range(20, 26))])
    rows = [
        *unit(6),
        *(somebody(n, section="经济责任处") for n in range(20, 26)),
        somebody(30, section="经济责任处"),
    ]
    section = Organisation.objects.get(name="业务一处")
    plan = load(rows)
    section.refresh_from_db()
    assert section.name == "经济责任处"
    assert told(plan, "sections_renamed", "people_changed", "people_added") == [1, 0, 1]
    assert load(rows).nothing


def test_a_unit_that_goes_into_another_keeps_its_sections() -> None:
    census = "江城市财政局普查中心"
    before = [
        *unit(6),
        *(somebody(n, unit=census, section="普查科") for n in range(20, 25)),
        somebody(26, unit=census),
    ]
    load(before)
    rows = [*unit(6), *(somebody(n, section="普查科") for n in range(20, 25)), somebody(26)]
    plan = load(rows)
    assert told(plan, "units_merged", "people_changed", "people_ended", "sections_added") == [1, 0, 0, 0]
    assert Organisation.objects.get(name="普查科").parent.name == FINANCE
    assert Organisation.objects.get(name=census).ended_on
    assert Person.objects.get(name=somebody(26)[3]).organisation.parent.name == FINANCE
    assert load(rows).nothing


def test_a_unit_under_a_new_name_is_renamed() -> None:
    load(unit(6))
    renamed = unit(6, unit="江城市财政金融局")
    plan = load(renamed)
    assert told(plan, "units_renamed", "people_changed", "rows_refused") == [1, 0, 0]
    assert Organisation.objects.get(kind="unit").name == "江城市财政金融局"
    assert load(renamed).nothing


def test_a_nickname_said_once_is_known_for_ever() -> None:
    load(unit())
    rows = unit()
    rows[0][1] = "财政大院"
    finance = Organisation.objects.get(name=FINANCE)
    load(rows, wishes=Wishes(units={"财政大院": str(finance.pk)}))
    assert load(rows).counts["rows_refused"] == 0


def test_a_value_put_right_counts_as_if_the_file_had_it() -> None:
    rows = unit(3)
    rows[0][5] = float(rows[0][5].replace("X", "0"))
    plan = load(rows, wishes=Wishes(cells={"名册!3": {"id_number": somebody(1)[5]}}))
    assert plan.counts["people_added"] == 3


def test_somebody_without_an_id_number_is_known_again() -> None:
    rows = unit(4)
    rows[0][5] = None
    rows[1][5] = rows[1][6] = None
    plan = load(rows)
    assert [row["warning"] for row in plan.warnings] == ["missing_id", "missing_id"]
    assert load(rows).nothing
    moved = unit(4)
    moved[0][5] = None
    moved[0][2] = "预算处"
    again = load(moved)
    assert told(again, "people_added", "people_changed") == [0, 2]  # moved; and the other now has a number
    assert Person.objects.get(name=somebody(2)[3]).id_number == somebody(2)[5]


def test_namesakes_in_one_section_are_two_people() -> None:
    rows = unit(3)
    rows[1][3] = rows[0][3]
    load(rows)
    assert Person.objects.filter(name=rows[0][3]).count() == 2
    assert load(rows).nothing


def test_whoever_comes_back_is_here_again() -> None:
    load(unit())
    rows = unit()
    rows[0][8] = "退休"
    load(rows)
    rows[0][8] = "退休返聘"
    plan = load(rows)
    assert plan.counts["people_changed"] == 1
    person = Person.objects.get(name=somebody(1)[3])
    assert person.is_active
    assert person.appointments.filter(to_on=None).count() == 1


def test_the_report_tells_refused_rows_and_how_to_mend_them() -> None:
    rows = unit(3)
    rows[0][6] = "1.39E+10"
    plan = load(rows, check=True)
    text = report.as_text(plan, applied=False)
    assert "名册!3 " in text
    assert "手机号有误" in text
    assert "11 位" in text
    said = json.loads(report.as_json(plan, applied=False))
    assert said["refused"] == [{"at": "名册!3", "reason": "bad_phone", "name": somebody(1)[3]}]
    assert set(said["counts"]) >= {
        "units", "sections", "people_added", "people_changed", "people_ended", "rows_refused", "rows_ignored",
    }  # fmt: skip


_ROW = st.builds(
    lambda n, unit, section, remark, fault: _with_fault(
        somebody(n, unit=unit, section=section, remark=remark), fault
    ),
    st.integers(1, 14),
    st.sampled_from([FINANCE, "市财政局", BUREAU, "市机关事务管理局", "财政局", "江城市财政居", None]),
    st.sampled_from(["办公室", "预算处", "办 公室", "机关党委(机关纪委)", None]),
    st.sampled_from([None, "退休", "兼任", "调出", "退休返聘", "原办公室更名", "拟调出", "江城市财政局并入"]),
    st.sampled_from(
        ["", "", "", "no id", "no phone", "bad id", "other name", "bad phone", "no name", "spaces"]
    ),
)


def _with_fault(row: list[Any], fault: str) -> list[Any]:
    changes: dict[str, tuple[int, Any]] = {
        "no id": (5, None),
        "no phone": (6, None),
        "bad id": (5, id_number(int(row[0]))[:17]),
        "other name": (3, "吕二"),
        "bad phone": (6, "1.39E+10"),
        "no name": (3, None),
        "spaces": (3, "\u3000".join(row[3])),
    }
    if fault:
        column, value = changes[fault]
        row[column] = value
    return row


@settings(
    max_examples=40,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(_ROW, min_size=1, max_size=14), st.lists(_ROW, min_size=1, max_size=14))
def test_after_applying_there_is_nothing_to_apply(first: list[list[Any]], second: list[list[Any]]) -> None:
    """Whatever the sheet, and whatever was there before; and nobody has two posts in one section."""
    with transaction.atomic():
        for rows in (first, second):
            load(rows)
            again = load(rows, check=True)
            assert again.nothing, again._operations()
            assert not {Kind.ADDED, Kind.CHANGED, Kind.ENDED} & set(kinds(again))
        current = Appointment.objects.filter(to_on=None).values_list("person", "organisation")
        assert len(current) == len(set(current))
        transaction.set_rollback(True)
