"""A whole house with short lessons, a browser, and people who use it."""

import json
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, TimeoutError, sync_playwright

from demo import cast
from sandbox import authenticator
from sandbox.authenticator import PERIOD
from tools.browser import chromium, fonts
from tools.house import House

ROOT = Path(__file__).resolve().parent.parent.parent
PICTURES = Path(os.environ.get("XUESHI_PICTURES", ROOT / "var" / "pictures"))
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
# The flags keep an idle browser from looking up hosts of its maker.
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--mute-audio",
]


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    """The house as `make run` starts it; lessons last a few seconds."""
    if not (chromium() and fonts()):
        pytest.skip("chromium and fonts-noto-cjk are not installed; see `make journey`")
    # Not in pytest's own folder: each session of pytest locks that against the user PostgreSQL runs as.
    with tempfile.TemporaryDirectory(prefix="journey-", dir=ROOT / "var", ignore_cleanup_errors=True) as folder:
        built = House(Path(folder), {"XUESHI_DEMO_SCALE": "0.02"})
        try:
            built.start()
            yield built
        finally:
            built.stop()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright, house: House) -> Iterator[Browser]:
    launched = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
    yield launched
    launched.close()


USED: dict[tuple[str, str], int] = {}  # house and number -> the newest period whose code has served


def fresh_code(house: str, number: str) -> str:
    """A code of the member's authenticator that was not used before; waits where a second one is needed at once."""
    key = next(one.authenticator_key for one in cast.EVERYONE if one.id_number == number)
    period = max(int(time.time()) // PERIOD, USED.get((house, number), 0) + 1)
    while period > int(time.time()) // PERIOD + 1:  # the house accepts the next one too: clocks differ
        time.sleep(0.5)
    USED[house, number] = period
    return authenticator.code(key, period * PERIOD)


class Someone:
    """A person at a browser. Every page that is looked at must be free of script errors and CSP violations."""

    def __init__(self, context: BrowserContext, house: House) -> None:
        self.context, self.house = context, house
        self.page: Page = context.new_page()
        self.trouble: list[str] = []
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on("console", self._heard)

    def _heard(self, message: object) -> None:
        text = getattr(message, "text", "")
        if "Content Security Policy" in text:
            self.trouble.append(text)

    def goes_to(self, path: str) -> None:
        self.page.goto(path if path.startswith("http") else self.house.url + path)

    def signs_in(self, number: str, password: str = cast.PASSWORD, home: str = "") -> None:
        self.goes_to(f"{home}/sign-in/")
        self.page.locator("input[autocomplete=username]").fill(number)
        self.page.locator("input[type=password]").fill(password)
        self.page.locator("main form button[type=submit], main form button.btn-primary").first.click()
        self.page.wait_for_load_state()
        if "/sign-in/second/" in self.page.url:
            self.proves_the_second_factor(fresh_code(self.house.url, number))
        assert "/sign-in/" not in self.page.url, self.page.locator("main").inner_text()

    def proves_the_second_factor(self, code: str) -> None:
        self.page.locator("[name=code]").fill(code)
        self.page.locator("form:has([name=code]) button.btn-primary").first.click()  # in whatever language
        self.page.wait_for_load_state()

    def reads_the_code(self, phone: str) -> str:
        """The six digits of the newest text to that phone."""
        until = time.monotonic() + 20
        while time.monotonic() < until:
            for letter in httpx.get(f"{self.house.sandbox_url}/inbox.json", timeout=5).json():
                found = re.search(r"验证码 ([0-9]{6})", letter["text"])
                if letter["to"] == phone and found:
                    return found.group(1)
            time.sleep(0.2)
        raise AssertionError(f"no code came to {phone}")

    def presses(self, words: str) -> None:
        """Press the button or link that says these words."""
        name = self.page.get_by_role("button", name=words).or_(self.page.get_by_role("link", name=words))
        name.first.click()
        self.page.wait_for_load_state()

    def confirms(self, words: str) -> None:
        """Press, and say yes in the dialog that asks, if one does."""
        self.page.get_by_role("button", name=words).first.click()
        yes = self.page.locator("dialog[open] button.btn-primary, dialog[open] button.btn-danger")
        if yes.count():
            yes.first.click()
        self.page.wait_for_load_state()

    def sees(self, words: str) -> None:
        try:
            self.page.locator("main").get_by_text(words).first.wait_for()
        except TimeoutError as missing:
            self.page.screenshot(path=PICTURES / "missing.png", full_page=True)
            said = self.page.locator("main").inner_text()[:600]
            raise AssertionError(f"{words!r} is not said on {self.page.url}: {said}") from missing

    def says(self) -> str:
        """The sentence of the page."""
        return self.page.locator("h1").first.inner_text()

    def looks(self, name: str, *, full: bool = True) -> None:
        """Keep a picture, and ask axe and the width: nothing serious, no sideways scrolling."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        width = self.page.viewport_size["width"] if self.page.viewport_size else 0
        self.page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=full)
        assert self.trouble == []
        assert self.page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} scrolls sideways"
        self.page.evaluate(AXE.read_text(encoding="utf8"))
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)")
        serious = [
            (one["id"], [node["html"][:160] for node in one["nodes"][:3]])
            for one in found
            if one["impact"] in {"serious", "critical"}
        ]
        assert serious == [], f"{name}: {json.dumps(serious, ensure_ascii=False, indent=1)}"


@pytest.fixture
def someone(browser: Browser, house: House) -> Iterator[Callable[..., Someone]]:
    """`someone()` is a person with a browser of her own; `someone(phone=True)`, `someone(language="en")`."""
    contexts: list[BrowserContext] = []

    def arrive(*, phone: bool = False, language: str = "zh-CN") -> Someone:
        context = browser.new_context(viewport=PHONE if phone else WIDE, locale=language, has_touch=phone)
        context.set_default_timeout(40_000)  # a noisy machine is no defect
        contexts.append(context)
        return Someone(context, house)

    yield arrive
    for context in contexts:
        context.close()


@pytest.fixture
def member() -> Callable[[str], cast.Member]:
    """A person of the demo by key."""
    return lambda key: next(one for one in cast.EVERYONE if one.key == key)


@pytest.fixture
def inbox(house: House) -> Callable[[], list[dict[str, str]]]:
    """The mails and texts that have come, the newest first."""
    return lambda: httpx.get(f"{house.sandbox_url}/inbox.json", timeout=5).json()
