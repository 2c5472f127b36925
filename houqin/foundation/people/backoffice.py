"""The back office: Django's own admin, with our permissions, our scope, our actions and our trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Model, QuerySet
from django.forms.models import BaseModelFormSet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from houqin.foundation.errors import Problem
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.queries import entries_of

Values = Mapping[str, Any]


def _actor(request: HttpRequest) -> Person:
    return cast(Person, request.user)


class BackOfficeAdmin(admin.ModelAdmin):
    """Base of every page of the back office.

    ``permission``: the code that opens it, to see and to change. ``scope_path``: lookup of the organisation path by
    which rows are limited to the actor's scope (``organisation__path``); without one the right is needed over a root.
    ``add_action(actor, values)`` and ``change_action(actor, record, changed_values)`` name the app's actions (wrap
    them in ``staticmethod``); without them the record is saved here and the trail told. Either way no change escapes
    the trail, and the trail is what "history" shows. Nothing is deleted unless ``deletable`` says so.
    """

    permission: ClassVar[str] = "people.manage"
    scope_path: ClassVar[str | None] = None
    deletable: ClassVar[bool] = False
    # Functions, not methods: typed loosely because the checker would bind them.
    add_action: ClassVar[Any] = None
    change_action: ClassVar[Any] = None
    #: Fields that hold more than a line; every other text has a box of one line.
    long_fields: ClassVar[tuple[str, ...]] = ("description", "note", "body", "words")
    list_per_page = 50
    show_full_result_count = False

    def may(self, request: HttpRequest) -> bool:
        """Whether this part of the back office is open to whoever asks."""
        actor = _actor(request)
        if not isinstance(actor, Person):
            return False
        held = [grant for grant in scope.grants(actor) if self.permission in grant.permissions]
        return bool(held) if self.scope_path else any(grant.everywhere for grant in held)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.deletable and self.may(request)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        one_line = type(db_field) is models.TextField and db_field.name not in self.long_fields
        if one_line and not db_field.choices:
            kwargs.setdefault("widget", AdminTextInputWidget())
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if self.scope_path is None:
            return rows
        return rows.filter(scope.within(_actor(request), self.permission, organisation=self.scope_path))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, which also says what an action has just refused."""
        base = super().get_form(request, obj, change, **kwargs)
        problem: Problem | None = getattr(request, "backoffice_problem", None)
        return base if problem is None else _with_problem(base, problem)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Problem as problem:
            # The transaction is undone; show the form again with what was typed and what was refused.
            request.backoffice_problem = problem  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        actor, data = _actor(request), form.cleaned_data
        if change and self.change_action is not None:
            stored = self.change_action(actor, obj, {name: data[name] for name in form.changed_data})
        elif not change and self.add_action is not None:
            stored = self.add_action(actor, dict(data))
        else:
            stored = self._save(actor, obj, change)
        obj.__dict__.update(stored.__dict__)

    def _save(self, actor: Person, obj: Any, change: bool) -> Model:
        before = trail.values_of(type(obj)._default_manager.get(pk=obj.pk)) if change else None
        obj.save()
        self._record(actor, "change" if change else "add", obj, before, trail.values_of(obj))
        return cast(Model, obj)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self._record(_actor(request), "delete", obj, trail.values_of(obj), None)
        obj.delete()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for obj in queryset:
            self.delete_model(request, obj)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Rows of an inline, each with its entry in the trail."""
        rows = cast(BaseModelFormSet, formset)
        before = {row.pk: trail.values_of(row) for row in rows.get_queryset().all()}
        rows.save(commit=False)
        for row in rows.deleted_objects:
            self._record(_actor(request), "delete", row, before.get(row.pk), None)
        super().save_formset(request, form, formset, change)
        for row in rows.new_objects:
            self._record(_actor(request), "add", row, None, trail.values_of(row))
        for row, _fields in rows.changed_objects:
            self._record(_actor(request), "change", row, before.get(row.pk), trail.values_of(row))

    def _record(
        self, actor: Person, verb: str, row: Model, before: Values | None, after: Values | None
    ) -> None:
        if before is not None and after is not None:
            before, after = trail.difference(before, after)
            if not after:
                return
        meta = row._meta
        grant = scope.grant_for(actor, self.permission, organisation_path=None)
        action = f"{meta.app_label}.{verb}_{meta.model_name}"
        trail.record(actor, action, row, before=before, after=after, grant=grant)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What the trail says of this record."""
        record = self.get_object(request, unquote(object_id))
        if record is None:
            raise Http404
        if not self.has_view_or_change_permission(request, record):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("变更历史：%s") % record,
            "entries": entries_of(record)[:200],
            "module_name": str(self.opts.verbose_name_plural),
            "object": record,
            "opts": self.opts,
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "people/backoffice_history.html", context)

    # The trail is the one history; Django's own log of the admin stays empty.
    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        return None


class ReadOnlyAdmin(BackOfficeAdmin):
    """To look at only."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _with_problem(base: type[forms.ModelForm], problem: Problem) -> type[forms.ModelForm]:
    class Refused(base):  # type: ignore[misc, valid-type]  # the base is known only now
        def _post_clean(self) -> None:
            super()._post_clean()
            for field, texts in problem.errors.items():
                for text in texts:
                    self.add_error(field if field in self.fields else None, str(text))
            if not problem.errors:
                self.add_error(None, str(problem.message))

    return Refused
