"""The components as pages get them: wired for keyboard and ear, no inline code, both languages."""

import io
import re
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory
from django.utils import translation
from django.utils.translation.template import templatize

from xueshi.kernel.errors import Refused
from xueshi.web.look import saying, views

LOOK = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 12, 19, 9, 15, 3, tzinfo=saying.SHANGHAI)
KEYWORDS = {"_": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2)}


@pytest.fixture(autouse=True)
def chinese():
    with translation.override("zh-hans"):
        yield


class Elements(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self, page):
        super().__init__()
        self.all = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.all.append((tag, dict(attrs)))

    def ids(self):
        return [attrs["id"] for _, attrs in self.all if attrs.get("id")]

    def named(self, *tags):
        return [attrs for tag, attrs in self.all if tag in tags]


def shown(source, **context):
    return engines["django"].from_string(source).render(context)


def states_page(language="zh-hans"):
    with translation.override(language):
        request = RequestFactory().get("/look/")
        request._messages = []
        return views.states(request).content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_of_all_components_has_one_h1_and_no_inline_code(language):
    elements = Elements(states_page(language))

    assert len(elements.named("h1")) == 1
    assert [a for _, a in elements.all if any(n == "style" or n.startswith("on") for n in a)] == []
    assert all(script.get("src") for script in elements.named("script"))
    assert elements.named("style") == []


def test_the_language_of_the_page_is_that_of_its_words():
    assert '<html lang="zh-Hans"' in states_page()
    assert '<html lang="en"' in states_page("en")


def test_an_english_page_keeps_chinese_only_where_the_notice_is_quoted():
    page = states_page("en")
    page = re.sub(r"<q lang=\"zh-Hans\">.*?</q>|<cite>.*?</cite>", "", page)
    page = re.sub(r'<button name="language" value="zh-hans".*?</button>', "", page)
    page = re.sub(r'<span class="x-seal".*?</span></span>', "", page)

    assert re.findall(r"[\u4e00-\u9fff]+", page) == []


def test_every_control_has_a_label_and_every_explanation_exists():
    elements = Elements(states_page())
    ids = elements.ids()

    assert len(ids) == len(set(ids))
    labelled = {label.get("for") for label in elements.named("label")}
    for control in elements.named("input", "select", "textarea"):
        if control.get("type") == "hidden":
            continue
        assert control["id"] in labelled
        for explained in control.get("aria-describedby", "").split():
            assert explained in ids


def test_the_error_summary_leads_to_each_field():
    page = states_page()
    elements = Elements(page)
    summary = page[page.index('id="errors"') :]
    targets = re.findall(r'href="#([^"]+)"', summary[: summary.index("</div></div>")])

    assert len(targets) == 4
    assert set(targets) <= set(elements.ids())


def test_a_field_in_error_says_so_and_keeps_what_was_typed():
    form = views.Sample({"number": "12345"})
    form.is_valid()

    wrong = shown("{% field form.name %}", form=form)
    kept = shown("{% field form.number %}", form=form)

    assert 'aria-invalid="true"' in wrong
    assert "请填写" in wrong
    assert "x-wrong" not in kept
    assert 'value="12345"' in kept


def test_a_missing_answer_is_asked_for_by_its_kind():
    form = views.Sample({})
    form.is_valid()

    assert "请选一项" in shown("{% field form.verdict %}", form=form)
    assert "请先勾选" in shown("{% field form.agreed %}", form=form)


def test_what_a_reader_typed_is_escaped():
    form = views.Sample({"name": '"><script>'})

    page = shown("{% field form.name %}{% tag words 'bad' %}", form=form, words="<b>")

    assert "<script>" not in page
    assert "&lt;b&gt;" in page


def test_a_hidden_field_complains_in_the_summary_without_a_link():
    class Hidden(forms.Form):
        token = forms.CharField(widget=forms.HiddenInput)

    form = Hidden({})
    form.is_valid()

    summary = shown("{% error_summary form %}", form=form)
    assert "x-bad" in summary
    assert "<a " not in summary


def test_cells_say_in_words_what_they_show():
    page = shown('{% cells "专业科目" need=60 studied="41.5" review=6 %}')

    assert "专业科目：需 60 学时。已学，考试合格后计入 41.5，审核中 6，还要学 12.5" in page
    assert page.count("<i") == 60 + 3  # and three in the key
    assert '<i class="h"><b class="s"></b><b></b></i>' in page


def test_too_many_hours_for_cells_are_said_alone():
    page = shown('{% cells "专业科目" need=400 credited=10 key=False %}')

    assert "<i" not in page
    assert "还要学 390" in page


@pytest.mark.parametrize(
    ("at", "css"),
    [
        (NOW + timedelta(days=12), 'class="x-due"'),
        (NOW + timedelta(days=120), "x-far"),
        (NOW - timedelta(seconds=1), "x-past"),
        (NOW, "x-past"),
    ],
)
def test_a_deadline_looks_near_far_or_past(at, css):
    assert css in shown("{% due at now=now %}", at=at, now=NOW)


def test_the_last_day_counts_hours_and_the_deadline_says_24_00():
    at = datetime(2027, 1, 1, tzinfo=saying.SHANGHAI)

    page = shown("{% due at now=now %}", at=at, now=at - timedelta(hours=3))

    assert "还有 3 小时" in page
    assert "2026年12月31日（周四）24:00" in page


def test_steps_tell_the_ear_which_is_done_and_which_is_now():
    items = [
        {"title": "注册", "state": "done"},
        {"title": "学习", "state": "now"},
        {"title": "考试", "state": "later"},
    ]
    page = shown("{% steps items %}", items=items)

    assert page.count("已完成") == 1
    assert page.count('aria-current="step"') == 1
    assert "第 2 步 · 学习" in page
    assert "共 3 步，下一步是考试" in page
    assert "x-of-3" in page


def test_a_receipt_needs_a_time_to_say_saved():
    assert "已保存" in shown("{% saved at %}", at=NOW)
    assert "未保存，最后一次" in shown("{% saved at ok=False %}", at=NOW)
    assert "还没有保存过" in shown("{% saved %}")


def test_gaps_of_a_video_stand_where_nothing_was_watched():
    page = shown('{% trace 1000 covered "看过" at=900 %}', covered=[(0, 100), (300, 900)])

    assert page.count('class="gap"') == 1
    assert '<rect class="gap" x="100.0" width="200.0"' in page


def test_the_pager_keeps_the_other_parameters():
    request = RequestFactory().get("/", {"q": "示例", "page": "2"})

    page = shown("{% pager page %}", page=Paginator(range(23), 10).page(2), request=request)

    assert "11–20，共 23" in page
    assert "q=%E7%A4%BA%E4%BE%8B&amp;page=3" in page


def test_an_empty_list_says_so_and_offers_no_pages():
    request = RequestFactory().get("/")

    page = shown("{% pager page %}", page=Paginator([], 10).page(1), request=request)

    assert "共 0" in page
    assert "href" not in page


def test_a_refusal_says_the_sentence_and_the_way_on():
    class Closed(Refused):
        sentence = "要先学完 2 门课，考试才开放。"
        next_step = "先去学习。"

    request = RequestFactory().get("/")
    for template in ("refused.html", "refused_fragment.html"):
        page = engines["django"].get_template(template).render({"refused": Closed()}, request)
        assert "要先学完 2 门课，考试才开放。" in page
        assert "先去学习。" in page


@pytest.mark.parametrize("template", ["404.html", "500.html", "403_csrf.html"])
def test_the_pages_of_failure_stand_without_any_context(template):
    page = engines["django"].get_template(template).render({})

    assert len(Elements(page).named("h1")) == 1


@pytest.mark.parametrize("door", ["learners", "authorities"])
def test_only_learners_have_tabs_on_a_phone(door):
    nav = [{"label": "我的学时", "url": "/learn/", "icon": "home", "current": True}]
    context = {"nav": nav, "door": door, "viewer": SimpleNamespace(name="示例学员")}

    page = engines["django"].get_template("base.html").render(context)

    assert ("x-tabs" in page) == (door == "learners")
    assert page.count('aria-current="page"') == (3 if door == "learners" else 2)
    assert "示例学员" in page


def test_the_margin_is_there_only_when_there_is_something_in_it():
    bare = shown('{% extends "base.html" %}{% block content %}x{% endblock %}')
    noted = shown('{% extends "base.html" %}{% block margin %}{% note 1 quote="第一条" %}{% endblock %}')

    assert "x-margin" not in bare
    assert "x-cols" not in bare
    assert 'id="n1"' in noted
    assert "x-cols" in noted


def messages_used():
    for file in LOOK.rglob("*.py"):
        if "tests" not in file.parts:
            with file.open("rb") as source:
                yield from (found[1] for found in extract("python", source, KEYWORDS))
    for file in LOOK.rglob("*.html"):
        source = io.BytesIO(templatize(file.read_text(encoding="utf-8")).encode())
        yield from (found[1] for found in extract("javascript", source, KEYWORDS))


def test_every_word_of_the_look_has_its_english():
    catalogue = LOOK / "locale" / "en" / "LC_MESSAGES" / "django.po"
    with catalogue.open("rb") as source:
        entries = list(read_po(source, locale="en", abort_invalid=True))
    texts = {m.id if isinstance(m.id, str) else m.id[0]: m.string for m in entries if m.id}
    used = {said if isinstance(said, str) else said[0] for said in messages_used()}

    assert used - texts.keys() == set()
    assert texts.keys() - used == set()
    assert [text for text, said in texts.items() if not (said if isinstance(said, str) else all(said))] == []
