"""Answers in words: verdicts, outcomes, and why, in either language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from xueshi.command.speech import Two, Voice
from xueshi.policy.book import Rulebook
from xueshi.policy.findings import Assessment, Finding, Outcome, Verdict

VERDICTS = {
    Verdict.PASS: Two("已满足", "pass"),
    Verdict.FAIL: Two("未满足", "fail"),
    Verdict.UNKNOWN: Two("暂不能判断", "cannot tell"),
    Verdict.NOTHING_OWED: Two("不用学", "nothing owed"),
}
NO_LAW = Two("没有适用的文件", "no instrument governs")
OUTCOMES = {
    Outcome.MET: Two("已够", "met"),
    Outcome.REDUCED: Two("减免后已够", "met after relief"),
    Outcome.WAIVED: Two("不要求", "waived"),
    Outcome.ADVISORY: Two("仅作参考", "advisory"),
    Outcome.NOT_APPLICABLE: Two("这一年不用", "not applicable"),
    Outcome.UNMET: Two("还差", "unmet"),
    Outcome.CANNOT_TELL: Two("判断不了", "cannot tell"),
}
UNITS = {
    "hours": Two("学时", "hours"),
    "courses": Two("项", "courses"),
    "condition": Two("条件", "condition"),
    "branches": Two("项", "ways"),
}
_EFFECTS = {
    "block": Two("不得办理", "not possible"),
    "bar_qualified": Two("不能定为合格", "not to be found qualified"),
    "bar_excellent": Two("不能定为优秀", "not to be found excellent"),
    "indicator": Two("作为考核指标", "an indicator"),
    "condition": Two("作为重要条件", "a condition"),
}


def effect(name: str) -> Two:
    """What follows, in words."""
    return _EFFECTS.get(name, Two(name, name))


def term(voice: Voice, book: Rulebook, name: str) -> str:
    """A fact or a mark by its term; in English by its key."""
    word = book.words.facts.get(name) or book.words.entries.get(name)
    return word.term if voice.lang == "zh" and word else name.replace("_", " ")


def value(voice: Voice, book: Rulebook, key: str) -> str:
    """A value of any word, by its term."""
    if voice.lang == "zh":
        for word in (*book.words.entries.values(), *book.words.facts.values()):
            if key in word.values:
                return word.values[key]
    return key.replace("_", " ")


def listed(voice: Voice, names: Iterable[str]) -> str:
    """Several names."""
    return ("、" if voice.lang == "zh" else ", ").join(names)


def why(voice: Voice, book: Rulebook, found: Finding) -> str:
    """One finding in a few words."""
    if found.outcome is Outcome.CANNOT_TELL:
        if not found.facts:
            return voice.text(Two("这一年的规定没有编入", "the rules of this year are not encoded"))
        facts = listed(voice, (term(voice, book, name) for name in found.facts))
        return voice.text(Two("要先知道：{facts}", "needs to be known: {facts}"), facts=facts)
    if found.outcome in (Outcome.UNMET, Outcome.ADVISORY):
        return missing(voice, found.missing, found.unit, [value(voice, book, name) for name in found.lacking])
    if found.because:
        article = next((p.article for p in book.provisions if p.id == found.because), found.because)
        return voice.text(Two("按{article}", "by {article}"), article=article)
    if found.relief:
        articles = [p.article for p in book.provisions if p.id in found.relief]
        return voice.text(Two("按{article}", "by {article}"), article=listed(voice, dict.fromkeys(articles)))
    return ""


def missing(voice: Voice, much: object, unit: str, lacking: Sequence[str] = ()) -> str:
    """How much is missing, and of what."""
    more = f": {listed(voice, lacking)}" if lacking else ""
    if unit == "condition":
        return voice.text(Two("条件不具备{more}", "a condition does not hold{more}"), more=more)
    said = Two("差 {n} {unit}{more}", "{n} {unit} missing{more}")
    return voice.text(said, n=much, unit=UNITS.get(unit, UNITS["hours"]), more=more)


def not_bound(voice: Voice, book: Rulebook) -> str:
    """That an instrument does not speak of somebody, and where to look."""
    return voice.text(
        Two("本文件不约束此人。{see}", "This instrument does not bind the person. {see}"), see=book.see
    ).strip()


def reason(voice: Voice, book: Rulebook, found: Assessment) -> str:
    """The whole answer in a few words: what is missing, or why nothing is."""
    if not getattr(found, "bound", True):
        return voice.text(
            Two("本文件不约束此人。{see}", "This instrument does not bind the person. {see}"), see=book.see
        )
    if getattr(found, "unencoded", False):
        return voice.text(Two("这一年的规定没有编入", "the rules of this year are not encoded"))
    open_ = [one for one in found.findings if not one.outcome.passes]
    shown = open_ or [one for one in found.findings if one.outcome in (Outcome.ADVISORY, Outcome.WAIVED)]
    said = []
    for one in shown:
        years = voice.text(Two("{years} 年", "{years}"), years=years_of(one.years)) if one.years else ""
        said.append(f"{years} {one.article} {why(voice, book, one)}".strip())
    return ("；" if voice.lang == "zh" else "; ").join(said)


def years_of(years: tuple[int, ...]) -> str:
    """``2020-2022`` for a run of years."""
    if len(years) > 1 and years == tuple(range(years[0], years[-1] + 1)):
        return f"{years[0]}-{years[-1]}"
    return ", ".join(map(str, years))
