"""What lies in the database can be read at its place with its key, found by its hash, and not altered."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from houqin.foundation.sealed import envelope
from houqin.foundation.sealed.envelope import HEAD, MARK, TAIL, WHOLE, Tampered, seal, unseal
from houqin.foundation.sealed.keys import KeyMissing
from houqin.foundation.sealed.value import ID_NUMBER, PHONE, Personal

OLD, NEW = ("k1", bytes(range(32))), ("k2", bytes(range(32, 64)))
FOUND_OLD, FOUND_NEW = ("f1", bytes(range(64, 96))), ("f2", bytes(range(96, 128)))
PLACE = "people.person.phone"


@given(text=st.text(min_size=1, max_size=60))
def test_whatever_is_sealed_comes_out_again_and_never_looks_the_same(text):
    first, second = seal(text, PLACE), seal(text, PLACE)
    assert first != second
    assert first[:HEAD] == second[:HEAD]
    assert unseal(first, PLACE) == unseal(second, PLACE) == text
    if len(text.encode()) > 3:
        assert text.encode() not in first


@given(place=st.integers(0, 90), bit=st.integers(0, 7))
def test_no_bit_can_be_changed(place, bit):
    sealed = bytearray(seal("13800000006", PLACE))
    sealed[place % len(sealed)] ^= 1 << bit
    with pytest.raises((Tampered, KeyMissing)):
        unseal(bytes(sealed), PLACE)


def test_a_value_cannot_be_moved_to_another_column_nor_behind_another_hash():
    sealed, other = seal("13800000006", PLACE), seal("13800000007", PLACE)
    with pytest.raises(Tampered):
        unseal(sealed, "affairs.case.applicant_phone")
    with pytest.raises(Tampered):
        unseal(other[:HEAD] + sealed[HEAD:], PLACE)
    with pytest.raises(Tampered):
        unseal(b"13800000006", PLACE)


def test_hashes_tell_nothing_across_columns_or_without_the_key(settings):
    here = seal("13800000006", PLACE)
    assert here[:WHOLE] == envelope.whole("13800000006", PLACE)[0]
    assert here[WHOLE : WHOLE + TAIL] == envelope.tail("0006", PLACE)[0]
    assert envelope.whole("13800000006", "affairs.follower.phone")[0] != here[:WHOLE]
    settings.LOOKUP_KEYS = (FOUND_NEW,)
    assert envelope.whole("13800000006", PLACE)[0] != here[:WHOLE]


def test_an_older_key_reads_and_finds_until_it_is_taken_away(settings):
    settings.DATA_KEYS, settings.LOOKUP_KEYS = (OLD,), (FOUND_OLD,)
    old = seal("13800000006", PLACE)
    settings.DATA_KEYS, settings.LOOKUP_KEYS = (NEW, OLD), (FOUND_NEW, FOUND_OLD)
    assert unseal(old, PLACE) == "13800000006"
    assert old[:WHOLE] in envelope.whole("13800000006", PLACE)
    new = seal("13800000006", PLACE)
    assert envelope.keys_of(old[HEAD : HEAD + MARK]) == ("k1", "f1")
    assert envelope.keys_of(new[HEAD : HEAD + MARK]) == ("k2", "f2")
    settings.DATA_KEYS, settings.LOOKUP_KEYS = (NEW,), (FOUND_NEW,)
    assert unseal(new, PLACE) == "13800000006"
    with pytest.raises(KeyMissing):
        unseal(old, PLACE)


def test_without_keys_nothing_is_written(settings):
    settings.DATA_KEYS = ()
    with pytest.raises(KeyMissing):
        seal("13800000006", PLACE)


def test_a_personal_value_prints_as_its_mask_and_equals_its_number():
    value = Personal(PHONE, PLACE, clear="13800000006")
    assert (f"{value}", str(value), f"{value!r}") == ("138****0006", "138****0006", "<phone>")
    assert value == "13800000006"
    assert value != "13800000007"
    assert value == Personal(PHONE, PLACE, sealed=value.sealed)
    assert not Personal(PHONE, PLACE)
    assert Personal(PHONE, PLACE) == ""
    assert str(Personal(ID_NUMBER, "x", clear="33010619900307001X")) == "330106********001X"


def test_a_pickled_value_holds_no_clear_number():
    value = Personal(PHONE, PLACE, clear="13800000006")
    kept = pickle.dumps(value)
    assert b"13800000006" not in kept
    assert pickle.loads(kept) == "13800000006"
