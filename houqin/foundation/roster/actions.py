"""Every write around rosters: upload, put right, apply, give up; and the import by command."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django import app

from houqin.foundation.errors import Conflict, NotFound, Problem
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.foundation.roster import planning, preview, reading, store, tables
from houqin.foundation.roster.applying import Applier
from houqin.foundation.roster.columns import Meaning
from houqin.foundation.roster.entries import CORRECTABLE
from houqin.foundation.roster.known import Known
from houqin.foundation.roster.models import ColumnMemory, Draft, Spelling, State
from houqin.foundation.roster.plan import Kind, Plan
from houqin.foundation.roster.planning import Wishes
from houqin.foundation.roster.text import organisation_name
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import Actor

MANAGE = "people.import"
#: Files up to this size (some two thousand people) are read and applied while the person waits; larger ones by a job.
AT_ONCE_BYTES = 150_000
#: How long a preview waits for its owner, and how long the refused rows stay after applying.
KEPT = timedelta(hours=24)
LONGEST_NAME = 120
_MOVED_ON = gettext_lazy(
    "预览之后，人员或单位已被另外改动，本次未导入任何内容。已按最新情况重新预览，请再核对一次。"
)
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('houqin.roster'))"


class NoTable(Problem):
    """The workbook holds no table of people."""

    code = "no_table"
    message = gettext_lazy("没有找到人员表：表头里要有“姓名”，以及身份证号、手机、单位、科室中的两项。")


def plan_for(content: bytes, name: str, wishes: Wishes) -> tuple[Plan, Known]:
    """Read a file and plan it against what the database knows now. Raises ``Problem`` where it cannot be read."""
    found = tables.find(reading.read(content, name), store.choices())
    if not found.tables:
        raise NoTable
    known = store.known()
    return planning.make(found, known, wishes, as_of=tables.day_in(name)), known


def import_file(
    actor: Actor, *, name: str, content: bytes, check: bool = False, wishes: Wishes | None = None
) -> Plan:
    """Import a file as it is, all or nothing; with ``check`` only say what it would do."""
    grant = scope.authorise_everywhere(actor, MANAGE)
    with _alone():
        plan, known = plan_for(content, name, wishes or Wishes())
        if not check and not plan.nothing:
            _carry_out(actor, grant, plan, known, name)
    return plan


@contextmanager
def _alone() -> Iterator[None]:
    """One transaction in which no other import runs."""
    # What is made here lives until the end: looking through it for garbage again and again is time lost.
    swept = gc.isenabled()
    gc.disable()
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(_LOCK)
            yield
    finally:
        if swept:
            gc.enable()


def _carry_out(actor: Actor, grant: scope.Grant, plan: Plan, known: Known, name: str) -> None:
    try:
        with transaction.atomic():
            Applier(actor, grant, plan, known).apply()
    except IntegrityError as error:
        raise Conflict(
            _("有人员或单位刚刚被另外改动，本次未导入任何内容，请重新预览。"), code="moved_on"
        ) from error
    counts = {key: number for key, number in plan.counts.items() if number}
    trail.record(actor, "roster.apply", Draft(pk=0, name=name), after=counts, grant=grant, name=name)


# Previews ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def upload(actor: Person, *, file: UploadedFile) -> Draft:
    """Take a roster in for a preview. It is read at once, or by a job where that takes long."""
    scope.authorise_everywhere(actor, MANAGE)
    size = file.size or 0
    if size > settings.FILES_MAX_DOCUMENT_BYTES:
        raise Problem(_("文件太大，请只保留花名册所在的工作表后再上传。"), code="too_large")
    content = file.read()
    draft = Draft(owner=actor, name=(file.name or _("未命名"))[-LONGEST_NAME:])
    draft.content = preview.seal_bytes(content)
    if size <= AT_ONCE_BYTES:
        _make(draft, content, Wishes(), raising=True)
    draft.save()
    trail.record(actor, "roster.upload", draft, after={"name": draft.name, "size_bytes": size})
    if draft.state == State.WORKING:
        _later(draft)
    return draft


def _later(draft: Draft) -> None:
    app.configure_task("roster.plan_draft").defer(draft=draft.pk)


def _make(draft: Draft, content: bytes, wishes: Wishes, *, raising: bool = False) -> None:
    """Plan anew and keep what is told; a file that cannot be read makes the preview a failed one."""
    try:
        plan, _known = plan_for(content, draft.name, wishes)
    except Problem as problem:
        if raising:
            raise
        draft.state, draft.problem = State.FAILED, str(problem.message)
        return
    draft.state, draft.problem = State.READY, ""
    draft.counts, draft.digest = plan.counts, plan.digest
    draft.plan = preview.sealed(preview.of_plan(plan, wishes))
    draft.wishes = preview.seal_wishes(wishes)


@transaction.atomic
def make_plan(*, draft: int) -> None:
    """The job: plan a preview that waits for it. May run twice."""
    found = Draft.objects.select_for_update().filter(pk=draft, state=State.WORKING).first()
    if found and found.content:
        _make(found, preview.open_bytes(found.content), preview.open_wishes(found.wishes))
        found.save()


def _mine(actor: Person, pk: int, *states: str) -> Draft:
    """One's own preview, locked. Raises NotFound for another's, Conflict where it has ended."""
    scope.authorise_everywhere(actor, MANAGE)
    draft = Draft.objects.select_for_update().filter(owner=actor, pk=pk).first()
    if draft is None:
        raise NotFound
    if draft.state not in (states or (State.READY,)):
        raise Conflict(_("这次导入已经结束，或正在处理，请刷新后再看。"), code="moved_on")
    return draft


def _again(draft: Draft, wishes: Wishes) -> Draft:
    """Plan again with other wishes: at once, or by a job for a large file."""
    assert draft.content is not None
    content = preview.open_bytes(draft.content)
    draft.wishes = preview.seal_wishes(wishes)
    if len(content) <= AT_ONCE_BYTES:
        _make(draft, content, wishes)
    else:
        draft.state = State.WORKING
        _later(draft)
    draft.save()
    return draft


@transaction.atomic
def correct_row(actor: Person, *, draft: int, at: str, values: Mapping[str, str]) -> Draft:
    """Put values of one row right, as if the file had them."""
    found = _mine(actor, draft)
    wishes = preview.open_wishes(found.wishes)
    given = {key: text.strip() for key, text in values.items() if key in CORRECTABLE}
    wishes.cells.setdefault(at, {}).update(given)
    return _again(found, wishes)


@transaction.atomic
def name_unit(actor: Person, *, draft: int, text: str, means: str) -> Draft:
    """Say what a unit's name means: the id of a unit, or ``new``. It is remembered once the roster is applied."""
    found = _mine(actor, draft)
    if means != "new" and not (means.isdigit() and _is_unit(int(means))):
        raise Problem(_("请选择一个单位。"), errors={"means": [_("请选择一个单位。")]})
    wishes = preview.open_wishes(found.wishes)
    wishes.units[organisation_name(text)] = means
    return _again(found, wishes)


def _is_unit(pk: int) -> bool:
    return any(unit.pk == pk for unit in store.known().units)


@transaction.atomic
def keep_unlisted(actor: Person, *, draft: int, keep: bool) -> Draft:
    """Say whether people whom the roster does not list stay as they are."""
    found = _mine(actor, draft)
    wishes = preview.open_wishes(found.wishes)
    wishes.keep_unlisted = keep
    return _again(found, wishes)


@transaction.atomic
def name_columns(actor: Person, *, draft: int, signature: str, meanings: Mapping[str, str]) -> Draft:
    """Say what the columns of a table mean (heading → meaning). Remembered for every table with these headings."""
    found = _mine(actor, draft, State.READY, State.FAILED)
    known = {heading: meaning for heading, meaning in meanings.items() if meaning in set(Meaning)}
    if Meaning.NAME not in known.values():
        message = _("请指明哪一列是姓名。")
        raise Problem(message, errors={"meanings": [message]})
    memory, _made = ColumnMemory.objects.update_or_create(
        signature=signature, defaults={"meanings": known, "changed_at": timezone.now()}
    )
    trail.record(actor, "roster.name_columns", memory, after=known)
    return _again(found, preview.open_wishes(found.wishes))


def apply_draft(actor: Person, *, draft: int, digest: str) -> Draft:
    """Do exactly what was shown, or nothing; a large file by a job, which says on the page what became of it.

    Raises Conflict, with a fresh preview, where the database has moved on.
    """
    if _is_large(actor, draft):
        return _leave_to_job(actor, draft, digest)
    with _alone():
        found = _mine(actor, draft)
        moved = _write(found, digest)
    if moved:
        raise Conflict(moved, code="moved_on")
    return found


def _is_large(actor: Person, draft: int) -> bool:
    scope.authorise_everywhere(actor, MANAGE)
    sizes = Draft.objects.filter(owner=actor, pk=draft).values_list(Length("content"), flat=True)
    return (sizes.first() or 0) > AT_ONCE_BYTES


@transaction.atomic
def _leave_to_job(actor: Person, draft: int, digest: str) -> Draft:
    found = _mine(actor, draft)
    found.state, found.problem = State.APPLYING, ""
    found.save(update_fields=["state", "problem"])
    trail.record(actor, "roster.confirm", found, after={"digest": digest})
    app.configure_task("roster.apply_draft").defer(draft=draft, digest=digest)
    return found


def carry_out_draft(*, draft: int, digest: str) -> None:
    """The job: apply what its owner has confirmed. May run twice; whatever goes wrong, the preview says so."""
    waiting = Draft.objects.filter(pk=draft, state=State.APPLYING)
    try:
        with _alone():
            found = waiting.select_for_update().first()
            if found is None:
                return
            scope.authorise_everywhere(found.owner, MANAGE)
            moved = _write(found, digest)
            if moved:
                found.problem = moved
                found.save(update_fields=["problem"])
    except Problem as problem:
        waiting.update(state=State.READY, problem=str(problem.message))
    except Exception:
        waiting.update(state=State.READY, problem=_("导入时发生故障，本次未导入任何内容，请稍后再确认一次。"))
        raise


def _write(found: Draft, digest: str) -> str:
    """Apply a locked preview if it would do what was shown; else make it anew and answer why nothing was written."""
    assert found.content is not None
    content, wishes = preview.open_bytes(found.content), preview.open_wishes(found.wishes)
    plan, known = plan_for(content, found.name, wishes)
    same = plan.digest == digest == found.digest
    if same:
        grant = scope.authorise_everywhere(found.owner, MANAGE)
        _carry_out(found.owner, grant, plan, known, found.name)
        _close(found, State.APPLIED, preview.of_plan(plan, wishes))
    else:
        _make(found, content, wishes)
    found.counts = plan.counts
    found.save()
    return "" if same else str(_MOVED_ON)


def _close(draft: Draft, state: str, kept: preview.Preview | None = None) -> None:
    """End a preview: the file and what was corrected are erased; refused rows stay a day for their workbook."""
    draft.state, draft.ended_at = state, timezone.now()
    draft.content = draft.wishes = draft.plan = None
    if kept is not None:
        kept.rows, kept.tables = kept.only(Kind.REFUSED), []
        draft.plan = preview.sealed(kept)


@transaction.atomic
def drop_draft(actor: Person, *, draft: int) -> Draft:
    """Give a preview up; its file is erased."""
    found = _mine(actor, draft, State.READY, State.WORKING, State.FAILED)
    _close(found, State.DROPPED)
    found.save()
    trail.record(actor, "roster.drop", found)
    return found


@transaction.atomic
def erase_old() -> int:
    """Erase what waited for more than a day: files never applied, refused rows of applied ones. Answers how many."""
    before = timezone.now() - KEPT
    waiting = Draft.objects.filter(created_at__lt=before).exclude(state__in=[State.APPLIED, State.DROPPED])
    count = waiting.update(state=State.DROPPED, ended_at=timezone.now(), content=None, wishes=None, plan=None)
    return count + Draft.objects.filter(ended_at__lt=before, plan__isnull=False).update(plan=None)


# Spellings --------------------------------------------------------------------------------------------------------


@transaction.atomic
def change_spelling(actor: Person, *, spelling: Spelling, values: Mapping[str, Any]) -> Spelling:
    """Set up or change how a unit is also written; the text is kept without spaces."""
    grant = scope.authorise_everywhere(actor, MANAGE)
    added = spelling.pk is None
    before = {} if added else trail.values_of(Spelling.objects.get(pk=spelling.pk))
    for field, value in values.items():
        setattr(spelling, field, organisation_name(value) if field == "text" else value)
    spelling.save()
    action = "roster.add_spelling" if added else "roster.change_spelling"
    trail.record(actor, action, spelling, before=before or None, after=trail.values_of(spelling), grant=grant)
    return spelling
