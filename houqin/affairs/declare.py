"""How a service announces what can be asked for (事项): small frozen dataclasses in a registry.

``items.py`` of a service builds :class:`Item` objects and hands them to :func:`announce`; the engine, the portal and
the API discover them from :data:`ITEMS`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from houqin.foundation.errors import Text
from houqin.foundation.registry import Registry

if TYPE_CHECKING:
    from houqin.affairs.forms import CaseForm, VerbForm
    from houqin.affairs.models import Case


class Category(models.TextChoices):
    """The groups of the catalogue. Popular (热门服务) is the fifth: the most used of the others."""

    MANAGEMENT = "management", _("内部管理")
    OFFICE = "office", _("机关事务办公")
    LIFE = "life", _("生活服务")
    CANTEEN = "canteen", _("食堂服务")


class Audience(StrEnum):
    """For whom an item is: those who can sign in, or anybody (then by name and phone number)."""

    STAFF = "staff"
    PUBLIC = "public"


class Kind(StrEnum):
    """Whether somebody has to decide or do something (a case), or the item's own page does it at once (direct)."""

    CASE = "case"
    DIRECT = "direct"


class StepKind(models.TextChoices):
    """What is done in a step; it decides which verbs its tasks offer (:mod:`houqin.affairs.rights`)."""

    APPROVE = "approve", _("审批")
    DISPATCH = "dispatch", _("派单")
    HANDLE = "handle", _("办理")
    CONFIRM = "confirm", _("确认")


class ClockKind(models.TextChoices):
    """What a limit is counted in."""

    WORKING = "working", _("工作时间")
    WALL = "wall", _("自然时间")


@dataclass(frozen=True)
class Limit:
    """A time limit in minutes: of working time by the statutory calendar, or by the clock on the wall.

    The practice (限时办结) is that of public services, 优化营商环境条例 (国务院令第722号) 第三十六条; the figures are each
    office's own promise, so administrators change them.
    """

    minutes: int
    clock: ClockKind = ClockKind.WORKING


def working_hours(hours: float) -> Limit:
    """So many hours of working time; a working day has eight under the hours of the seed."""
    return Limit(round(hours * 60))


def wall_minutes(minutes: int) -> Limit:
    """So many minutes by the clock on the wall, nights and holidays included."""
    return Limit(minutes, ClockKind.WALL)


@dataclass(frozen=True)
class Step:
    """One step (环节) of a flow.

    ``who`` and ``when`` are registered names (:mod:`houqin.affairs.who`, :mod:`houqin.affairs.conditions`), so that a
    running case can keep a snapshot; ``who`` may carry an argument after a colon, ``role:head``. ``agree`` says whether
    any one of several approvers is enough or all must agree. What is done in an ``inside`` step is no line of the
    applicant's timeline.
    """

    key: str
    kind: StepKind
    name: Text
    who: str = ""
    limit: Limit | None = None
    when: str = "always"
    agree: str = "any"
    inside: bool = False


class Moments:
    """What a service does when its case moves, inside the same transaction. Subclass and override what matters.

    Rows are locked in one order: the case first (the engine has done that), then domain rows.
    """

    def existing(self, form: "CaseForm") -> "Case | None":
        """A running case this submission should join instead of opening another one."""
        return None

    def joined(self, case: "Case", form: "CaseForm") -> None:
        """Another applicant's report was taken into ``case``."""

    def submitted(self, case: "Case", form: "CaseForm") -> None:
        """A new case exists; make the domain record."""

    def dispatching(self, case: "Case", data: Mapping[str, Any]) -> None:
        """A dispatcher is sending it on: the case may still be categorised, and the limits ahead in its ``flow`` set."""

    def acted(self, case: "Case", verb: str, data: Mapping[str, Any]) -> None:
        """A verb was carried out on the case; ``data`` is what the verb's form took."""

    def approved(self, case: "Case") -> None:
        """The last approval of the flow was given."""

    def completed(self, case: "Case") -> None:
        """The case has ended well: confirmed, silent for three workdays, or past a last step without confirmation."""

    def refused(self, case: "Case") -> None:
        """Somebody refused it (不予受理)."""

    def withdrawn(self, case: "Case") -> None:
        """Its applicant took it back."""


@dataclass(frozen=True)
class Item:
    """A service item (事项): declared once, as data.

    ``limit`` is the promise to the applicant for the whole case; steps have limits of their own. A ``direct`` item has
    a ``url`` (a name, or an address of ours) instead of a flow; a case item with one is asked for on that page of its
    service. ``reopens`` bounds how often the applicant may say "not done" (none: as often as need be).
    ``registering``: the right by which somebody asks for it in another's name.
    """

    code: str
    name: Text
    category: Category
    summary: Text = ""
    keywords: str = ""
    icon: str = "service"
    kind: Kind = Kind.CASE
    audience: Audience = Audience.STAFF
    channels: frozenset[str] = frozenset({"web", "phone", "api", "code"})
    form: "type[CaseForm] | None" = None
    flow: tuple[Step, ...] = ()
    limit: Limit | None = None
    url: str = ""
    moments: Moments = field(default_factory=Moments)
    verb_forms: "Mapping[str, type[VerbForm]]" = field(default_factory=dict)
    categories: "Callable[[], Mapping[str, Text]]" = dict
    rating_tags: tuple[Text, ...] = ()
    popular: bool = False
    reopens: int | None = None
    registering: str = "affairs.intake"

    @property
    def service(self) -> str:
        """The service that offers it: ``repairs`` of ``repairs.report``."""
        return self.code.partition(".")[0]

    def step(self, key: str) -> Step | None:
        """The step of that key, if the flow has one."""
        return next((step for step in self.flow if step.key == key), None)


ITEMS: Registry[Item] = Registry("service item")


def announce(item: Item) -> Item:
    """Put an item into the catalogue. A case item must have a form and a flow with unique step keys.

    Raises ValueError, when the program starts, for an item that cannot work and for a code that is taken.
    """
    keys = [step.key for step in item.flow]
    if item.kind is Kind.CASE and (not item.form or not keys or len(keys) != len(set(keys))):
        raise ValueError(f"service item {item.code}: a case needs a form and a flow with unique step keys")
    if item.kind is Kind.DIRECT and not item.url:
        raise ValueError(f"service item {item.code}: a direct item needs the url of its page")
    return ITEMS.add(item.code, item)
