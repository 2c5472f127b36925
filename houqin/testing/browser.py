"""A real browser for the journeys and the pictures of the documentation.

:class:`Visitor` is somebody at a browser. Whatever page they come to is looked at: accessibility (axe-core), width,
errors of scripts, and breaches of the content security policy. What is wrong gathers in ``faults``.
"""

from __future__ import annotations

import os
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Frame,
    Locator,
    Page,
    expect,
    sync_playwright,
)

PHONE, DESKTOP = 390, 1440
HEIGHTS = {PHONE: 844, DESKTOP: 900}
PATIENCE_MS = 15_000
expect.set_options(timeout=PATIENCE_MS)
#: Parts of the browser's own surface. Each window would start two pages of its address bar, which costs more than most of ours
#: do. Named along with them: what Playwright turns off, for the last such argument alone counts.
UNUSED = (
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "OmniboxAimPopup", "PreloadTopChromeWebUI",
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled",
    "PreconnectToSearch",
)  # fmt: skip
#: Chromium that asks nobody anything and draws alike everywhere.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
    f"--disable-features={','.join(UNUSED)}",
]
AXE = Path(__file__).with_name("vendor") / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
_ASK_AXE = """async (only) => {
  const found = await axe.run(document, { runOnly: only, resultTypes: ["violations"], preload: false });
  return found.violations.flatMap((rule) => rule.nodes.map((node) => [rule.id, rule.help, node.html.slice(0, 200), node.any.concat(node.all, node.none).map((check) => check.message).join("; ")]));
}"""
_TELL_BREACHES = """document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));"""
#: Every distinct way from the root to an element: tags, whether there is text, the names of attributes, and the values that
#: decide how it looks and is read.
_SHAPE = """() => {
  const ways = new Set();
  const told = new Set(["class", "type", "role", "open", "hidden", "disabled", "lang", "style", "data-theme", "data-type",
    "aria-current", "aria-expanded", "aria-pressed", "aria-selected", "aria-checked", "aria-invalid", "aria-hidden"]);
  const walk = (element, way) => {
    const own = [...element.attributes].map((each) => told.has(each.name) ? each.name + "=" + each.value : each.name).sort();
    way += ">" + element.tagName + "[" + own.join() + "]" + (element.textContent.trim() ? "" : "empty");
    ways.add(way);
    for (const child of element.children) walk(child, way);
  };
  walk(document.documentElement, "");
  return [...ways];
}"""
_REFUSED = re.compile(r"Failed to load resource.*status of (409|422)")
_TOO_WIDE = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  const wide = [...document.body.querySelectorAll("*")].filter((each) => each.getBoundingClientRect().right > room + 1);
  return [document.documentElement.scrollWidth, ...wide.slice(0, 5).map((each) => `${each.tagName}.${each.className}`)];
}"""

#: Shapes in which nothing was amiss, by width and kind of page.
_clean: dict[tuple[int, str], set[str]] = defaultdict(set)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium: the one ``HOUQIN_BROWSER`` names, else the system's, else Playwright's own."""
    named = os.environ.get("HOUQIN_BROWSER")
    path = named or shutil.which("chromium-headless-shell") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


def window(browser: Browser, width: int, **options: Any) -> BrowserContext:
    """A window ``width`` px wide with cookies of its own: a phone with a touch screen, or a desktop."""
    phone = width <= PHONE
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHTS[width]},
        is_mobile=phone,
        has_touch=phone,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
        service_workers="block",
        **options,
    )
    context.set_default_timeout(PATIENCE_MS)
    return context


def photograph(words: str = "漏水") -> bytes:
    """A JPEG as a camera would make it."""
    picture = Image.new("RGB", (800, 600), "#7a8899")
    ImageDraw.Draw(picture).ellipse((250, 150, 550, 450), fill="#dde3ea", outline="#334455", width=9)
    made = BytesIO()
    picture.save(made, "JPEG", quality=80, comment=words.encode())
    return made.getvalue()


class Visitor:
    """Somebody at a browser window, watched. Words that are pressed are what stands on the button or link."""

    def __init__(self, context: BrowserContext, base: str, faults: list[str], name: str = "") -> None:
        self.base, self.faults, self.name = base, faults, name
        self.width = (context.pages or [context.new_page()])[0].viewport_size["width"]  # type: ignore[index]
        context.add_init_script(_TELL_BREACHES)
        self.page: Page = context.pages[0]
        self.visited: set[str] = set()
        self.looked: set[str] = set()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self._fault(f"script error: {error}"))
        self.page.on("framenavigated", self._came)

    @property
    def phone(self) -> bool:
        return self.width <= PHONE

    @property
    def path(self) -> str:
        """Where they are, without the query."""
        return self.page.url.removeprefix(self.base).partition("?")[0]

    def go(self, path: str) -> None:
        """Type an address in."""
        self.page.goto(self.base + path)
        self.look()

    def press(self, words: str, *, to: str = "", inside: Locator | None = None) -> None:
        """Press a button or link. ``to``: the pattern of the address (from its start) it must lead to."""
        target = self.target(words, inside=inside)
        if not to:
            target.click()
            return
        with self.page.expect_navigation(url=re.compile(re.escape(self.base) + to), wait_until="load"):
            target.click()
        self.look()

    def open(self, words: str, *, inside: Locator | None = None) -> Locator:
        """Press what opens a dialog, look at it, and give it."""
        self.target(words, inside=inside).click()
        dialog = self.page.locator("dialog[open]")
        dialog.wait_for()
        self.look()
        return dialog

    def target(self, words: str, *, inside: Locator | None = None) -> Locator:
        """The button or link that says ``words`` to whoever cannot see it, too; the first where several do."""
        scope = inside or self.page
        either = scope.get_by_role("button", name=words).or_(scope.get_by_role("link", name=words))
        return either.filter(visible=True).first

    def photo(self, name: str = "photos", *, inside: Locator | None = None) -> None:
        """Take a photograph into the picker called ``name`` and wait until it has been sent."""
        scope = inside or self.page
        file = {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": photograph()}
        scope.locator(f"#{name}-input").set_input_files([file])
        scope.locator(f"input[type=hidden][name={name}]:not([disabled])").wait_for(state="attached")

    def look(self) -> None:
        """Check what the page shows now. Axe is not asked again where nothing is of another shape than on clean pages before."""
        self.page.wait_for_load_state("load")
        kind = _kind(self.path)
        self.looked.add(kind)
        shape, before = set(self.page.evaluate(_SHAPE)), len(self.faults)
        if not shape <= _clean[self.width, kind]:
            self._axe({"type": "tag", "values": _RULES})
            if not self.phone:
                self.page.emulate_media(color_scheme="dark")
                self._axe({"type": "rule", "values": ["color-contrast"]}, "dark: ")
                self.page.emulate_media(color_scheme="light")
        wide = self.page.evaluate(_TOO_WIDE)
        if wide:
            self._fault(f"wider than {self.width} px: {wide}")
        if len(self.faults) == before:
            _clean[self.width, kind] |= shape

    def unseen(self) -> set[str]:
        """Kinds of page they came by without looking."""
        return self.visited - self.looked

    def _axe(self, only: dict[str, Any], when: str = "") -> None:
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        for rule, words, html, why in self.page.evaluate(_ASK_AXE, only):
            self._fault(f"{when}{rule} ({words}): {html} — {why}")

    def _heard(self, message: ConsoleMessage) -> None:
        url = message.location.get("url", "")
        if message.type == "error" and _REFUSED.search(message.text) and url == self.page.url:
            return  # a form that came back with what is wrong with it
        if message.type == "error":
            self._fault(f"console: {message.text} {_kind(message.location.get('url', ''))}")

    def _came(self, frame: Frame) -> None:
        if frame == self.page.main_frame and frame.url.startswith(self.base):
            self.visited.add(_kind(self.path))

    def _fault(self, words: str) -> None:
        line = f"{self.name} at {_kind(self.path)} ({self.width} px): {words}"
        if line not in self.faults:
            self.faults.append(line)


def _kind(path: str) -> str:
    """A page's address with its numbers taken out."""
    return re.sub(r"\d{2,}|(?<=/)\d+", "#", path)
