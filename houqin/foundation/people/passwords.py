"""Rules of passwords: what a good one is, which may not come again, and until when one is good.

Defaults follow what is assessed for 等保三级 (GB/T 22239-2019, 8.1.4.1 a): ten characters, three classes of four, none of
the last five, a new one every ninety days; a password that somebody else set is changed at once, and within a week.
"""

from __future__ import annotations

import enum
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.errors import Problem
from houqin.foundation.people.models import PasswordSet, Person

HISTORY = 5
CLASSES = 3


class ClassesValidator:
    """Three of: lower case, upper case, letters without case (汉字), digits, anything else."""

    def validate(self, password: str, user: Person | None = None) -> None:
        if len({_class_of(each) for each in password}) < CLASSES:
            raise ValidationError(self.get_help_text(), code="password_classes")

    def get_help_text(self) -> str:
        return _("密码须含大写字母、小写字母、汉字、数字、符号中的至少三类。")


def _class_of(character: str) -> str:
    tests = {"lower": str.islower, "upper": str.isupper, "letter": str.isalpha, "digit": str.isdigit}
    return next((name for name, fits in tests.items() if fits(character)), "other")


class HistoryValidator:
    """Not the present password, nor one of the last five."""

    def validate(self, password: str, user: Person | None = None) -> None:
        if user is None or user.pk is None:
            return
        before = list(PasswordSet.objects.filter(person=user).values_list("hash", flat=True)[:HISTORY])
        stored = Person.objects.filter(pk=user.pk).values_list("password", flat=True).first()
        if any(check_password(password, each) for each in {*before, stored or "!"}):
            raise ValidationError(self.get_help_text(), code="password_history")

    def get_help_text(self) -> str:
        return _("不能使用当前密码或最近 %(n)d 次用过的密码。") % {"n": HISTORY}


class Standing(enum.Enum):
    """How it stands with somebody's password."""

    GOOD = "good"
    INITIAL = "initial"
    AGED = "aged"
    LAPSED = "lapsed"


def standing(person: Person) -> Standing:
    """Whether the password may go on being used. One that was set before there was a record of it may."""
    newest = PasswordSet.objects.filter(person=person).first()
    if newest is None:
        return Standing.GOOD
    age = timezone.now() - newest.at
    if newest.initial:
        lapsed = age > timedelta(days=settings.INITIAL_PASSWORD_DAYS)
        return Standing.LAPSED if lapsed else Standing.INITIAL
    days = settings.PASSWORD_DAYS
    return Standing.AGED if days and age > timedelta(days=days) else Standing.GOOD


def store(person: Person, password: str, *, initial: bool, field: str = "password") -> None:
    """Give a stored person a password that is good enough, or raise a ``Problem`` naming ``field``."""
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Problem(errors={field: error.messages}) from error
    person.set_password(password)
    person.save(update_fields=["password"])
    PasswordSet.objects.create(person=person, hash=person.password, initial=initial)
    kept = PasswordSet.objects.filter(person=person).values("pk")[:HISTORY]
    PasswordSet.objects.filter(person=person).exclude(pk__in=kept).delete()
