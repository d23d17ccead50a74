"""Every page of the way in English too, on a wide screen and on a phone: axe finds nothing serious."""

import re

import pytest

CHINESE = re.compile(r"[\u4e00-\u9fff]")
NAMES = re.compile(r"示例[\u4e00-\u9fff]*|渝中区[\u4e00-\u9fff]*")  # people and places keep theirs

PAGES = {
    "visitor": (
        "/", "/how/", "/downloads/", "/help/", "/requirements/", "/privacy/", "/check/", "/sign-in/", "/register/",
    ),
    "new": (
        "/learn/", "/learn/courses/", "/learn/study/", "/learn/exams/", "/learn/documents/", "/learn/hours/", "/me/",
    ),
    "passed": ("/me/history/", "/me/looks/", "/me/requests/", "/me/security/"),
    "officer": (
        "/office/roll/", "/office/hours/", "/office/requests/", "/office/posts/", "/office/establishment/",
        "/office/bases/",
    ),
    "head": ("/unit/roll/", "/unit/hours/", "/unit/rosters/", "/unit/invitations/", "/unit/posts/", "/unit/requests/"),
    "base-head": ("/base/",),
    "studying": ("/learn/", "/learn/study/", "/learn/exams/"),
    "again": ("/learn/", "/learn/study/", "/learn/exams/"),
    "returned": ("/learn/", "/learn/documents/"),
    "done": ("/learn/", "/learn/documents/", "/learn/hours/"),
    "cashier": ("/office/counter/", "/office/reviews/"),
    "clerk": ("/unit/",),
    "operator": (
        "/operate/", "/operate/establishment/", "/operate/posts/", "/operate/courses/",
        "/operate/banks/", "/operate/plans/",
    ),
}  # fmt: skip


@pytest.mark.journey
@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_page_stands_in_both_languages_and_widths(someone, member, language: str, phone: bool) -> None:
    for key, paths in PAGES.items():
        visitor = someone(phone=phone, language=language)
        if key != "visitor":
            visitor.signs_in(member(key).id_number)
        for path in paths:
            visitor.goes_to(path)
            visitor.looks(f"{language[:2]}-{key}{path.replace('/', '-').rstrip('-')}")
            if language == "en":
                assert visitor.page.locator("html").get_attribute("lang") == "en"
                heading = NAMES.sub("", visitor.page.locator("h1").first.inner_text())
                assert not CHINESE.search(heading), f"{path} says {heading}"
