"""An invented instrument for the tests: whatever provisions are given, under one heading."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from xueshi.policy.assess import assess
from xueshi.policy.book import Rulebook
from xueshi.policy.facts import Asked, Entry, Facts
from xueshi.policy.findings import Assessment
from xueshi.policy.load import instrument, library, vocabulary

POLICIES = Path(__file__).resolve().parents[3] / "policies"
_EVERYBODYS = vocabulary((POLICIES / "words.yaml").read_text(encoding="utf-8"))
_OWN = {
    *("site", "born", "years_served", "member", "on_leave", "moved", "left_on", "secondment"),
    *("delivery", "organiser", "theme", "held", "size", "subject"),
}
# The invented instrument brings its own words; where words.yaml has one of the same name, it makes room.
WORDS = replace(
    _EVERYBODYS,
    facts={name: word for name, word in _EVERYBODYS.facts.items() if name not in _OWN},
    entries={name: word for name, word in _EVERYBODYS.entries.items() if name not in _OWN},
)
CHONGQING = library(POLICIES).instrument("cn-50/chongqing-2010")

HEADER = """
instrument: 关于虚构的通知
issuer: 虚构市人力资源和社会保障局
number: 虚构〔2020〕1号
region: {code: "99", name: 虚构市}
since: 2015-01-01
known_from: 2015
source: {file: none.txt, sha256: none}
words:
  facts:
    site: {term: 地点, kind: word, absent: no, values: {urban: 城区, township: 乡镇, county: 县}}
    born: {term: 出生日期, kind: date}
    years_served: {term: 工作年限, kind: number}
    member: {term: 会员, kind: flag}
    on_leave: {term: 请假, kind: flag, absent: no}
    moved: {term: 转任, kind: event, absent: no}
    left_on: {term: 离职日期, kind: date, absent: no}
    secondment: {term: 借调, kind: spell, absent: no}
  entries:
    delivery: {term: 方式, kind: word, values: {online: 网络, face_to_face: 面授}}
    organiser: {term: 主办, kind: word, ordered: true, values: {county: 县, municipal: 市, provincial: 省}}
    theme: {term: 主题, kind: word, values: {ethics: 职业道德, safety: 安全}}
    held: {term: 举办, kind: event}
    size: {term: 人数, kind: number}
    subject: {term: 课题, kind: name}
"""


def provision(id: str, verb: str, more: str = "") -> str:
    """One provision, as text."""
    return f"  - {{id: {id}, article: 一, text: 虚构的一句, {verb}{', ' + more if more else ''}}}\n"


def book(*provisions: str, header: str = HEADER) -> Rulebook:
    """A rulebook of these provisions."""
    return instrument(f"{header}provisions:\n{''.join(provisions)}", WORDS, key="cn-99/invented")


def year(least: str = "30", more: str = "") -> str:
    """The demand ``year``."""
    return provision("year", f"demand: {{at_least: {least}{', ' + more if more else ''}}}")


def entry(year_: int, hours: str | None = None, id: str = "", **says: object) -> Entry:
    """An entry on 30 June."""
    amount = None if hours is None else Decimal(hours)
    return Entry(id or f"{year_}/{hours}/{'/'.join(map(str, says.values()))}", date(year_, 6, 30), amount, says)


def judge(law: Rulebook, *entries: Entry, purpose: str = "annual", on: int = 2020, **facts: object) -> Assessment:
    """The answer for a person with these facts."""
    target = facts.pop("target", None)
    return assess(law, Facts.of(facts), entries, Asked(purpose, on, target))
