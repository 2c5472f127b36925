"""Numbers by their standards: published vectors, what the usual packages get wrong, and whatever hypothesis finds."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from houqin.foundation import standards
from houqin.foundation.standards import Unfit

TODAY = date(2026, 11, 25)
DIGITS = "0123456789"
births = st.dates(date(1900, 1, 1), TODAY)


@st.composite
def ids(draw: st.DrawFn) -> str:
    first = (
        draw(
            st.sampled_from(["110105", "330106", "330113", "330114", "330111", "650102", "830000", "933156"])
        )
        + f"{draw(births):%Y%m%d}"
        + f"{draw(st.integers(0, 999)):03}"
    )
    return first + standards.id_check_digit(first)


def code_of(function, text: str) -> str:
    with pytest.raises(Unfit) as caught:
        function(text)
    assert str(caught.value.message)
    return caught.value.code


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_the_vectors_of_the_standard_are_taken(number):
    assert standards.resident_id(number) == number


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002x",
        "'11010519491231002X",
        " 110105 19491231 002X ",
        "110105-19491231-002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        "1101051949\u200b1231002X\u00a0",
        "\ufeff11010519491231002X",
    ],
)
def test_an_id_as_offices_keep_it_comes_out_the_same(typed):
    assert standards.resident_id(typed) == "11010519491231002X"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("110105194912310021", "bad_id_checksum"),
        ("110105491231002", "bad_id_length"),  # the form of before 1999
        ("11010519491231002", "bad_id_length"),
        ("1101051949123100XX", "bad_id_length"),
        ("", "bad_id_length"),
        ("1.10105E+17", "bad_id_length"),
        ("110105199002300017", "bad_id_birth_date"),
        ("110105299001010010", "bad_id_birth_date"),
        ("110105184901010010", "bad_id_birth_date"),
    ],
)
def test_a_wrong_id_says_what_is_wrong(typed, code):
    assert code_of(standards.resident_id, typed) == code


def test_districts_set_up_in_2021_and_old_births_in_renamed_ones_are_taken():
    """What the usual packages trip over: 330113 and 330114 are unknown to them, 330111 only from 2014."""
    for first in ("33011319900307001", "33011420220501012", "33011119700307123"):
        number = first + standards.id_check_digit(first)
        assert standards.resident_id(number, today=TODAY) == number


def test_a_division_that_no_province_has_is_refused():
    first = "99010519900307001"
    assert code_of(standards.resident_id, first + standards.id_check_digit(first)) == "bad_id_division"


@given(number=ids())
def test_any_id_survives_and_tells_birth_and_sex(number):
    assert standards.resident_id(number, today=TODAY) == number
    assert f"{standards.born_on(number, today=TODAY):%Y%m%d}" == number[6:14]
    assert standards.is_female(number) == (number[16] in "02468")
    masked = standards.mask_id(number)
    assert len(masked) == 18
    assert number[6:14] not in masked


@given(number=ids(), place=st.integers(0, 16), digit=st.sampled_from(DIGITS))
def test_every_single_wrong_digit_is_found(number, place, digit):
    assume(number[place] != digit)
    with pytest.raises(Unfit):
        standards.resident_id(number[:place] + digit + number[place + 1 :], today=TODAY)


@given(number=ids(), place=st.integers(0, 15))
def test_every_swap_of_neighbours_is_found(number, place):
    assume(number[place] != number[place + 1])
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    with pytest.raises(Unfit):
        standards.resident_id(swapped, today=TODAY)


@given(text=st.text(max_size=30))
def test_whatever_is_typed_is_taken_or_refused_in_words(text):
    for function in (
        standards.resident_id,
        standards.mobile,
        standards.phone,
        standards.credit_code,
        standards.plate,
    ):
        try:
            taken = function(text)
        except Unfit as unfit:
            assert unfit.code.startswith("bad_")
        else:
            assert function(taken) == taken


@pytest.mark.parametrize(
    "typed",
    [
        "13800000006",
        "138 0000 0006",
        "138-0000-0006",
        "+86 13800000006",
        "+86-138-0000-0006",
        "008613800000006",
        "8613800000006",
        "１３８０００００００６",
        "138\u200b00000006\u00a0",
        "'13800000006",
    ],
)
def test_a_mobile_number_as_people_type_it_comes_out_the_same(typed):
    assert standards.mobile(typed) == "13800000006"
    assert standards.phone(typed) == "13800000006"


@pytest.mark.parametrize(
    "typed", ["12800000006", "1380000000", "138000000066", "138OOOOOOO6", "1.38E+10", "无", "", "23800000006"]
)
def test_what_is_no_mobile_number_is_refused(typed):
    assert code_of(standards.mobile, typed) == "bad_phone"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0571-88000001", "057188000001"),
        ("（0571）8800 0001", "057188000001"),
        ("010-63096114", "01063096114"),
        ("88000001", "88000001"),
        ("0571-88000001转12", "057188000001转12"),
        ("400-810-0001", "4008100001"),
    ],
)
def test_landlines_are_numbers_to_call(typed, kept):
    assert standards.phone(typed) == kept
    assert code_of(standards.mobile, typed) == "bad_phone"


def test_masks_keep_the_ends_alone():
    assert standards.mask_phone("13800000006") == "138****0006"
    assert standards.mask_phone("057188000001") == "057****01"
    assert standards.mask_phone("8800") == "8****0"
    assert standards.mask_phone("12") == "****"
    assert standards.mask_phone("") == ""
    assert standards.mask_id("33010619900307001X") == "330106********001X"
    assert standards.mask_plate("浙A12345") == "浙A1***5"


@given(number=st.text("0123456789转", min_size=1, max_size=20))
def test_a_mask_never_shows_the_whole(number):
    masked = standards.mask_phone(number)
    assert number not in masked
    assert masked.count("*") == 4


def test_credit_codes_of_companies_and_of_those_that_begin_with_a_letter():
    assert standards.credit_code("91110000600037341L") == "91110000600037341L"
    assert standards.credit_code(" 91110000 600037341l") == "91110000600037341L"
    for first in ("N2330106MF1234567", "11330100002489428", "Y1330106MJ9876543"):
        code = first + standards.credit_check_digit(first)
        assert standards.credit_code(code) == code
    assert code_of(standards.credit_code, "911100006000373411") == "bad_credit_code_checksum"
    assert code_of(standards.credit_code, "9111000060003734IL") == "bad_credit_code_form"
    assert code_of(standards.credit_code, "91110000600037341") == "bad_credit_code_form"


@given(
    first=st.from_regex(r"[1-9ANY][0-9A-HJ-NP-R][0-9]{6}[0-9A-HJ-NP-RT-UW-Y]{9}", fullmatch=True),
    place=st.integers(0, 16),
    character=st.sampled_from(DIGITS),
)
def test_every_single_wrong_character_of_a_credit_code_is_found(first, place, character):
    assume(first[place] != character)
    check = standards.credit_check_digit(first)
    assert standards.credit_code(first + check) == first + check
    with pytest.raises(Unfit):
        standards.credit_code(first[:place] + character + first[place + 1 :] + check)


@pytest.mark.parametrize(
    "number", ["浙A12345", "浙AD12345", "浙A12345D", "浙AFA1234", "浙A1234警", "京A8888挂"]
)
def test_plates_ordinary_and_of_new_energy_vehicles_are_taken(number):
    assert standards.plate(number) == number
    assert standards.plate(f" {number[:2].lower()}·{number[2:].lower()}") == number


@pytest.mark.parametrize("number", ["浙AI2345", "浙A1234", "浙A123456", "A12345", "浙AO12345", "使12345", ""])
def test_what_is_no_plate_is_refused(number):
    assert code_of(standards.plate, number) == "bad_plate"
