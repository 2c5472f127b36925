"""Numbers that standards define: identity card, telephone, credit code, vehicle plate. Nothing here knows the database.

Each of :func:`resident_id`, :func:`mobile`, :func:`phone`, :func:`credit_code` and :func:`plate` takes what a person
typed or a spreadsheet held, and answers the one normal form that may be stored; what does not fit raises :class:`Unfit`,
whose ``code`` is stable (``bad_id_checksum``, ``bad_phone`` …) and whose ``message`` says how to mend it. The ``mask_…``
functions take a normal form (or whatever was stored) and answer what may be shown to everybody.

Written here because the usual packages are wrong for some of these: they judge birthplaces by a dated list (the districts of
2021 are missing) and credit codes by digits (those of village collectives begin with a letter).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from operator import mul

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from houqin.foundation.errors import Problem


class Unfit(Problem):
    """What was given is no such number; ``code`` says why, ``message`` how to mend it."""

    code = "unfit"


#: What sheets and keyboards put around a number and nobody sees: format characters, apostrophes that mark text.
_AROUND = re.compile(r"[\s'‘’`´\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_HYPHENS = re.compile(r"[-‐‑‒–—―−－ー·.()]")


def tidy(text: str) -> str:
    """``text`` in half width and upper case, without spaces, hyphens, brackets and what cannot be seen."""
    return _HYPHENS.sub("", _AROUND.sub("", unicodedata.normalize("NFKC", _AROUND.sub("", text)))).upper()


# Identity card ----------------------------------------------------------------------------------------------------

_ID = re.compile(r"[0-9]{17}[0-9X]")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
#: How a division code of GB/T 2260 begins, 81 to 83 being residence permits; in cards of permanent residents after a 9.
_PROVINCE_CODE = re.compile(r"9?(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])")


def id_check_digit(first: str) -> str:
    """The check character after the first 17 digits (GB 11643-1999, ISO/IEC 7064 MOD 11-2)."""
    return "10X98765432"[sum(map(mul, map(int, first), _ID_WEIGHTS)) % 11]


def resident_id(text: str, *, today: date | None = None) -> str:
    """A citizen's number (公民身份号码, GB 11643-1999): 18 characters, a trailing ``X`` in upper case.

    The division must be a province's in form only: divisions are dissolved and set up, and a card keeps the old one. Cards
    of permanent residents (first digit 9, then the province) are made alike.
    """
    number = text if _ID.fullmatch(text) else tidy(text)
    if not _ID.fullmatch(number):
        raise Unfit(
            _("身份证号应为 18 位：17 位数字，末位是数字或 X，请对照证件检查。"), code="bad_id_length"
        )
    if born_on(number, today=today) is None:
        raise Unfit(_("身份证号第 7 至 14 位不是有效的出生日期，请对照证件检查。"), code="bad_id_birth_date")
    if number[17] != id_check_digit(number[:17]):
        raise Unfit(_("身份证号校验位不符，可能有一位写错，请对照证件检查。"), code="bad_id_checksum")
    if not _PROVINCE_CODE.match(number):
        raise Unfit(_("身份证号开头不是有效的区划代码，请对照证件检查。"), code="bad_id_division")
    return number


def born_on(number: str, *, today: date | None = None) -> date | None:
    """The birth date in an 18-digit number; ``None`` when there is no such day, or it lies ahead or before 1850."""
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return born if date(1850, 1, 1) <= born <= (today or timezone.localdate()) else None


def is_female(number: str) -> bool:
    """Whether the sequence digit (the 17th) is even: given to women (GB 11643-1999, 4.3)."""
    return int(number[16]) % 2 == 0


def mask_id(number: str) -> str:
    """``330106********001X``: division and sequence, without the birth date."""
    return f"{number[:6]}********{number[14:]}" if len(number) == 18 else _mask(number)


# Telephone --------------------------------------------------------------------------------------------------------

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
#: With area code (010, 02x, 0xxx), a local number, or a 400/800 number; an extension of up to six digits may follow.
_LANDLINE = re.compile(
    r"(0(?:10|2[0-9])[2-9][0-9]{7}|0[3-9][0-9]{2}[2-9][0-9]{6,7}|[2-9][0-9]{6,7}|[48]00[0-9]{7})"
)
_EXTENSION = re.compile(r"(?:转|,|#|EXT)[:：]?([0-9]{1,6})$")


def dialled(text: str) -> str:
    """``text`` as a number is dialled, whether it is one or not: for looking up what somebody typed."""
    number = tidy(text)
    if number.startswith(("+86", "0086")):
        return number[3:] if number[0] == "+" else number[4:]
    return number[2:] if len(number) == 13 and number.startswith("86") else number


def mobile(text: str) -> str:
    """A mobile number of the mainland: eleven digits ``1[3-9]…`` (numbering plan of the ministry, 2017 edition).

    Full-width digits, spaces, hyphens and +86 are dropped.
    """
    number = dialled(text)
    if not _MOBILE.fullmatch(number):
        raise Unfit(_("手机号应为 11 位数字，以 13 至 19 开头，请检查是否漏写或多写。"), code="bad_phone")
    return number


def phone(text: str) -> str:
    """A number to call: mobile, or landline with area code, local, 400; an extension is kept as ``057188000001转12``."""
    number = dialled(text)
    extension = _EXTENSION.search(number)
    main = number[: extension.start()] if extension else number
    if _MOBILE.fullmatch(main) and not extension:
        return main
    if not _LANDLINE.fullmatch(main):
        raise Unfit(_("这不像一个电话号码，请填 11 位手机号或带区号的座机。"), code="bad_phone")
    return f"{main}转{extension[1]}" if extension else main


def mask_phone(number: str) -> str:
    """``138****0006``; a landline keeps its beginning and its last two digits; an empty text stays empty."""
    if _MOBILE.fullmatch(number):
        return f"{number[:3]}****{number[-4:]}"
    return _mask(number)


def _mask(text: str) -> str:
    """What is left of a number of unknown form: a third of it at most, and never the whole."""
    ends = min(3, len(text) // 4)
    return f"{text[:ends]}****{text[len(text) - min(2, ends) :]}" if text else ""


# Unified social credit code ---------------------------------------------------------------------------------------

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT = re.compile(rf"[{_CREDIT_ALPHABET}]{{2}}[0-9]{{6}}[{_CREDIT_ALPHABET}]{{10}}")
_CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))


def credit_check_digit(first: str) -> str:
    """The last character after the first 17 (GB 32100-2015, MOD 31-3)."""
    total = sum(
        _CREDIT_ALPHABET.index(character) * weight
        for character, weight in zip(first, _CREDIT_WEIGHTS, strict=True)
    )
    return _CREDIT_ALPHABET[-total % 31]


def credit_code(text: str) -> str:
    """A unified social credit code (统一社会信用代码, GB 32100-2015): 18 characters, no I, O, S, V, Z.

    The registrar (1st character) may be a letter: N for village collectives, A for the military, Y for others.
    """
    code = tidy(text)
    if not _CREDIT.fullmatch(code):
        raise Unfit(
            _("统一社会信用代码应为 18 位数字和大写字母，不含 I、O、S、V、Z，请对照证照检查。"),
            code="bad_credit_code_form",
        )
    if code[17] != credit_check_digit(code[:17]):
        raise Unfit(
            _("统一社会信用代码校验位不符，可能有一位写错，请对照证照检查。"), code="bad_credit_code_checksum"
        )
    return code


# Vehicle plate ----------------------------------------------------------------------------------------------------

_PROVINCE = "[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新]"
_PLATE = re.compile(
    rf"(?:{_PROVINCE}[A-HJ-NP-Z][A-HJ-NP-Z0-9]{{4}}[A-HJ-NP-Z0-9警学挂港澳]"
    rf"|{_PROVINCE}[A-HJ-NP-Z][A-HJK][A-HJ-NP-Z0-9][0-9]{{4}}"
    rf"|{_PROVINCE}[A-HJ-NP-Z][0-9]{{5}}[A-HJK])"
)


def plate(text: str) -> str:
    """A vehicle's plate (号牌, GA 36-2018): seven characters, new-energy vehicles eight; never I or O.

    Plates of the armed police, embassies and rescue services have forms of their own and are not taken here. The letter
    of a new-energy plate is no proof of what drives it.
    """
    number = tidy(text).replace("•", "")
    if not _PLATE.fullmatch(number):
        raise Unfit(
            _("车牌号有误：应为省份简称、字母和 5 位序号，新能源车 6 位，字母没有 I 和 O。"), code="bad_plate"
        )
    return number


def mask_plate(number: str) -> str:
    """``浙A1***5``: where a plate is shown to people it does not concern."""
    return f"{number[:3]}***{number[-1]}" if len(number) > 4 else _mask(number)
