"""A small HTTP server on the loopback that a test scripts: it answers, refuses, drops the line or hangs."""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Asked:
    """A request as it came over the line: query and body still encoded, names of headers in small letters."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What is answered: an object as JSON, or raw bytes."""

    said: Any
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


class _Server(ThreadingHTTPServer):
    """Python's own lets five connections wait: on a busy machine the kernel then resets the next ones."""

    request_queue_size = 128
    daemon_threads = True


class LocalServer:
    """``with LocalServer() as server:`` — subclasses say in :meth:`answer` what the real system would.

    ``troubles`` is worked off first, one a request: "drop" (the line is cut after the request was understood and done),
    "cut" (cut before anything is done), "hang" (no answer until the test ends), an HTTP status, or an :class:`Answer`.
    """

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.troubles: deque[str | int | Answer] = deque()
        #: Set while every request meets this trouble.
        self.always: str | int | Answer | None = None
        self.released = threading.Event()

    def answer(self, asked: Asked) -> Answer:
        """What the real system would say."""
        raise NotImplementedError

    @property
    def url(self) -> str:
        """``http://127.0.0.1:PORT``."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def address(self, key: str, secret: str, rest: str = "") -> str:
        """The same as a setting: who we are in front, the rest behind."""
        return self.url.replace("//", f"//{key}:{secret}@") + (f"/{rest}" if rest else "")

    def __enter__(self) -> LocalServer:
        ours = self

        class Handler(BaseHTTPRequestHandler):
            def handle_one(self) -> None:
                ours._handle(self)

            do_GET = do_POST = handle_one

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handle(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        body = handler.rfile.read(int(handler.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        asked = Asked(handler.command, parts.path, parts.query, headers, body)
        self.asked.append(asked)
        trouble = (
            self.always if self.always is not None else self.troubles.popleft() if self.troubles else None
        )
        if trouble == "hang":
            self.released.wait()
        if trouble in ("hang", "cut"):
            return
        if isinstance(trouble, int):
            answer = Answer({"error": trouble}, status=trouble)
        else:
            answer = trouble if isinstance(trouble, Answer) else self.answer(asked)
        if trouble != "drop":
            _write(handler, answer)


def _write(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
    data = answer.said if isinstance(answer.said, bytes) else json.dumps(answer.said).encode()
    handler.send_response(answer.status)
    for name, value in (("Content-Type", "application/json"), *answer.headers):
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)
