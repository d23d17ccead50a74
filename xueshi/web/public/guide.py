"""What can be downloaded: the operation guide and the correction form, drawn as sheets of paper."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from xueshi.kernel import printing
from xueshi.web.look import saying
from xueshi.web.public import law_quotes

SHEETS = Path(__file__).parent / "sheets"


def guide(at: datetime) -> bytes:
    """The seven steps on paper, in the language of the page, with the notice's sentences and whom to ask."""
    now = law_quotes.now(at)
    steps = law_quotes.seven_steps(now.book, now.on) if now.book else []
    contacts = now.book.contacts(now.on) if now.book else ()
    words = {
        "language": "en" if saying.in_english() else "zh",
        "title": _("操作指南"),
        "under": _("专业技术人员公需科目网络学习考试，从注册到审验共七步"),
        "steps": [
            {
                "title": step.title,
                "words": step.words,
                "quotes": [{"text": quote.text, "cite": quote.cite} for quote in step.quotes],
            }
            for step in steps
        ],
        "ask": _("咨询"),
        "contacts": [
            {
                "topic": now.book.words.term("topics", contact.topic) if now.book else "",
                "name": contact.name,
                "phones": "、".join(contact.phones),
            }
            for contact in contacts
        ],
        "foot": _("%(site)s，%(day)s 打印。以网页为准。") % {"site": settings.SITE_URL, "day": saying.day(at)},
    }
    return _draw("guide", words, at)


def correction(at: datetime) -> bytes:
    """The form for what one cannot change oneself: name, identity number."""
    words = {
        "language": "en" if saying.in_english() else "zh",
        "title": _("注册信息更正申请表"),
        "under": _("姓名或身份证号填错时用。手机、邮箱、单位、档案和职称可以登录后自己改。"),
        "rows": [
            _("现登记的姓名"),
            _("现登记证号的头四位和末四位"),
            _("更正为（姓名）"),
            _("更正为（身份证号）"),
            _("更正的原因"),
            _("联系电话"),
        ],
        "bring": _("请本人带身份证原件，到注册地的缴费窗口办理；单位统一办理的，附单位证明。"),
        "sign": [_("申请人签名"), _("日期"), _("窗口核对人"), _("日期")],
        "foot": settings.SITE_URL,
    }
    return _draw("correction", words, at)


def _draw(sheet: str, words: Mapping[str, object], at: datetime) -> bytes:
    facts = {"words": json.dumps(words, ensure_ascii=False)}
    return printing.pdf(SHEETS / f"{sheet}.typ", facts, made_at=at)
