"""Whoever keeps a small part of the tree does not get at the powers of those who keep a larger one."""

import pytest
from django.contrib.auth.hashers import check_password

from houqin.foundation.errors import NotPermitted
from houqin.foundation.people import actions
from houqin.foundation.people.models import Person

NEW = "Correct-horse-1"


def test_a_password_is_reset_only_by_who_keeps_all_that_it_opens(cast):
    """The platform's administrator sits in a section too; its keeper must not become the administrator."""
    cast.appoint(cast.clerk, ["people.manage"], cast.general)
    with pytest.raises(NotPermitted):
        actions.reset_password(cast.clerk, person=cast.sysadmin, password=NEW)
    assert check_password(cast.password, Person.objects.get(pk=cast.sysadmin.pk).password)


def test_the_keeper_of_a_unit_resets_the_passwords_of_its_people(cast):
    cast.appoint(cast.clerk, ["people.manage"], cast.finance)
    actions.reset_password(cast.clerk, person=cast.staff, password=NEW)
    assert check_password(NEW, Person.objects.get(pk=cast.staff.pk).password)
