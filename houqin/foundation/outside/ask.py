"""Asking other systems over HTTP: with a limit to waiting, past no proxy of the environment, with failures that say what to do."""

from __future__ import annotations

from typing import Any

import httpx

#: Seconds: to be connected, and between two pieces of an answer. A job that sends waits no longer than both together.
TIMEOUT = httpx.Timeout(8.0, connect=4.0)
#: HTTP answers that another try may mend.
TEMPORARY = {408, 425, 429}


class Failed(Exception):
    """The other system did not do it. ``code`` is short and holds no content; ``permanent``: trying again will not help.

    ``retry_after_s`` is how long the other system asks us to stay away, 0 when it did not say.
    """

    def __init__(self, code: str, *, permanent: bool, retry_after_s: int = 0) -> None:
        super().__init__(code)
        self.code, self.permanent, self.retry_after_s = code, permanent, retry_after_s


def ask(method: str, url: str, **kwargs: Any) -> dict[str, Any]:
    """One request; answers the JSON object that comes back. Raises :class:`Failed` for everything else."""
    try:
        with httpx.Client(timeout=TIMEOUT, trust_env=False, follow_redirects=False) as client:
            answer = client.request(method, url, **kwargs)
    except httpx.TimeoutException:
        raise Failed("timeout", permanent=False) from None
    except httpx.HTTPError as error:
        # Neither the address nor the cause is passed on: both may hold a token.
        raise Failed(f"unreachable:{type(error).__name__}", permanent=False) from None
    if answer.status_code != httpx.codes.OK:
        permanent = answer.is_client_error and answer.status_code not in TEMPORARY
        raise Failed(f"http:{answer.status_code}", permanent=permanent, retry_after_s=_retry_after(answer))
    try:
        said = answer.json()
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Failed("no_json", permanent=False)
    return said


def _retry_after(answer: httpx.Response) -> int:
    given = answer.headers.get("retry-after", "")
    return min(int(given), 86_400) if given.isascii() and given.isdecimal() and len(given) < 9 else 0
