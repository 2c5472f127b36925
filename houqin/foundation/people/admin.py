"""The back office of people: organisations, people, roles, appointments; duty and sign-ins to look at; the trail."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from houqin.foundation.errors import Problem
from houqin.foundation.people import actions, second_factor
from houqin.foundation.people.backoffice import BackOfficeAdmin, ReadOnlyAdmin, Values
from houqin.foundation.people.models import (
    Account,
    Appointment,
    DutyShift,
    Organisation,
    Person,
    Role,
    SignedInSession,
    SignInFailure,
)
from houqin.foundation.people.permissions import PERMISSIONS, Kind
from houqin.foundation.trail.models import Entry


def change_organisation(actor: Person, organisation: Organisation, values: Values) -> Organisation:
    """As the form of the back office says it: a day of ending closes the organisation."""
    rest = dict(values)
    ended_on = rest.pop("ended_on", None)
    changed = actions.change_organisation(actor, organisation=organisation, **rest)
    if ended_on is None and "ended_on" in values:
        return actions.change_organisation(actor, organisation=organisation, ended_on=None)
    if ended_on is not None:
        return actions.end_organisation(actor, organisation=organisation, on=ended_on)
    return changed


@admin.register(Organisation)
class OrganisationAdmin(BackOfficeAdmin):
    permission = "people.import"
    scope_path = "path"
    list_display = ["name", "kind", "code", "parent", "phone", "ended_on"]
    list_filter = ["kind"]
    list_select_related = ["parent"]
    search_fields = ["name", "short_name", "code", "pinyin__startswith", "initials__startswith"]
    autocomplete_fields = ["parent"]
    fields = ["parent", "kind", "code", "name", "short_name", "phone", "position", "ended_on"]
    add_action = staticmethod(lambda actor, values: actions.add_organisation(actor, **values))
    change_action = staticmethod(change_organisation)


class AccountForm(forms.ModelForm):
    """How somebody signs in, and a new password if one is given."""

    new_password = forms.CharField(
        label=_("新密码"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("留空则不变。设置后此人所有设备退出，下次登录须改成自己的密码。"),
    )

    unlock = forms.BooleanField(
        label=_("解除登录暂停"), required=False, help_text=_("连续输错后不必再等，可立即重试。")
    )
    sign_out = forms.BooleanField(
        label=_("退出所有设备"), required=False, help_text=_("立即生效；密码不变。")
    )
    reset_factor = forms.BooleanField(
        label=_("重设动态口令"),
        required=False,
        help_text=_("手机丢失且没有恢复码时使用，请先核实身份。所有设备退出，下次登录重新设置。"),
    )

    class Meta:
        model = Account
        fields = ["username"]


#: Ticks of the form and what they do.
_TICKS = {
    "unlock": actions.unlock,
    "sign_out": actions.sign_out_everywhere,
    "reset_factor": actions.reset_second_factor,
}


def change_account(actor: Person, person: Person, values: Values) -> Person:
    """As the form of the back office says it."""
    if "username" in values:
        person = actions.name_account(actor, person=person, username=values["username"] or "")
    if values.get("new_password"):
        person = actions.reset_password(actor, person=person, password=values["new_password"])
    for tick, action in _TICKS.items():
        if values.get(tick):
            action(actor, person=person)
    return person


@admin.register(Account)
class AccountAdmin(BackOfficeAdmin):
    """People as the security administrator sees them; who belongs here is the system administrator's roster."""

    form = AccountForm
    scope_path = "organisation__path"
    list_display = ["name", "organisation", "username", "staff_number", "ended_on", "last_login"]
    list_select_related = ["organisation"]
    search_fields = ["name", "pinyin__startswith", "initials__startswith", "username", "staff_number"]
    fields = [
        "name",
        "organisation",
        "staff_number",
        "username",
        "new_password",
        "has_factor",
        "reset_factor",
        "sign_out",
        "unlock",
        "last_login",
    ]
    readonly_fields = ["name", "organisation", "staff_number", "has_factor", "last_login"]
    change_action = staticmethod(change_account)

    @admin.display(description=_("动态口令"), boolean=True)
    def has_factor(self, account: Account) -> bool:
        return second_factor.has(account)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


def change_person(actor: Person, person: Person, values: Values) -> Person:
    """As the form of the back office says it: a day of leaving ends appointments and sessions too."""
    rest = dict(values)
    ended_on = rest.pop("ended_on", None)
    if ended_on is None and "ended_on" in values:
        rest["ended_on"] = None
    changed = actions.change_person(actor, person=person, **rest)
    return actions.end_person(actor, person=person, on=ended_on) if ended_on else changed


@admin.register(Person)
class PersonAdmin(BackOfficeAdmin):
    permission = "people.import"
    scope_path = "organisation__path"
    list_display = ["name", "organisation", "username", "staff_number", "post", "phone", "ended_on"]
    list_select_related = ["organisation"]
    search_fields = [
        "name",
        "pinyin__startswith",
        "initials__startswith",
        "username",
        "staff_number",
        "phone__exact",
        "phone__tail",
    ]
    autocomplete_fields = ["organisation"]
    raw_id_fields = ["usual_place"]
    fields = [
        "name",
        "organisation",
        "staff_number",
        "post",
        "phone",
        "id_number",
        "whole_numbers",
        "email",
        "language",
        "large_type",
        "usual_place",
        "ended_on",
        "username",
    ]
    readonly_fields = ["username", "whole_numbers"]
    add_action = staticmethod(lambda actor, values: actions.add_person(actor, **values))
    change_action = staticmethod(change_person)

    @admin.display(description=_("完整号码"))
    def whole_numbers(self, person: Person) -> str:
        """Above stand masks; the whole number is asked for, and the trail keeps that."""
        there = {"phone": _("手机"), "id_number": _("身份证号")}
        links = [
            (reverse("portal:reveal", args=[f"people.{name}", person.pk]), label)
            for name, label in there.items()
            if getattr(person, name)
        ]
        back = reverse("admin:people_person_change", args=[person.pk]) if links else ""
        return (
            format_html_join(
                " · ", '<a href="{}?next={}">{}</a>', ((link, back, label) for link, label in links)
            )
            or "-"
        )


#: In which order a role's form shows whose work the permissions are.
ORDER = list(Kind)


class RoleForm(forms.ModelForm):
    permissions = forms.MultipleChoiceField(
        label=_("权限"), required=False, widget=forms.CheckboxSelectMultiple, choices=list
    )

    class Meta:
        model = Role
        fields = ["code", "name", "head", "second_factor", "permissions"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (
                each.code,
                _("%(kind)s：%(name)s（%(code)s）")
                % {"kind": each.kind.label, "name": each.name, "code": each.code},
            )
            for each in sorted(PERMISSIONS, key=lambda each: (ORDER.index(each.kind), each.code))
        ]
        self.fields["permissions"].choices = choices  # type: ignore[attr-defined]


@admin.register(Role)
class RoleAdmin(BackOfficeAdmin):
    form = RoleForm
    list_display = ["name", "code", "head", "kind", "second_factor", "permission_count"]
    search_fields = ["name", "code"]
    add_action = staticmethod(lambda actor, values: actions.add_role(actor, **values))
    change_action = staticmethod(lambda actor, role, values: actions.change_role(actor, role=role, **values))

    @admin.display(description=_("分属"), ordering="office")
    def kind(self, role: Role) -> str:
        return str(Kind(role.office).label) if role.office else ""

    @admin.display(description=_("权限数"))
    def permission_count(self, role: Role) -> int:
        return len(role.permissions)


@admin.register(Appointment)
class AppointmentAdmin(BackOfficeAdmin):
    scope_path = "organisation__path"
    list_display = [
        "person",
        "role",
        "organisation",
        "place",
        "service",
        "from_on",
        "to_on",
        "high_risk",
    ]
    list_filter = ["role", "high_risk"]
    list_select_related = ["person", "role", "organisation", "place"]
    search_fields = ["person__name", "person__pinyin__startswith", "organisation__name"]
    autocomplete_fields = ["person", "role", "organisation"]
    raw_id_fields = ["place"]
    add_action = staticmethod(lambda actor, values: actions.appoint(actor, **values))
    change_action = staticmethod(
        lambda actor, appointment, values: actions.change_appointment(
            actor, appointment=appointment, **values
        )
    )


@admin.register(DutyShift)
class DutyShiftAdmin(ReadOnlyAdmin):
    """Duty is planned on its own pages; here it can be looked up."""

    permission = "duty.manage"
    scope_path = "section__path"
    list_display = ["section", "starts_at", "ends_at", "person", "substitute", "place", "handed_over_at"]
    list_select_related = ["section", "person", "substitute", "place"]
    list_filter = ["starts_at"]
    search_fields = ["section__name", "person__name", "substitute__name"]


@admin.register(SignedInSession)
class SignedInSessionAdmin(ReadOnlyAdmin):
    list_display = ["person", "device", "address", "started_at", "seen_at"]
    list_select_related = ["person"]
    search_fields = ["person__name"]
    exclude = ["session_key"]
    actions = ["end"]

    @admin.action(description=_("退出所选会话"))
    def end(self, request: HttpRequest, chosen: QuerySet[SignedInSession]) -> None:
        """Sign out of the sessions that were ticked; each is told in the trail."""
        sessions = list(chosen.select_related("person__organisation"))
        try:
            with transaction.atomic():
                for session in sessions:
                    actions.end_session(cast(Person, request.user), session=session)
        except Problem as problem:
            self.message_user(request, str(problem.message), messages.ERROR)
        else:
            said = ngettext("已退出 %(n)d 个会话。", "已退出 %(n)d 个会话。", len(sessions))
            self.message_user(request, said % {"n": len(sessions)})


@admin.register(SignInFailure)
class SignInFailureAdmin(ReadOnlyAdmin):
    list_display = ["username", "address", "at"]
    search_fields = ["username"]
    ordering = ["-at"]


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    """The trail. It stands below people, so its page in the back office is kept here."""

    permission = "trail.view"
    list_display = ["at", "actor_name", "appointment_name", "action", "record_name", "address"]
    list_filter = ["at", "record_type"]
    search_fields = ["actor_name", "action", "record_name"]
