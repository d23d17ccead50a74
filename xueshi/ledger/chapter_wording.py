"""The chapters that other floors read (exam, review, enrolment, fees, documents, oversight), said in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from xueshi.ledger.phrases import Plain, Tongue, listed, many, plain_name

Say = Callable[[Any, Tongue], str]


def one_of(said: Plain, words: Tongue) -> str:
    """A condition, or several of which one is enough."""
    return _("；或者").join(words.condition(one) for one in many(said))


def _chapter(lists: Mapping[str, str], labels: Callable[[], Mapping[str, str]]) -> Callable[[Any, Tongue], str]:
    """Keys one by one, each with its label; `lists` says of which closed list a key's words are."""

    def say(says: Mapping[str, Plain], words: Tongue) -> str:
        named = labels()
        parts = []
        for key, value in says.items():
            if key in ("of", "when"):
                parts.append(one_of(value, words))
            elif key != "id":
                told = _told(value, lists.get(key), words)
                parts.append(_("%(label)s：%(value)s") % {"label": named.get(key) or plain_name(key), "value": told})
        return _("；").join(part for part in parts if part)

    return say


def _told(value: Plain, of: str | None, words: Tongue) -> str:
    if value is True or value is False:
        return _("是") if value else _("否")
    if isinstance(value, Mapping):
        return _("，").join(_pair(str(key), one, of, words) for key, one in value.items())
    if isinstance(value, list):
        return listed(_told(one, of, words) for one in value)
    return words.name(of, str(value)) if of else _code(str(value))


def _pair(key: str, value: Plain, of: str | None, words: Tongue) -> str:
    if key in ("of", "when"):
        return one_of(value, words)
    told = _told(value, of, words)
    names = {
        "units": _("单位"), "persons": _("人员"), "from": _("从"), "to": _("到"), "round": _("取整"),
        "quota": _("比例"), "attempts": _("次数"),
    }  # fmt: skip
    return told if key == "by" else f"{names.get(key) or plain_name(key)} {told}"


def _code(value: str) -> str:
    """The fixed codes of the chapters in words; a name stays as it is."""
    known = {
        "unlimited": _("不限次数"), "restudy": _("重新学习"), "no_score": _("无成绩"), "study": _("学完以后"),
        "any_machine_before_end": _("结束前重新登录，任何一台机器都可以"), "all_courses": _("学完所有课程以后"),
        "learner": _("学员本人"), "person_year": _("每人每年"), "on_site": _("现场"), "online": _("网上"),
        "system": _("系统"), "counter": _("窗口"),
        "id_number": _("身份证号"), "payment": _("缴费"), "closed_book": _("闭卷"), "up": _("向上"),
        "excellent": _("优秀"),
    }  # fmt: skip
    return known.get(value, value)


def _exam_labels() -> dict[str, str]:
    return {
        "opens_after": _("何时开放"), "attempts": _("机会"), "then": _("都未合格"), "make_up": _("补考"),
        "pass_mark": _("合格线"), "practice": _("模拟考试"), "resume": _("中断以后"),
        "on_interruption": _("没有接着考的"),
    }  # fmt: skip


def _enrolment_labels() -> dict[str, str]:
    return {
        "step": _("步骤"), "by": _("谁办"), "user_name": _("用户名"), "paid": _("缴费方式"), "counters": _("到哪里缴"),
        "opened_by": _("由谁开通"), "checks_registration": _("核对注册信息"), "steps": _("经过"), "opens": _("开始"),
        "closes": _("截止"), "collective": _("集体报名"), "form": _("用表"), "activated_by": _("怎样开通"),
    }  # fmt: skip


def _oversight_labels() -> dict[str, str]:
    return {
        "by": _("由谁"), "over": _("对谁"), "duties": _("做什么"), "violations": _("哪些行为"),
        "sanctions": _("怎样处理"), "grave": _("情节严重的"), "sample": _("抽查"), "sitting": _("方式"),
        "measure": _("看什么"), "reduces": _("扣减"),
    }  # fmt: skip


def _fee(says: Mapping[str, Plain], words: Tongue) -> str:
    said = [one_of(says["of"], words)] if says.get("of") else []
    if "amount" in says:
        said.append(_("%(amount)s 元，%(per)s") % {"amount": says["amount"], "per": _code(str(says.get("per", "")))})
    if "per_hour" in says:
        said.append(_("每学时 %(amount)s 元") % {"amount": says["per_hour"]})
    if "package" in says:
        package = says["package"]
        said.append(_("%(hours)s 学时共 %(price)s 元") % {"hours": package.get("hours"), "price": package.get("price")})
    if says.get("free") is True:
        said.append(_("不收费"))
    if "by_schedule" in says:
        said.append(_("标准由%(who)s定") % {"who": words.name("actors", str(says["by_schedule"]))})
    labels = {"basis": _("依据"), "covers": _("包含"), "payers": _("谁付")}
    for key, label in labels.items():
        if key in says:
            said.append(_("%(label)s：%(value)s") % {"label": label, "value": _told(says[key], "actors", words)})
    return _("；").join(said)


def _review_labels() -> dict[str, str]:
    return {
        "first": _("由谁审"), "then": _("再由谁定"), "result": _("结果"), "sealed": _("加盖印章"), "methods": _("方式"),
    }  # fmt: skip


def _document_labels() -> dict[str, str]:
    return {
        "name": _("名称"), "issuer": _("由谁发"), "printed_by": _("由谁打印"), "made_by": _("由谁记录"),
        "needs": _("先要"), "form": _("样式"), "from": _("在哪里"),
    }  # fmt: skip


_OVER = ("by", "over")
CHAPTER_SENTENCES: dict[str, Say] = {
    "fee": _fee,
    "exam": _chapter({}, _exam_labels),
    "study": _chapter({"evidence": "evidence"}, lambda: {"evidence": _("任何一种都可以")}),
    "review": _chapter({"first": "actors", "then": "actors", "methods": "methods"}, _review_labels),
    "enrolment": _chapter(
        {"by": "actors", "step": "steps", "steps": "actors", "counters": "actors"}, _enrolment_labels
    ),
    "document": _chapter({"printed_by": "actors", "made_by": "actors", "needs": "stages"}, _document_labels),
    "oversight": _chapter(
        {**dict.fromkeys(_OVER, "actors"), "duties": "duties", "violations": "violations", "sanctions": "sanctions",
         "grave": "sanctions"},
        _oversight_labels,
    ),
}  # fmt: skip
