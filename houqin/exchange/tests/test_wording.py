"""Refusals of the API in words: in Chinese by our own catalogue, in English as pydantic says them."""

import pytest
from django.test import Client

from houqin.exchange import tokens
from houqin.testing.cast import Cast


@pytest.mark.parametrize(
    ("language", "title", "why"),
    [
        ("zh-hans", "参数有误，请按 errors 更正。", "应不小于 1"),
        (
            "en",
            "Some parameters are wrong. Correct them as errors says.",
            "Input should be greater than or equal to 1",
        ),
    ],
)
def test_a_refusal_speaks_the_callers_language(language: str, title: str, why: str, cast: Cast) -> None:
    headers = {"Authorization": f"Bearer {tokens.create_token('staff')}", "Accept-Language": language}
    answer = Client().get("/api/v1/cases?limit=0", headers=headers)
    assert answer.status_code == 422
    assert answer.json()["title"] == title
    assert answer.json()["errors"] == {"limit": [why]}
