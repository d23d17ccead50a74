"""The sentences of a standing: what a demand is called, how it came out, and why, each with its clause."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from xueshi.ledger import law, registry
from xueshi.ledger.phrases import Tongue, in_english, listed
from xueshi.ledger.standing import Standing
from xueshi.policy.book import Provision, Rulebook
from xueshi.policy.findings import Finding, Outcome
from xueshi.web.look import saying

# tag kind and icon of an outcome
TAGS: dict[Outcome, tuple[str, str | None]] = {
    Outcome.MET: ("ok", None), Outcome.REDUCED: ("ok", None), Outcome.WAIVED: ("ok", "certificate"),
    Outcome.ADVISORY: ("wait", "info-circle"), Outcome.NOT_APPLICABLE: ("", ""), Outcome.UNMET: ("bad", None),
    Outcome.CANNOT_TELL: ("soon", "help"),
}  # fmt: skip


@dataclass(frozen=True)
class Note:
    """A clause in the margin: its number, its words, where it stands, and whether the words are the notice's own."""

    n: int
    text: str
    cite: SafeString
    original: bool


@dataclass
class Notes:
    """Numbers the clauses in the order in which a page speaks of them."""

    book: Rulebook
    words: Tongue
    day: date
    found: dict[str, Note] = field(default_factory=dict)
    cited: set[str] = field(default_factory=set)  # instruments that a note has named

    def wording(self, id: str, year: int | None = None) -> Provision | None:
        """The words of a provision in force at the end of a year, or else the newest; None for no provision."""
        try:
            return self.book.provision(id, date(year, 12, 31) if year else self.day)
        except KeyError:
            pass
        try:
            return self.book.provision(id)
        except KeyError:
            return None

    def ref(self, id: str, year: int | None = None) -> int | None:
        """The number of the note on a provision; the same clause is noted once."""
        said = self.wording(id, year)
        if said is None:
            return None
        key = f"{said.article}\n{said.text}"
        if key not in self.found:
            of = law.library().books.get(law.home_of(said, self.book), self.book)
            where = _("同上，%(article)s") if of.key in self.cited else "%(notice)s %(article)s"
            self.cited.add(of.key)
            words = where % {"notice": of.number or of.title, "article": said.article}
            cite = format_html('<a href="{}">{}</a>', address_of(said, self.book), words)
            self.found[key] = Note(len(self.found) + 1, said.text, cite, of.original)
        return self.found[key].n

    def link(self, id: str, year: int | None = None) -> SafeString:
        """The article as a link to the registry, where a note would be too much."""
        said = self.wording(id, year)
        if said is None:
            return SafeString()
        return format_html('<a href="{}" lang="zh-Hans">{}</a>', address_of(said, self.book), said.article)

    def sentence(self, id: str, year: int | None = None) -> str:
        """What a provision's data says."""
        said = self.wording(id, year)
        return registry.sentence_of(said, law.written(said, self.book), self.words) if said else ""

    @property
    def listed(self) -> list[Note]:
        return list(self.found.values())


def address_of(provision: Provision, book: Rulebook) -> str:
    """The clause in the registry of notices."""
    place, _slash, name = book.key.partition("/")
    return f"{reverse('public:notice', args=[place, name])}#{registry.anchor_of(provision, book)}"


def demand_name(found: Finding, words: Tongue) -> str:
    """What the demand is called; a purpose that asks for nothing is called so."""
    return words.demands.get(found.provision) or _("学时")


def years_name(years: Sequence[int]) -> str:
    """One year, or the span of a sum."""
    if not years:
        return ""
    return str(years[0]) if len(years) == 1 else f"{min(years)}–{max(years)}"


def title(found: Finding, words: Tongue) -> str:
    """The year and the demand, as a row is headed."""
    return f"{years_name(found.years)} {demand_name(found, words)}".strip()


def years_listed(years: Iterable[int]) -> str:
    """Years as one says them: 2019, 2021–2024."""
    spans: list[list[int]] = []
    for year in sorted(set(years)):
        if spans and year == spans[-1][-1] + 1:
            spans[-1].append(year)
        else:
            spans.append([year])
    return _("、").join(years_name([span[0], span[-1]] if len(span) > 1 else span) for span in spans)


def short_of(name: str, short: str, found: Sequence[Finding]) -> str:
    """A demand that is short, with its years; where several fall alike, each of them."""
    years = years_listed(year for one in found for year in one.years)
    if len(found) > 1:
        return _("%(years)s %(name)s，每年%(short)s") % {"years": years, "name": name, "short": short}
    return f"{years} {name} {short}".strip()


def amount(found: Finding, value: Decimal) -> str:
    """So many hours, or so many entries."""
    if found.unit == "hours":
        return _("%(n)s 学时") % {"n": saying.hours(value)}
    if found.unit == "condition":
        return ""
    return _("%(n)s 项") % {"n": saying.hours(value)}


def outcome_words(found: Finding) -> str:
    """The outcome in a few words, for a tag."""
    if found.outcome is Outcome.UNMET:
        short = amount(found, found.missing) if found.missing else ""
        return _("差 %(amount)s") % {"amount": short} if short else _("没有满足")
    return {
        Outcome.MET: _("满足"), Outcome.REDUCED: _("减免后满足"), Outcome.WAIVED: _("免，视同完成"),
        Outcome.ADVISORY: _("仅作参考"), Outcome.NOT_APPLICABLE: _("这一年不用"), Outcome.CANNOT_TELL: _("判断不了"),
    }[found.outcome]  # fmt: skip


def facts_named(names: Iterable[str], words: Tongue) -> str:
    """Facts by their terms."""
    return listed(words.term(name) for name in names)


def purpose_named(name: str, target: str | None, words: Tongue) -> str:
    """A decision and the title it aims at."""
    said = words.name("purposes", name)
    return f"{said} · {words.value('target', target)}" if target else said


def counted_words(found: Finding, standing: Standing) -> str:
    """Which entries count towards it: one by its name, several by their number and the newest."""
    lines = [standing.lines[one.entry] for one in found.counted if one.entry in standing.lines]
    if not lines:
        return ""
    newest = max(lines, key=lambda line: line.earned_on)
    if len(lines) == 1:
        return _("%(day)s《%(title)s》") % {"day": saying.day(newest.earned_on), "title": newest.title}
    return _("%(n)d 项，最近一项 %(day)s《%(title)s》") % {
        "n": len(lines), "day": saying.day(newest.earned_on), "title": newest.title,
    }  # fmt: skip


def lacks_words(lacks: Iterable[str], words: Tongue) -> str:
    """What an entry lacks, so that it does not count."""
    known = {
        "hours": _("还没有核定学时"), "done": _("不在规定的时间里"), "after": _("在规定的时间以前"),
        "once": _("一年只计一次"), "only": _("不合条件"), "make_up": _("不能补记到那一年"),
    }  # fmt: skip
    return listed(known.get(one) or _("缺“%(what)s”") % {"what": words.term(one)} for one in lacks)


def considered_words(why: str) -> str:
    """Why an instrument is the one, or is not."""
    return {
        "chosen": _("按它判断"), "elsewhere": _("别的地区的"), "not_in_force": _("那一天不在有效期"),
        "wider": _("范围更大，近的优先"), "not_bound": _("不管这类人员"), "older": _("有更新的文件"),
        "other_field": _("别的行业的"),
    }.get(why, why)  # fmt: skip


def because_words(because: str) -> str:
    """Why this instrument governs."""
    return {
        "narrowest": _("这是管这个地区最近的一份有效文件。"), "field": _("这是管这个行业的文件。"),
        "newest": _("同一地区有几份，按最新的一份。"),
        "looks_back": _("那一年还没有文件，按后来说到那一年的这一份。"),
    }.get(because, "")  # fmt: skip


__all__ = ["Note", "Notes", "in_english"]
