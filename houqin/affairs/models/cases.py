"""Cases, their tasks, who joined them, and what happened to them."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from houqin.affairs.declare import ITEMS, ClockKind, Item, StepKind
from houqin.foundation.people.models import Organisation, Person
from houqin.foundation.personal.fields import PersonalField, WholeKey
from houqin.foundation.places.models import Place
from houqin.foundation.rows import Writes


class State(models.TextChoices):
    """Where a case stands. The last three are ends: nothing leads back from them."""

    OPEN = "open", _("办理中")
    WAITING_APPLICANT = "waiting_applicant", _("待补正")
    CONFIRMING = "confirming", _("待确认")
    COMPLETED = "completed", _("已办结")
    REFUSED = "refused", _("不予受理")
    WITHDRAWN = "withdrawn", _("已撤回")


ENDED = (State.COMPLETED, State.REFUSED, State.WITHDRAWN)


class TaskState(models.TextChoices):
    """What became of a task: done by its holder, moved to somebody else, or ended because another's move decided."""

    OPEN = "open", _("待办")
    DONE = "done", _("已办")
    MOVED = "moved", _("已转办")
    ENDED = "ended", _("已终止")


class Clocked(models.Model):
    """A time limit that can be paused. Arithmetic is in :mod:`houqin.affairs.clocks`.

    While it runs, ``due_at`` and ``amber_at`` are set and ``left_minutes`` is not; while it is paused the reverse. A
    limit that was already over when it was paused keeps its ``due_at`` and stays red.
    """

    limit_minutes = models.PositiveIntegerField(_("时限（分钟）"), null=True, blank=True)
    clock = models.TextField(_("计时方式"), choices=ClockKind, default=ClockKind.WORKING)
    due_at = models.DateTimeField(_("应办结时间"), null=True, blank=True)
    amber_at = models.DateTimeField(_("预警时间"), null=True, blank=True)
    paused_at = models.DateTimeField(_("暂停时间"), null=True, blank=True)
    left_minutes = models.IntegerField(_("剩余（分钟）"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def stopped_at(self) -> datetime | None:
        """When the clock stopped for good; its colour stays as it was then."""
        return None

    def colour(self, now: datetime | None = None) -> str:
        """``red`` past the limit, ``amber`` past 80 %, ``paused``, else ``open``."""
        now = self.stopped_at or now or timezone.now()
        if self.due_at and self.due_at < (self.paused_at or now):
            return "red"
        if self.paused_at:
            return "paused"
        return "amber" if self.amber_at and self.amber_at <= now else "open"


class Case(Clocked):
    """One request (办件) on its line from submission to rating.

    ``flow`` is the snapshot of the flow it started with, ``step`` the index of the present step in it, ``version`` grows
    with every move. The applicant is a person, or somebody known by name and phone only. A deferred constraint of the
    database holds that an open case has an open task and an ended one has none.
    """

    id = models.BigAutoField(primary_key=True)
    number = models.TextField(_("办件编号"), editable=False)
    item_code = models.TextField(_("事项"))
    service = models.TextField(pgettext_lazy("record", "服务"))
    item_name = models.TextField(_("事项名称"))
    title = models.TextField(_("标题"))
    data = models.JSONField(_("申请内容"), default=dict)
    category = models.TextField(_("类别"), blank=True, default="")
    flow = models.JSONField(_("流程快照"))
    state = models.TextField(_("状态"), choices=State, default=State.OPEN)
    step = models.SmallIntegerField(_("当前环节"), default=0)
    version = models.IntegerField(_("版本"), default=1)
    channel = models.TextField(_("渠道"), default="web")
    applicant = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("申请人"),
        db_index=False,
    )
    applicant_name = models.TextField(_("申请人姓名"))
    applicant_phone = PersonalField(_("联系电话"), kind="phone", blank=True)
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("申请科室"),
        db_index=False,
    )
    registered_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("登记人"),
        db_index=False,
    )
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("地点"), db_index=False
    )
    section = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("承办科室"), db_index=False
    )
    submitted_at = models.DateTimeField(_("提交时间"), default=timezone.now)
    confirm_by = models.DateTimeField(_("确认截止"), null=True, blank=True)
    ended_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("最近催办"), null=True, blank=True)
    reminders = models.PositiveSmallIntegerField(_("催办次数"), default=0)
    reopened = models.PositiveSmallIntegerField(_("返工次数"), default=0)
    escalated_at = models.DateTimeField(_("超时上报"), null=True, blank=True, editable=False)

    # Of a case in a move (`houqin.affairs.moves`), which reads them along with its lock:
    #: what the move writes at its end; a service adds its own rows to it
    writes: Writes
    #: its open tasks, oldest first
    open_tasks: "list[Task]"
    #: all it ever had, where the verb asks for them
    every_task: "list[Task] | None"
    #: whether others have joined it, and whether the actor has rated it
    joined: bool
    rated: bool

    class Meta:
        verbose_name = _("办件")
        verbose_name_plural = pgettext_lazy("plural", "办件")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["applicant", "-id"], name="case_by_applicant"),
            models.Index(fields=["section", "state", "-id"], name="case_by_section"),
            models.Index(fields=["section", "ended_at"], name="case_by_section_end"),
            models.Index(fields=["place", "-id"], name="case_by_place"),
            models.Index(fields=["organisation", "-id"], name="case_by_organisation"),
            models.Index(
                fields=["registered_by"], name="case_by_clerk", condition=Q(registered_by__isnull=False)
            ),
            models.Index(
                WholeKey("applicant_phone"),
                F("id").desc(),
                name="case_by_phone",
                condition=Q(applicant_phone__isnull=False),
            ),
            models.Index(fields=["confirm_by"], name="case_confirming", condition=Q(state="confirming")),
            models.Index(
                fields=["due_at"], name="case_red", condition=Q(state="open", escalated_at__isnull=True)
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="case_number_once"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="case_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=ENDED, ended_at__isnull=False)
                | (~Q(state__in=ENDED) & Q(ended_at__isnull=True)),
                name="case_ended_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(state="confirming", confirm_by__isnull=False)
                | (~Q(state="confirming") & Q(confirm_by__isnull=True)),
                name="case_confirming_has_deadline",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.spoken_number} {self.title}"

    @property
    def spoken_number(self) -> str:
        """The number in groups of 4-3-3, as it is read over the phone."""
        return f"{self.number[:4]}-{self.number[4:7]}-{self.number[7:]}"

    @property
    def item(self) -> Item:
        """The item as declared today; what was promised is in ``flow``."""
        return ITEMS[self.item_code]

    @property
    def stopped_at(self) -> datetime | None:
        return self.ended_at

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    @property
    def step_name(self) -> str:
        """The present step by the name it had when the case began; empty past the last."""
        steps = self.flow["steps"]
        return steps[self.step]["name"] if self.step < len(steps) else ""

    def get_absolute_url(self) -> str:
        return f"/cases/{self.number}"


class Task(Clocked):
    """A step once someone has it: a person, or a section's queue. The database refuses an open task of nobody.

    A transfer ends the task as ``moved`` and opens another with the same clock, so a verb on the former one is told that
    the case has moved on. ``visit`` counts how often the step was entered. A ``required`` approval must be given even
    where any one of several is enough (added approvers, and every one where all must agree).
    """

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(
        Case, models.PROTECT, related_name="tasks", verbose_name=_("办件"), db_index=False
    )
    step = models.SmallIntegerField(_("环节序号"))
    step_key = models.TextField(_("环节"))
    step_name = models.TextField(_("环节名称"))
    kind = models.TextField(_("类别"), choices=StepKind)
    visit = models.SmallIntegerField(_("第几次进入"), default=1)
    state = models.TextField(_("状态"), choices=TaskState, default=TaskState.OPEN)
    section = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("科室"),
        db_index=False,
    )
    assignee = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name=_("办理人")
    )
    required = models.BooleanField(_("必须同意"), default=False)
    added_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("加签人"),
        db_index=False,
    )
    moved_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    opened_at = models.DateTimeField(_("到达时间"), default=timezone.now)
    accepted_at = models.DateTimeField(_("接单时间"), null=True, blank=True)
    arrived_at = models.DateTimeField(_("到场时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("办毕时间"), null=True, blank=True)
    closed_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("经办人"),
        db_index=False,
    )
    outcome = models.TextField(_("结果"), blank=True, default="")
    ambered_at = models.DateTimeField(_("预警发出"), null=True, blank=True)
    escalated_at = models.DateTimeField(_("超时上报"), null=True, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("record", "待办")
        verbose_name_plural = pgettext_lazy("plural", "待办")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["case", "id"], name="task_by_case"),
            models.Index(
                fields=["assignee", "due_at"], name="task_open_by_person", condition=Q(state="open")
            ),
            models.Index(
                fields=["section", "due_at"], name="task_open_by_section", condition=Q(state="open")
            ),
            models.Index(
                fields=["amber_at"], name="task_amber", condition=Q(state="open", ambered_at__isnull=True)
            ),
            models.Index(
                fields=["due_at"], name="task_red", condition=Q(state="open", escalated_at__isnull=True)
            ),
            models.Index(
                fields=["assignee", "closed_at"], name="task_closed_by_person", condition=Q(state="done")
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="open") | Q(assignee__isnull=False) | Q(section__isnull=False),
                name="task_open_has_someone",
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True)
                | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="task_closed_has_moment",
            ),
            models.UniqueConstraint(
                fields=["case", "step", "assignee"],
                condition=Q(state="open"),
                name="task_once_a_person_and_step",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step_name} · {self.assignee or self.section}"

    @property
    def stopped_at(self) -> datetime | None:
        return self.closed_at

    @property
    def holder_name(self) -> str:
        """Who has it, in words."""
        if self.assignee:
            return self.assignee.name
        return _("%(section)s待接单") % {"section": self.section}


class Event(models.Model):
    """One line of a case's timeline: what was done, by whom, and what they wrote. ``inside`` hides it from applicants."""

    case = models.ForeignKey(
        Case, models.PROTECT, related_name="events", verbose_name=_("办件"), db_index=False
    )
    at = models.DateTimeField(_("时间"), default=timezone.now)
    actor = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name=_("操作人"), db_index=False
    )
    actor_name = models.TextField(_("操作人姓名"))
    verb = models.TextField(_("动作"))
    task = models.ForeignKey(Task, models.PROTECT, null=True, related_name="+", db_index=False)
    step_name = models.TextField(_("环节"), blank=True, default="")
    text = models.TextField(_("说明"), blank=True, default="")
    data = models.JSONField(default=dict)
    inside = models.BooleanField(_("仅内部可见"), default=False)

    class Meta:
        verbose_name = _("办理记录")
        verbose_name_plural = pgettext_lazy("plural", "办理记录")
        ordering = ["id"]
        indexes = [models.Index(fields=["case", "id"], name="event_by_case")]


class Follower(models.Model):
    """Another applicant whose report was joined into the case: sees it, is told of it, may rate it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="followers")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="followed", db_index=False)
    name = models.TextField(_("姓名"))
    phone = PersonalField(_("电话"), kind="phone", blank=True)
    text = models.TextField(_("描述"), blank=True, default="")
    at = models.DateTimeField(_("时间"), default=timezone.now)

    class Meta:
        verbose_name = _("共同报告人")
        verbose_name_plural = pgettext_lazy("plural", "共同报告人")
        ordering = ["id"]
        indexes = [models.Index(fields=["person", "-id"], name="follower_by_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "person"], condition=Q(person__isnull=False), name="follower_once"
            )
        ]


class RatingKind(models.TextChoices):
    """Whose rating it is; the two are counted apart."""

    APPLICANT = "applicant", _("申请人评价")
    QUALITY = "quality", _("质量回访")


class Rating(models.Model):
    """How it was: by the applicant, and separately by quality control. Silence is never a rating."""

    case = models.ForeignKey(
        Case, models.PROTECT, related_name="ratings", verbose_name=_("办件"), db_index=False
    )
    kind = models.TextField(_("类别"), choices=RatingKind)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name=_("评价人"))
    person_name = models.TextField(_("评价人姓名"))
    stars = models.PositiveSmallIntegerField(_("星级"))
    tags = models.JSONField(_("标签"), default=list)
    words = models.TextField(_("评语"), blank=True, default="")
    at = models.DateTimeField(_("评价时间"), default=timezone.now)

    class Meta:
        verbose_name = _("评价")
        verbose_name_plural = pgettext_lazy("plural", "评价")
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="rating_one_to_five"),
            models.UniqueConstraint(
                fields=["case", "kind", "person"], nulls_distinct=False, name="rating_once_a_kind_and_person"
            ),
        ]
