"""Whatever is sent to the API: never a server error, never an answer outside its description."""

import json

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from houqin.affairs.models import Case, Task
from houqin.exchange import tokens
from houqin.exchange.tests.test_api import COMMITTED
from houqin.project.wsgi import application
from houqin.testing.desk import Desk

schema = schemathesis.openapi.from_dict(json.loads(COMMITTED.read_text()))
schema.app = application
CHECKS = (not_a_server_error, response_schema_conformance, status_code_conformance)


@pytest.fixture
def key(desk: Desk, one_connection: None) -> str:
    """A token of the dispatcher with cases in sight, so that calls reach beyond the door."""
    desk.cast.duty(desk.cast.worker)
    for number in range(3):
        desk.submit(f"第{number}件", by=desk.cast.dispatcher)
    return tokens.create_token("dispatcher")


@schema.parametrize()
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
def test_no_call_breaks_the_api(case, key: str) -> None:
    _aim(case)
    response = case.call(headers={"Authorization": f"Bearer {key}", "Accept-Encoding": "identity"})
    case.validate_response(response, checks=CHECKS)


def _aim(case) -> None:
    """Half of the calls name a case, and a task, that exist."""
    number = (case.path_parameters or {}).get("number")
    if number is None or len(number) % 2:
        return
    record = Case.objects.order_by("number").first()
    case.path_parameters["number"] = record.number
    if isinstance(case.body, dict) and "task" in case.body:
        case.body["task"] = Task.objects.filter(case=record).order_by("-id").first().pk
