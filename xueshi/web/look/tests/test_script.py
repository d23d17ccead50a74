"""The one script, the layout and htmx in a real browser; axe looks at every component."""

import shutil
import threading
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.conf import settings as django_settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application

from tools import assets
from xueshi.web.look.tests import pages

CHROMIUM = shutil.which("chromium")
LOUD = "no chromium on this machine: the script was not tried in a browser"
pytestmark = [pytest.mark.journey, pytest.mark.skipif(CHROMIUM is None, reason=LOUD)]
AXE = assets.MODULES / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


@contextmanager
def serving():
    server = make_server("127.0.0.1", 0, StaticFilesHandler(get_wsgi_application()), Server, Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def address(settings):
    assets.main()
    settings.ROOT_URLCONF = "xueshi.web.look.tests.pages"
    settings.MIDDLEWARE = [
        name
        for name in django_settings.MIDDLEWARE
        if not any(word in name for word in ("whitenoise", "axes", "AuthenticationMiddleware"))
    ]
    pages.heard.clear()
    with serving() as found:
        yield found


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=[*flags, "--disable-sync"])
        yield found
        found.close()


@contextmanager
def visiting(browser, address, path, language="zh-hans", width=1280, **options):
    context = browser.new_context(viewport={"width": width, "height": 900}, **options)
    context.add_cookies([{"name": "django_language", "value": language, "url": address}])
    page = context.new_page()
    page.problems = []
    page.on("pageerror", lambda problem: page.problems.append(str(problem)))
    page.on(
        "console",
        lambda said: "Content Security" in said.text and page.problems.append(said.text),
    )
    page.goto(f"{address}{path}")
    page.wait_for_load_state("networkidle")
    yield page
    assert page.problems == []
    context.close()


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1280), ("en", 1024), ("zh-hans", 390), ("en", 390)])
def test_no_component_scrolls_sideways_and_axe_finds_nothing(browser, address, language, width):
    with visiting(browser, address, "/look/", language, width, bypass_csp=True) as page:
        page.evaluate(AXE.read_text(encoding="utf-8"))
        for size in ("", "large"):
            page.evaluate("size => document.documentElement.dataset.size = size", size)
            over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert page.evaluate(over) <= 0
            found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
            assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == []


def test_a_second_click_sends_nothing_and_the_button_says_so(browser, address):
    with visiting(browser, address, "/play/") as page:
        said = page.evaluate(
            "new Promise(done => { const b = document.getElementById('b-pay'); b.click(); b.click();"
            " b.form.requestSubmit(); setTimeout(() => done([b.textContent, b.disabled]), 50) })"
        )
        page.wait_for_url("**/heard/")

        assert said == ["正在办理，请稍候", True]
        assert pages.heard == ["pay"]


def test_danger_asks_first_and_a_no_sends_nothing(browser, address):
    with visiting(browser, address, "/play/") as page:
        page.click("#b-revoke")
        assert page.inner_text("dialog h2") == "撤销这张证书？"
        page.keyboard.press("Escape")
        assert page.locator("dialog.x-ask").count() == 0
        assert pages.heard == []

        page.click("#b-revoke")
        page.click("dialog .btn-primary")
        page.wait_for_url("**/heard/")
        assert pages.heard == ["revoke"]


def test_words_for_the_reader_are_shown_and_failures_leave_the_page_as_it_is(browser, address):
    with visiting(browser, address, "/play/") as page:
        page.click("#h422")
        page.wait_for_selector("text=answer 422")

        page.click("#h500")
        page.wait_for_selector("#notices >> text=服务器出了错")
        assert page.inner_text("#target") == "answer 422"

        page.click("#h409")
        page.wait_for_selector("#notices >> text=考试已经截止。")
        assert page.inner_text("#target") == "answer 422"

        page.context.set_offline(True)
        page.click("#h422")
        page.wait_for_selector("#notices >> text=连不上服务器")
        page.context.set_offline(False)

        page.click("#hask")
        page.click("dialog .btn-primary")
        page.wait_for_selector("text=answer 200")
        assert "连不上" not in page.inner_text("#notices")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("500199 19800307 0028", ["500199", "1980年3月7日生", "女", "应为 3"]),
        ("11010519491231002x", ["110105", "1949年12月31日生", "女", "校验无误"]),
        ("110105491231002", ["491231", "1949年12月31日生", "15 位旧号"]),
        ("11010519490231002", ["没有这一天"]),
    ],
)
def test_an_identity_number_is_read_back_while_it_is_typed(browser, address, typed, said):
    with visiting(browser, address, "/play/") as page:
        page.fill("#id_number", typed)
        shown = page.inner_text("[data-id4]")

        assert [words for words in said if words not in shown] == []


def test_the_password_can_be_seen_and_large_type_is_kept(browser, address):
    with visiting(browser, address, "/play/") as page:
        page.fill("#id_password", "secret")
        page.click("[data-eye]")
        assert page.get_attribute("#id_password", "type") == "text"
        assert page.get_attribute("[data-eye]", "aria-label") == "隐藏密码"

        page.click("[data-size-switch]")
        page.reload()
        assert page.evaluate("document.documentElement.dataset.size") == "large"
        assert page.get_attribute("[data-size-switch]", "aria-pressed") == "true"


def test_the_language_is_switched_without_the_script(browser, address):
    with visiting(browser, address, "/play/", java_script_enabled=False) as page:
        page.click("form.x-wide button[name=language]")

        assert page.get_attribute("html", "lang") == "en"
        assert page.url.endswith("/play/")


def test_a_phone_reaches_everything_by_the_menu(browser, address):
    with visiting(browser, address, "/play/", width=390) as page:
        assert not page.is_visible("form.x-wide")
        page.click(".x-menu summary")
        assert page.is_visible(".x-menu button[name=language]")
        page.keyboard.press("Escape")
        assert not page.is_visible(".x-menu button[name=language]")
