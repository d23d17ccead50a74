"""Parts of a provision said in words: conditions, amounts, windows; in the language of the reader.

They are read from the file's own keys, not from what the engine makes of them, so that a page shows what stands there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from xueshi.policy.words import Vocabulary, Word

Plain = Any  # what JSON holds: the content of a verb as it stands in the file
BOUNDS = ("at_least", "above", "up_to", "below", "since", "after", "by", "before")


def in_english() -> bool:
    """Whether the reader asked for English."""
    return (get_language() or "").startswith("en")


def plain_name(key: str) -> str:
    """A key of the vocabulary as English words: ``deputy_senior`` is "deputy senior"."""
    return key.replace("_", " ").replace("-", " ").replace("hrss", "HRSS")


def listed(parts: Iterable[str], last: str = "") -> str:
    """Several things in a row; ``last`` is the word before the last one, such as 或."""
    found = [part for part in parts if part]
    if last and len(found) > 1:
        found[-2:] = [f"{found[-2]}{last}{found[-1]}"]
    return _("、").join(found)


def many(value: Plain) -> list[Plain]:
    """A list, or the one thing as a list."""
    return list(value) if isinstance(value, list) else [value]


@dataclass(frozen=True)
class Tongue:
    """The words of one instrument and the names of its demands, in the reader's language."""

    words: Vocabulary
    demands: Mapping[str, str] = field(default_factory=dict)

    def word(self, name: str) -> Word | None:
        """A fact or a mark."""
        return self.words.facts.get(name) or self.words.entries.get(name)

    def term(self, name: str) -> str:
        """What a fact or a mark is called."""
        word = self.word(name)
        return self._said(word.term if word else "", name)

    def value(self, name: str, value: Plain) -> str:
        """What a value of a word is called; a group is all that belongs to it."""
        word = self.word(name)
        if word and str(value) in word.groups:
            return listed((self.value(name, one) for one in word.groups[str(value)]), _("或"))
        chinese = word.values.get(str(value), "") if word else ""
        return self._said(chinese, str(value)) if chinese or str(value)[:1].isalpha() else str(value)

    def name(self, of: str, key: str) -> str:
        """A name of one of the closed lists (purposes, actors, …); an unlisted one as it stands."""
        return self._said(self.words.lists.get(of, {}).get(key, ""), key)

    def names(self, of: str, keys: Plain) -> str:
        """Several of them."""
        return listed(self.name(of, str(key)) for key in many(keys))

    def demand(self, id: str) -> str:
        """What a demand is called in a sentence."""
        return self.demands.get(id, id)

    def _said(self, chinese: str, key: str) -> str:
        if not in_english():
            return chinese or key
        english = pgettext("law", chinese) if chinese else ""
        return english if english and english != chinese else plain_name(key)

    # ---- conditions and filters ---------------------------------------------------------------

    def condition(self, said: Plain) -> str:
        """Every key holds; nothing said is nothing."""
        parts = [self._key(key, value) for key, value in said.items()] if isinstance(said, Mapping) else [str(said)]
        return _("，且").join(part for part in parts if part)

    def _key(self, key: str, value: Plain) -> str:
        if key == "any":
            return _("（%(those)s）") % {"those": _("；或者").join(self.condition(one) for one in many(value))}
        if key == "all":
            return _("（%(those)s）") % {"those": _("，且").join(self.condition(one) for one in many(value))}
        if key == "not":
            inner = _("；或者").join(self.condition(one) for one in many(value))
            return _("不是（%(this)s）") % {"this": inner}
        if key == "age":
            return self._age(value)
        if key == "says":
            return _("写明了%(term)s") % {"term": listed(self.term(str(one)) for one in many(value))}
        if key == "matching":
            return _("%(term)s与申报的一致") % {"term": listed(self.term(str(one)) for one in many(value))}
        return self._word(key, value)

    def _age(self, limits: Plain) -> str:
        if not isinstance(limits, Mapping):
            return _("满 %(age)s 周岁") % {"age": limits}
        each = (
            _("%(who)s满 %(age)s 周岁") % {"who": self.value("sex", sex), "age": age} for sex, age in limits.items()
        )
        return listed(each)

    def _word(self, name: str, value: Plain) -> str:
        term = self.term(name)
        if value is True:
            return term
        if value is False:
            return _("没有%(term)s") % {"term": term}
        if isinstance(value, Mapping):
            return self._measured(name, term, value)
        values = listed((self.value(name, one) for one in many(value)), _("或"))
        return _("%(term)s为%(values)s") % {"term": term, "values": values}

    def _measured(self, name: str, term: str, value: Mapping[str, Plain]) -> str:
        said = []
        for key, bound in value.items():
            if key == "in":
                said.append(_("当年有%(term)s") % {"term": term})
            elif key in ("months", "days", "years") and isinstance(bound, Mapping):
                lasted = self.bounds("", bound)
                unit = {"months": _("个月"), "days": _("天"), "years": _("年")}[key]
                said.append(_("当年%(term)s%(lasted)s %(unit)s") % {"term": term, "lasted": lasted, "unit": unit})
            elif key in BOUNDS:
                said.append(f"{term}{self.bounds(name, {key: bound})}")
            else:
                said.append(f"{term} {plain_name(key)} {bound}")
        return _("，且").join(said)

    def bounds(self, name: str, bounds: Mapping[str, Plain]) -> str:
        """Bounds of a number, a day or an ordered word."""
        ways = {
            "at_least": _("不低于 %(bound)s"), "above": _("高于 %(bound)s"), "up_to": _("不超过 %(bound)s"),
            "below": _("低于 %(bound)s"), "since": _("在 %(bound)s 及以后"), "after": _("在 %(bound)s 以后"),
            "by": _("在 %(bound)s 及以前"), "before": _("在 %(bound)s 以前"),
        }  # fmt: skip
        return listed(ways[key] % {"bound": self.value(name, bound)} for key, bound in bounds.items())

    # ---- amounts and windows ------------------------------------------------------------------

    def amount(self, said: Plain, unit: str = "") -> str:
        """A figure, a table, a rate or a share, with its unit (学时 unless given)."""
        unit = unit or pgettext("unit", "学时")
        if isinstance(said, list):
            return _(" 加 ").join(self.amount(one, unit) for one in said)
        if not isinstance(said, Mapping):
            return _("由审核人核定") if said == "undecided" else _("%(n)s %(unit)s") % {"n": said, "unit": unit}
        if said.get("per") == "hours" and str(said.get("is")) == "1" and "less" not in said:
            return _("按原有学时计")
        if "per" in said:
            rate = _("每 1 %(per)s计 %(n)s %(unit)s") % {
                "per": self.measure(said["per"]),
                "n": said["is"],
                "unit": unit,
            }
            return rate + (_("（先减去%(less)s）") % {"less": self.term(str(said["less"]))} if "less" in said else "")
        if "share" in said:
            of = {"required": _("应有学时"), "accumulated": _("已有学时")}.get(
                str(said["of"]), self.demand(str(said["of"]))
            )
            return _("%(of)s的 %(share)s") % {"of": of, "share": said["share"]}
        if "years" in said:
            return _("%(n)s 年的%(demand)s") % {"n": said["years"], "demand": self.demand(str(said["of"]))}
        return self._table(said, unit)

    def measure(self, name: Plain) -> str:
        """What a rate counts."""
        own = {
            "hours": pgettext("unit", "学时"),
            "days": _("天"),
            "months": _("个月"),
            "minutes": _("分钟"),
            "words": _("字"),
        }
        return own.get(str(name)) or self.term(str(name))

    def _table(self, said: Mapping[str, Plain], unit: str) -> str:
        by = str(said.get("by", ""))
        rows = [self._step(step, unit) for step in said.get("steps", [])]
        for key, inner in said.items():
            if key not in ("by", "steps", "otherwise"):
                shown = f"{self.value(by, key)} {self.amount(inner, unit)}"
                rows.append(f"({shown})" if isinstance(inner, Mapping) else shown)
        if "otherwise" in said:
            rows.append(_("其余 %(amount)s") % {"amount": self.amount(said["otherwise"], unit)})
        return _("按%(by)s：%(rows)s") % {"by": self.measure(by), "rows": listed(rows)}

    def _step(self, step: Mapping[str, Plain], unit: str) -> str:
        amount = self.amount(step["is"], unit)
        if "up_to" not in step:
            return _("超过的 %(amount)s") % {"amount": amount}
        return _("%(most)s 以内 %(amount)s") % {"most": step["up_to"], "amount": amount}

    def window(self, said: Plain) -> str:
        """Over which years something is asked."""
        if not isinstance(said, Mapping):
            return _("当年") if said in ("year", None) else str(said)
        parts = [self._span(key, value, said) for key, value in said.items()]
        return "".join(part for part in parts if part)

    def _span(self, key: str, value: Plain, all_of: Mapping[str, Plain]) -> str:
        number = self.amount(value, _("年")) if isinstance(value, Mapping) and "by" in value else value
        if key in ("years", "each_of_years"):
            span = self.years(value)
            return (
                _("%(years)s 每一年") % {"years": span}
                if key.startswith("each")
                else _("%(years)s 合计") % {"years": span}
            )
        if key == "cycle":
            start = str(all_of.get("from", "year"))
            since = _("公历年") if start == "year" else self.term(start)
            return _("从“%(since)s”起每 %(n)s 年一个周期") % {"since": since, "n": number}
        ways = {
            "last": _("近 %(x)s 年合计"), "each_of_last": _("近 %(x)s 年每一年"), "since": _("自“%(x)s”起合计"),
            "each_since": _("自“%(x)s”那一年起每一年"), "spell": _("在“%(x)s”期间"), "at_most": _("，最多 %(x)s 年"),
            "not_before": _("，不早于 %(x)s 年"),
        }  # fmt: skip
        if key == "ending":
            return _("，到上一年为止")
        named = self.term(str(value)) if key in ("since", "each_since", "spell") else number
        return ways[key] % {"x": named} if key in ways else ""

    def years(self, value: Plain) -> str:
        """Years in a row, or one by one."""
        if isinstance(value, Mapping):
            return f"{value.get('from', '')}–{value.get('to', '')}"
        return listed(str(year) for year in many(value))
