"""What a visitor's browser has to fetch, compressed: on the first visit, and on every page after it."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from bench import pages
from bench.house import House
from bench.measure import line

FIRST_KB, LATER_KB = 120, 25
PASSERS_BY = [("report, not signed in", "", "/report"), ("sign-in", "", "/sign-in")]
MORE = [
    ("catalogue", "staff", "/services"),
    ("item form", "staff", "/services/repairs.report"),
    ("my cases", "staff", "/mine"),
]


class _Wanted(HTMLParser):
    """Addresses a browser fetches by itself: styles, scripts, pictures, the manifest and its like."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "link" and set((given.get("rel") or "").split()) & {
            "stylesheet",
            "icon",
            "manifest",
            "preload",
        }:
            self.found.append(given.get("href") or "")
        elif tag in {"script", "img", "source", "use"}:
            self.found.append(given.get("src") or given.get("href") or "")
        elif given.get("hx-trigger") and "load" in (given.get("hx-trigger") or ""):
            self.found.append(given.get("hx-get") or "")


@dataclass
class Browser:
    """Fetches what a page needs and keeps static files, as browsers do. Counts bytes on the wire without headers."""

    base: str
    cookie: str
    kept: dict[str, int] = field(default_factory=dict)

    def visit(self, path: str) -> dict[str, int]:
        """Bytes of the page itself and of what it fetches anew."""
        page, text = self._fetch(path)
        parser = _Wanted()
        parser.feed(text)
        files = sum(self._file(urljoin(path, each)) for each in parser.found)
        return {"page": page, "files": files}

    def _file(self, address: str) -> int:
        path = urlsplit(address).path
        if not path.startswith("/") or path in self.kept:
            return 0
        size, text = self._fetch(path)
        self.kept[path] = size
        if path.endswith(".css"):
            size += sum(self._file(urljoin(path, each)) for each in _in_style(text))
        return size

    def _fetch(self, path: str) -> tuple[int, str]:
        headers = {**pages.ACCEPT, "Accept": "*/*", "Cookie": self.cookie}
        with urllib.request.urlopen(urllib.request.Request(self.base + path, headers=headers)) as answer:
            body, encoding = answer.read(), answer.headers.get("Content-Encoding", "")
        text = _plain(body, encoding)
        return len(body), text.decode("utf-8", "replace")


def measure(house: House) -> bool:
    """Print a line for the heaviest first visit and one for the heaviest later page; whether both are light enough."""
    first, later = {}, {}
    for name, username, path in [*pages.pages(), *MORE, *PASSERS_BY]:
        cookie = house.cookie(username) if username else ""
        first[name] = Browser(house.base, cookie).visit(path)
        browser = Browser(house.base, cookie)
        browser.visit("/" if username else "/report")
        later[name] = browser.visit(path)
    return all([_line("first visit", first, FIRST_KB), _line("later page", later, LATER_KB)])


def _line(subject: str, found: dict[str, dict[str, int]], bound: int) -> bool:
    weight = {name: sum(parts.values()) / 1000 for name, parts in found.items()}
    heaviest = max(weight, key=lambda name: weight[name])
    return line(
        f"bytes: {subject}",
        figure={"kb": round(weight[heaviest], 1), "heaviest": heaviest, **found[heaviest]},
        limit={"kb": bound},
        ratio=round(weight[heaviest] / bound, 3),
        bound="<= 1",
        pages_kb={name: round(each, 1) for name, each in weight.items()},
        **{"pass": weight[heaviest] <= bound},
    )


def _in_style(text: str) -> Iterator[str]:
    for found in re.findall(r"url\(\s*['\"]?([^'\")]+)", text):
        if not found.startswith(("data:", "#")):
            yield found


def _plain(body: bytes, encoding: str) -> bytes:
    if encoding == "br":
        import brotli

        return bytes(brotli.decompress(body))
    if encoding == "gzip":
        import gzip

        return gzip.decompress(body)
    return body
