"""What a provision's data says, as a sentence to hold beside the article's own words.

`sentence` covers every verb; a key that it does not know is still shown, by its name: nothing is left out silently.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from xueshi.ledger.chapter_wording import CHAPTER_SENTENCES, Say, one_of
from xueshi.ledger.phrases import Plain, Tongue, in_english, listed, many, plain_name
from xueshi.policy.book import Rulebook

CHAPTERS = (
    *("demand", "purpose", "relief", "owed", "counts", "make_up", "earning", "hour", "cap", "carry", "consequence"),
    *("exam", "study", "review", "enrolment", "fee", "document", "oversight"),
)


class _Read(Mapping[str, Plain]):
    """What stands in the file, remembering which keys were looked at: the others are shown by their names."""

    def __init__(self, said: Mapping[str, Plain]) -> None:
        self.said, self.seen = said, {"id"}

    def __getitem__(self, key: str) -> Plain:
        self.seen.add(key)
        return self.said[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.said)

    def __len__(self) -> int:
        return len(self.said)


def chapter(verb: str) -> str:
    """What a verb is about, as a heading."""
    names = {
        "demand": _("学时要求"), "purpose": _("办事要求"), "relief": _("减免与倾斜"), "owed": _("从哪年起"),
        "counts": _("什么算数"), "make_up": _("补学"), "earning": _("折算"), "hour": _("一学时多长"),
        "cap": _("最多计多少"), "carry": _("结转"), "consequence": _("不够的后果"), "exam": _("考试"),
        "study": _("学习凭据"), "review": _("审验"), "enrolment": _("报名"), "fee": _("费用"),
        "document": _("证书与单据"), "oversight": _("职责与监督"), "note": _("说明"),
    }  # fmt: skip
    return names.get(verb, plain_name(verb))


def tongue(book: Rulebook, written: Iterable[tuple[str, str, Plain]]) -> Tongue:
    """The words of an instrument; `written` are its provisions as (id, verb, what stands in the file)."""
    bare = Tongue(book.words)
    return Tongue(book.words, {id: demand_name(says, bare) for id, verb, says in written if verb == "demand"})


def sentence(verb: str, says: Plain, words: Tongue) -> str:
    """One provision's data in one sentence."""
    if not isinstance(says, Mapping):
        return str(says)
    say = SENTENCES.get(verb)
    read = _Read(says)
    said = say(read, words) if say else ""
    rest = [f"{plain_name(key)}: {_flat(value, words)}" for key, value in says.items() if key not in read.seen]
    return " ".join(_("；").join(part for part in (said, *rest) if part).split())


def demand_name(says: Mapping[str, Plain], words: Tongue) -> str:
    """What a demand is called in a table: by its category, its filter, or as the whole."""
    if "holds" in says:
        return words.condition(says["holds"])
    if "one_of_each" in says:
        return listed(words.term(mark) for mark in says["one_of_each"]) + _("（每样都要）")
    if says.get("of"):
        return _kind(says["of"], words)
    return _("任选其一") if "any_of" in says else _("总学时")


def _kind(of: Plain, words: Tongue) -> str:
    """What entries of a filter are called: 公需科目, 公需科目必修课."""
    if not isinstance(of, Mapping):
        return words.condition(of)
    parts = []
    for key, value in of.items():
        if key in ("category", "kind") and isinstance(value, str):
            parts.append(words.value(key, value))
        else:
            parts.append(words.condition({key: value}))
    return _("、").join(one for one in parts if not any(other != one and other.startswith(one) for other in parts))


def definition(name: str, says: Plain, words: Tongue) -> str:
    """A word that the instrument defines."""
    rows = says.get("rows", []) if isinstance(says, Mapping) else many(says)
    if isinstance(says, Mapping) and "full_years_since" in says:
        return _("从“%(event)s”起满的年数") % {"event": words.term(str(says["full_years_since"]))}
    each = (
        _("%(is)s：%(when)s") % {"is": words.value(name, row["is"]), "when": one_of(row["when"], words)} for row in rows
    )
    return _("；").join(each)


def _flat(value: Plain, words: Tongue) -> str:
    if isinstance(value, Mapping):
        return words.condition(value)
    return listed(_flat(one, words) for one in value) if isinstance(value, list) else str(value)


# ---- demands and what they are for ------------------------------------------------------------------------------


def _who(says: Mapping[str, Plain], words: Tongue) -> str:
    return _("%(who)s的：") % {"who": one_of(says["when"], words)} if says.get("when") else ""


def _demand(says: Mapping[str, Plain], words: Tongue) -> str:
    window = words.window(says.get("over", "year"))
    whole = _("（“%(whole)s”当中的）") % {"whole": words.demand(str(says["within"]))} if "within" in says else ""
    asked = f"{_who(says, words)}{window}{whole} {_wanted(says, words)}"
    if "same" in says:
        asked += _("，都在同一%(mark)s里") % {"mark": words.term(str(says["same"]))}
    for other in many(says.get("with", [])):
        asked += _("；其中%(of)s按%(window)s算") % {
            "of": words.condition(other.get("of", {})), "window": words.window(other.get("over", "year")),
        }  # fmt: skip
    purposes = says.get("for", ["annual"])
    used = words.names("purposes", purposes) if purposes else _("只在另有规定要用时")
    return f"{asked}{_('；用于：%(purposes)s') % {'purposes': used}}"


def _wanted(says: Mapping[str, Plain], words: Tongue) -> str:
    of = says.get("of", {})
    kind = _kind(of, words) if of else ""
    if "at_least" in says:
        amount = words.amount(says["at_least"])
        return _("%(kind)s不少于 %(amount)s") % {"kind": kind or _("各类学习"), "amount": amount}
    if "courses" in says:
        return _("%(kind)s不少于 %(n)s 项") % {"kind": kind or _("各类学习"), "n": says["courses"]}
    if "one_of_each" in says:
        each = (_each(mark, values, words) for mark, values in says["one_of_each"].items())
        return _("%(kind)s每样至少一项：%(each)s") % {"kind": kind, "each": listed(each)}
    if "holds" in says:
        return _("要有：%(what)s") % {"what": words.condition(says["holds"])}
    return _branches(says, words)


def _each(mark: str, values: Plain, words: Tongue) -> str:
    return listed(words.value(mark, value) for value in many(values))


def _branches(says: Mapping[str, Plain], words: Tongue) -> str:
    some = says.get("some_of", {})
    ways = {
        "any_of": (_("下列之一："), says.get("any_of")),
        "all_of": (_("下列每一项："), says.get("all_of")),
        "some_of": (_("下列至少 %(n)s 项：") % {"n": some.get("at_least", "")}, some.get("demands")),
    }
    for key, (lead, branches) in ways.items():
        if key in says:
            return lead + _("；").join(_branch(one, words) for one in branches or [])
    return ""


def _branch(says: Mapping[str, Plain], words: Tongue) -> str:
    named = f"{says['name']}：" if says.get("name") and not in_english() else ""
    window = words.window(says["over"]) + " " if "over" in says else ""
    return f"{named}{_who(says, words)}{window}{_wanted(says, words)}"


def _purpose(says: Mapping[str, Plain], words: Tongue) -> str:
    what = f"{words.names('purposes', says['for'])}{_('，')}{_who(says, words)}"
    if not says.get("asks"):
        return what + _("不要求学时")
    asked = listed(words.demand(str(id)) for id in many(says["asks"]))
    return what + _("看%(window)s的%(asked)s") % {"window": words.window(says.get("over", "year")), "asked": asked}


def _scope(says: Mapping[str, Plain], words: Tongue) -> str:
    """For which decision, and which demands."""
    when = _("办%(purposes)s时，") % {"purposes": words.names("purposes", says["in"])} if "in" in says else ""
    return when + _who(says, words)


def _of_demands(says: Mapping[str, Plain], words: Tongue) -> str:
    return listed(words.demand(str(id)) for id in many(says["of"])) if "of" in says else ""


def _relief(says: Mapping[str, Plain], words: Tongue) -> str:
    gives = says["gives"]
    what = _of_demands(says, words)
    if isinstance(gives, Mapping):
        lowered = _("只要求%(what)s的 %(share)s") % {"what": what or _("规定学时"), "share": gives.get("times", "")}
        return _scope(says, words) + lowered
    ways = {
        "waived": _("不要求%(what)s"), "complete": _("%(what)s视同完成"),
        "reference": _("%(what)s只作参考，不够也不拦"), "no_exam": _("可以不参加考试（%(what)s）"),
        "deferred": _("%(what)s不够的部分顺延到下一年"),
    }  # fmt: skip
    return _scope(says, words) + ways.get(str(gives), str(gives)) % {"what": what or pgettext("unit", "学时")}


def _owed(says: Mapping[str, Plain], words: Tongue) -> str:
    start = says["from"]
    if isinstance(start, Mapping):
        event = words.term(str(next(iter(start.values()))))
        text = _("从“%(event)s”的下一年起计") if "year_after" in start else _("从“%(event)s”那一年起计")
        return _scope(says, words) + text % {"event": event}
    return _scope(says, words) + _("从 %(year)s 年起计") % {"year": start}


# ---- what counts, and for how much ------------------------------------------------------------------------------


def _entries(says: Mapping[str, Plain], words: Tongue, key: str = "of") -> str:
    return words.condition(says[key]) if says.get(key) else _("所有学习")


def _done(says: Mapping[str, Plain]) -> str:
    done = says.get("done", {})
    first, last = done.get("from"), done.get("to")
    if first and last:
        return _("在 %(first)s 到 %(last)s 之间完成") % {"first": first, "last": last}
    if first or last:
        return (_("%(day)s 及以后完成") if first else _("%(day)s 及以前完成")) % {"day": first or last}
    return ""


def _counts(says: Mapping[str, Plain], words: Tongue) -> str:
    needs = [words.condition(says["only"])] if says.get("only") else []
    if "after" in says:
        needs.append(_("在“%(event)s”以后完成") % {"event": words.term(str(says["after"]))})
    needs.append(_done(says))
    return _scope(says, words) + _("%(what)s：要%(needs)s才算") % {
        "what": _entries(says, words), "needs": _("，且").join(need for need in needs if need),
    }  # fmt: skip


def _make_up(says: Mapping[str, Plain], words: Tongue) -> str:
    of = _entries(says, words) if says.get("of") else pgettext("unit", "学时")
    what = _("可以补学 %(years)s 年的%(what)s") % {"years": words.years(says.get("years", [])), "what": of}
    return _scope(says, words) + _("；").join(part for part in (what, _done(says)) if part)


def _earning(says: Mapping[str, Plain], words: Tongue) -> str:
    gives = says.get("gives")
    rated = isinstance(gives, Mapping) or gives in (None, "undecided")
    text = _("%(what)s：%(amount)s") if rated else _("%(what)s，计 %(amount)s")
    worth = text % {
        "what": _entries(says, words), "amount": _("按原有学时计") if gives is None else words.amount(gives),
    }  # fmt: skip
    if "as" in says:
        worth += _("，算作%(kind)s") % {
            "kind": listed((words.value("category", one) for one in many(says["as"])), _("或"))
        }
    more = (
        ("at_most", _("，最多 %(x)s")), ("split", _("，分 %(x)s 年计")), ("valid", _("，%(x)s 年内有效")),
        ("once", _("，一年只计一次")),
    )  # fmt: skip
    for key, text in more:
        if key in says:
            worth += text % {"x": words.amount(says[key]) if key == "at_most" else says[key]} if "%" in text else text
    return worth


def _hour(says: Mapping[str, Plain], words: Tongue) -> str:
    minutes = words.amount(says.get("minutes", ""), _("分钟"))
    said = [_("每 %(minutes)s计 1 学时") % {"minutes": minutes}]
    if "at_most" in says:
        said.append(_("不超过课程本身的长度"))
    if "round_down_to" in says:
        said.append(_("不足 %(step)s 学时的部分舍去") % {"step": says["round_down_to"]})
    return _("，").join(said)


def _cap(says: Mapping[str, Plain], words: Tongue) -> str:
    towards = listed(words.demand(str(id)) for id in many(says["towards"]))
    said = _("%(what)s计入%(towards)s，最多 %(amount)s") % {
        "what": _entries(says, words), "towards": towards, "amount": words.amount(says["at_most"]),
    }  # fmt: skip
    if says.get("shared") is True:
        said += _("，几项合用这一个上限")
    return _who(says, words) + said + (_("，每年分别算") if "per" in says else "")


def _carry(says: Mapping[str, Plain], words: Tongue) -> str:
    what = words.demand(str(says["surplus_of"]))
    if says.get("of"):
        what = f"{what}{_('（')}{words.condition(says['of'])}{_('）')}"
    said = _("%(what)s多出的学时可以转到下一年") % {"what": what}
    if "at_most" in says:
        said += _("，最多 %(amount)s") % {"amount": words.amount(says["at_most"])}
    return said + (_("，%(n)s 年内有效") % {"n": says["lives"]} if "lives" in says else "")


def effect(name: str) -> str:
    """What a consequence does."""
    known = {
        "block": _("不能办"), "bar_qualified": _("不能定为合格及以上等次"), "bar_excellent": _("不能定为优秀等次"),
        "indicator": _("作为一项考核内容或依据"), "condition": _("作为重要条件"),
    }  # fmt: skip
    return known.get(name, plain_name(name))


def _consequence(says: Mapping[str, Plain], words: Tongue) -> str:
    things = listed(str(one) for one in many(says.get("on", [])))
    said = _("%(purposes)s要求的学时不够时，%(effect)s") % {
        "purposes": words.names("purposes", says["if_unmet"]), "effect": effect(str(says["effect"])),
    }  # fmt: skip
    said += _("：%(things)s") % {"things": things} if things and not in_english() else ""
    if says.get("in_principle") is True:
        said += _("（原则上；例外由人决定并记录）")
    return said + (_("；除非%(unless)s") % {"unless": words.condition(says["unless"])} if "unless" in says else "")


def _note(says: Mapping[str, Plain], words: Tongue) -> str:
    for key in ("why", "topic", "contacts", "client"):
        says.get(key)
    return _("这一句不由系统计算，由人掌握")


SENTENCES: dict[str, Say] = {
    "demand": _demand, "purpose": _purpose, "relief": _relief, "owed": _owed, "counts": _counts, "make_up": _make_up,
    "earning": _earning, "hour": _hour, "cap": _cap, "carry": _carry, "consequence": _consequence, "note": _note,
    **CHAPTER_SENTENCES,
}  # fmt: skip
