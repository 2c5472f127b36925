"""The first three people of a new installation: one for each of the three administrators."""

from __future__ import annotations

import getpass
import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from houqin.foundation.errors import Problem
from houqin.foundation.people import actions
from houqin.foundation.people.models import Organisation, OrganisationKind, Person, Role
from houqin.foundation.people.permissions import PERMISSIONS, Kind
from houqin.foundation.trail.actors import SYSTEM

#: Office → code of its role. Its name is that of the office.
ROLES = {Kind.SYSTEM: "sysadmin", Kind.SECURITY: "secadmin", Kind.AUDIT: "auditor"}


class Command(BaseCommand):
    help = "Add one of the three administrators. The password is asked for, or read from HOUQIN_PASSWORD."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("office", choices=[str(each) for each in ROLES])
        parser.add_argument("username")
        parser.add_argument("name")
        parser.add_argument(
            "--organisation", default="", help="name of the root organisation, if there is none yet"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if Person._meta.db_table not in connection.introspection.table_names():
            raise CommandError(
                _(
                    "数据库里还没有系统的表：请先运行一次 houqin up（或 houqin manage migrate），再添加管理员。"
                )
            )
        password = os.environ.get("HOUQIN_PASSWORD") or getpass.getpass("Password: ")
        try:
            person = add_administrator(
                Kind(options["office"]),
                options["username"],
                options["name"],
                password,
                root_name=options["organisation"],
            )
        except Problem as problem:
            lines = [
                str(problem.message),
                *(f"{field}: {text}" for field, texts in problem.errors.items() for text in texts),
            ]
            raise CommandError("\n".join(lines)) from problem
        self.stdout.write(f"{person.name} can sign in as {person.username}.")


@transaction.atomic
def add_administrator(
    office: Kind, username: str, name: str, password: str, *, root_name: str = ""
) -> Person:
    """A person with the permissions of ``office`` over the first root organisation, which is set up if there is none."""
    root = Organisation.objects.filter(parent__isnull=True).order_by("id").first()
    if root is None:
        root = actions.add_organisation(
            SYSTEM, kind=OrganisationKind.REGION, code="root", name=root_name or _("本机关")
        )
    person = actions.add_person(SYSTEM, organisation=root, name=name, username=username, password=password)
    code = ROLES[office]
    role = Role.objects.filter(code=code).first() or actions.add_role(
        SYSTEM, code=code, name=str(office.label)
    )
    own = [each.code for each in PERMISSIONS if each.kind in (office, Kind.NEUTRAL)]
    actions.change_role(SYSTEM, role=role, permissions=sorted({*role.permissions, *own}))
    actions.appoint(SYSTEM, person=person, role=role, organisation=root, high_risk=True)
    return person
