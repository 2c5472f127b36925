"""One of everything that an address can name, so that every address of the site can be asked for."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, get_resolver
from django.urls.resolvers import URLResolver
from django.utils import timezone

from houqin.affairs import actions
from houqin.affairs.models import Delegation, Route, Warning
from houqin.exchange.models import Token
from houqin.exchange.papers.declare import PAPERS
from houqin.foundation.files.models import File
from houqin.foundation.notices.models import Notice
from houqin.foundation.people.models import Appointment, Person, SignedInSession
from houqin.foundation.roster.actions import upload
from houqin.foundation.trail.models import Entry
from houqin.foundation.trail.sealing import seal
from houqin.services.repairs.actions import open_incident
from houqin.services.repairs.models import Device, FaultKind, StockItem
from houqin.testing.cast import Cast

#: The roster that is being imported: its name and its lines.
SHEET = ("花名册", "姓名,单位,科室", "王一,市财政局,预算处")
#: What every address answers to each role, reviewed.
FILE = Path(__file__).with_name("matrix.csv")
ROLES = (
    "anonymous", "staff", "other_staff", "head", "repairs_head", "dispatcher", "worker", "clerk", "manager", "sysadmin",
    "secadmin", "auditor",
)  # fmt: skip


class Scene:
    """A repair of ``staff`` that ``worker`` has, and one record of each kind beside it."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.route = Route.objects.create(item_code="repairs.report", section=cast.repairs)
        self.shift = cast.duty(cast.worker)
        self.fault = fault = (
            FaultKind.objects.filter(active=True).exclude(group="other").order_by("id").first()
        )
        self.case = actions.submit(
            cast.staff, item="repairs.report", data={"place": cast.toilet.code, "fault": fault.code}
        )
        self.task = self.case.tasks.get()
        self._beside_the_case(cast)
        self.roster = upload(
            cast.sysadmin,
            file=SimpleUploadedFile(f"{SHEET[0]}.csv", "\n".join(SHEET[1:]).encode()),
        )
        self.made: dict[str, Any] = {}
        for make in _makers():
            self.made |= make(cast)
        self.entry = Entry.objects.latest("id").pk
        self.made["portal:trail.proof/key"] = self.entry
        seal()

    def _beside_the_case(self, cast: Cast) -> None:
        """What hangs on the case, on its people and on the place where it is."""
        self.file = File.objects.create(
            owner=cast.staff, kind="document", name="说明.txt", content_type="text/plain", size_bytes=2, sha256="",
            content=ContentFile("好".encode(), "x"), record_type="affairs.case", record_id=self.case.pk,
        )  # fmt: skip
        self.notice = Notice.objects.create(person=cast.staff, kind="affairs.task", title="通知", url="/mine")
        now = timezone.now()
        self.delegation = Delegation.objects.create(
            person=cast.staff, delegate=cast.colleague, starts_at=now, ends_at=now + timedelta(days=1)
        )
        self.session = SignedInSession.objects.create(person=cast.staff, session_key="scene", device="Chrome")
        self.token = Token.objects.create(
            person=cast.staff, digest="scene", hint="cene", expires_at=now + timedelta(days=1)
        )
        self.post = cast.worker.appointments.get()
        Appointment.objects.filter(pk=self.post.pk).update(high_risk=True)
        self.device = Device.objects.create(code="DT-01", name="1号电梯", place=cast.tower)
        self.stock = StockItem.objects.create(
            name="水龙头垫片", unit="个", quantity=5, price_fen=150, keeper=cast.repairs
        )
        self.incident = open_incident(
            cast.dispatcher,
            place=cast.other_tower,
            fault=self.fault,
            title="2号楼停水",
            until=now + timedelta(hours=2),
        )
        self.warning = Warning.objects.create(
            rule="affairs.overdue",
            subject="1",
            name="维修科",
            level="amber",
            value=7,
            organisation=cast.repairs,
        )

    def arguments(self, name: str, wanted: set[str]) -> dict[str, Any]:
        """What to put into the address called ``name``."""
        made = self.made | {f"api:{kind}/key": self.made.get(f"portal:{kind}/key") for kind in PAPERS.codes()}
        found = {key: made.get(f"{name}/{key}") or self._argument(name, key) for key in wanted}
        if name == "portal:verb":
            found["verb"] = "complete"
        return found

    def body(self, name: str) -> str:
        """What a call of the API is sent: enough for its rights to be asked."""
        if not name.startswith("api:"):
            return ""
        everything = {
            "task": self.task.pk,
            "version": self.case.version,
            "comment": "因故",
            "stars": 5,
            "person": self.cast.worker2.pk,
            "place": self.cast.other_office.code if name == "api:submit" else self.cast.other_office.pk,
            "fault": self.fault.code,
            "title": "停水",
            "until": (timezone.now() + timedelta(hours=1)).isoformat(),
        }
        return json.dumps(everything | self.made.get(f"{name}/body", {}))

    def _argument(self, name: str, key: str) -> Any:
        app = name.partition(":")[0]
        known: dict[str, Any] = {
            "number": self.case.number,
            "task": self.task.pk,
            "year": 2026, "month": 10, "day": 1,
            "code": self.cast.toilet.qr if name == "places:scan" else _code(name),
            "name": "repairs.orders",
            "verb": "complete",
            "entry": self.entry,
            "kind": "notices.read",
            "what": "affairs.applicant",
            "key": self.case.number,
            "warning": self.warning.pk,
            "provider": "oidc",
        }  # fmt: skip
        if app == "channels" and key == "code":
            return "dingtalk"
        if key in known:
            return known[key]
        return self._key(app, name)

    def _key(self, app: str, name: str) -> Any:
        if made := self.made.get(name, self.made.get(app)):
            return made
        if app == "repairs" or "incident" in name:
            return (self.stock if "stock" in name else self.incident).pk
        return {
            "admin": 0,  # no such record, whatever other tests have left in the sequences
            "files": self.file.pk,
            "places": self.cast.toilet.pk,
            "roster": self.roster.pk,
            "notices": self.notice.pk,
            "people": {"people:end_session": self.session, "people:integrity_post": self.post}.get(
                name, self.shift
            ).pk,
            "portal:end_token": self.token.pk,
            "portal:end_delegation": self.delegation.pk,
            "portal:unset_route": self.route.pk,
            "portal:warning": self.warning.pk,
            "portal:acknowledge_warning": self.warning.pk,
            "portal:warning_case": self.warning.pk,
            "portal:trail_entry": self.entry,
            "portal:trail_proof": self.entry,
        }.get(name if app == "portal" else app, 1)


def _makers() -> list[Callable[[Cast], dict[str, Any]]]:
    """``make(cast)`` of every service's ``tests/scene.py``: it makes one of its records and answers what to put into
    an address: the key by the address's name or by the service's (``meetings:room``, ``meetings``), any other argument as
    ``meetings:feed/token``, what a call of the API is sent as ``api:book_room/body``.
    """
    found = []
    for app in settings.SERVICES:
        if find_spec(f"{app}.tests.scene"):
            found.append(import_module(f"{app}.tests.scene").make)
    return found


def _code(name: str) -> str:
    return "affairs.overdue" if name == "portal:settings_warning" else "repairs.report"


def reviewed() -> dict[tuple[str, str], dict[str, str]]:
    """The lines of the reviewed file by address and method: what each role is answered."""
    with FILE.open(newline="") as file:
        return {(row["address"], row["method"]): row for row in csv.DictReader(file)}


def addresses() -> list[tuple[str, str, set[str]]]:
    """Every address of the site: its pattern, its name, the arguments it takes."""
    return sorted(_walk(get_resolver(), "", ""), key=lambda each: each[0])


def _walk(resolver: URLResolver, prefix: str, namespace: str) -> list[tuple[str, str, set[str]]]:
    found = []
    for each in resolver.url_patterns:
        pattern = prefix + str(each.pattern)
        if isinstance(each, URLPattern):
            name = f"{namespace}:{each.name}" if namespace else str(each.name)
            found.append((pattern, name, set(each.pattern.converters) | set(each.pattern.regex.groupindex)))
        else:
            inner = ":".join(part for part in (namespace, each.namespace or "") if part)
            found += _walk(each, pattern, inner)
    return found


def person(cast: Cast, role: str) -> Person | None:
    return None if role == "anonymous" else getattr(cast, role)
