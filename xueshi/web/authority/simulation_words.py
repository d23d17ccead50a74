"""A simulation in words, for its page and for a file: the same numbers, from the same difference."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import FileResponse, StreamingHttpResponse
from django.utils.translation import gettext as _

from xueshi.drafts import queries
from xueshi.kernel.errors import NotYours
from xueshi.ledger import law
from xueshi.ledger.phrases import Tongue
from xueshi.policy.comparing import Change, Comparison, Kind
from xueshi.policy.findings import Finding, Verdict
from xueshi.policy.simulate import Group
from xueshi.web import people_tables, spreadsheets
from xueshi.web.look import saying

MOST_PARTS = 30  # units on a page; the file has all
FILLS = (
    ("met", Verdict.PASS), ("nothing", Verdict.NOTHING_OWED), ("unknown", Verdict.UNKNOWN), ("short", Verdict.FAIL),
)  # fmt: skip
WAYS = ("gain", "fall", "eased", "harder", "same")
Bands = list[tuple[str, str, int]]


@dataclass(frozen=True)
class PartRow:
    """A region, a unit or a title: how its people stand before and after."""

    label: str
    group: Group
    before: Bands
    after: Bands
    label_before: str
    label_after: str

    @property
    def eased(self) -> int:
        return self.group.ways["eased"]

    @property
    def harder(self) -> int:
        return self.group.ways["harder"]


@dataclass(frozen=True)
class Move:
    """A transition that somebody makes, and people to look at."""

    before: str
    after: str
    people: int
    samples: Sequence[queries.Shown]


@dataclass(frozen=True)
class Result:
    """One year's result for the page."""

    moves: list[Move]
    matrix: list[tuple[str, list[tuple[str, int, bool]]]]  # how many from each verdict to each; True: the same one
    parts: list[tuple[str, str, list[PartRow], int]]  # key, heading, rows, how many more
    before: Bands
    after: Bands


def result_of(found: queries.Found, shown: Mapping[tuple[Verdict, Verdict], Sequence[queries.Shown]]) -> Result:
    """Transitions first those that hurt, then the tables."""
    name = people_tables.verdict_name
    order = [Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOTHING_OWED, Verdict.PASS]
    moves = sorted(found.whole.moves.items(), key=lambda m: (order.index(m[0][1]), -order.index(m[0][0])))
    headings = {"region": _("按地区"), "unit": _("按单位"), "title": _("按职称")}
    parts = []
    for key, heading in headings.items():
        rows = [_part(key, part) for part in found.parts[key]]
        parts.append((key, heading, rows[:MOST_PARTS], max(0, len(rows) - MOST_PARTS)))
    return Result(
        moves=[Move(name(a), name(b), n, shown.get((a, b), ())) for (a, b), n in moves if n],
        parts=parts,
        matrix=_matrix(found.whole),
        before=bands(found.whole.verdicts(after=False)),
        after=bands(found.whole.verdicts(after=True)),
    )


def _matrix(whole: Group) -> list[tuple[str, list[tuple[str, int, bool]]]]:
    """From each verdict that occurs to each that occurs."""
    name = people_tables.verdict_name
    used = [verdict for _fill, verdict in FILLS if any(verdict in move for move, n in whole.moves.items() if n)]
    return [(name(one), [(name(two), whole.moves[one, two], one is two) for two in used]) for one in used]


def _part(key: str, part: queries.Part) -> PartRow:
    before, after = bands(part.group.verdicts(after=False)), bands(part.group.verdicts(after=True))
    return PartRow(label_of(key, part), part.group, before, after, _said(_("现在"), before), _said(_("草案"), after))


def bands(verdicts: Counter[Verdict]) -> Bands:
    """How many stand how, as a band of four."""
    return [(fill, people_tables.verdict_name(verdict), verdicts[verdict]) for fill, verdict in FILLS]


def _said(which: str, parts: Bands) -> str:
    return _("%(which)s：%(all)s") % {"which": which, "all": _("，").join(f"{word} {n}" for _fill, word, n in parts)}


def label_of(key: str, part: queries.Part) -> str:
    """What a region, a unit or a title is called; a title in the reader's language."""
    if not part.key:
        return {"unit": _("没有单位"), "title": _("没有职称"), "region": _("地区不明")}[key]
    return Tongue(law.library().words).value("title", part.key) if key == "title" else part.label


def targets() -> dict[str, str]:
    """The levels that somebody may apply for, in the reader's language."""
    known = law.library().words
    return {level: Tongue(known).value("target", level) for level in known.facts["target"].values}


def asked_in_words(one: Any) -> str:
    """The purpose, and the level applied for if one was named."""
    purpose = people_tables.purposes().get(one.purpose, one.purpose)
    return f"{purpose} · {targets().get(one.target, one.target)}" if one.target else purpose


def problem_of(problem: str) -> tuple[str, str]:
    """Why it failed, and what to do."""
    return {
        "not-understood": (_("草案现在读不懂了。"), _("词汇表可能改过。照这份再改一版，错在哪一行会写出来。")),
        "not-a-question": (_("草案或现行规定里没有这项用途。"), _("照这份再改一版，换一项用途。")),
        "law-changed": (_("被取代的规定在试算时有了改动。"), _("照这份再试一次，就按改动后的规定比较。")),
    }.get(problem, ("", ""))


# ---- the two books -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChangeRow:
    """One provision that is not the same."""

    change: Change
    kind: str
    tag: str
    early: bool  # it changes years that had passed when the draft was tried

    @property
    def same(self) -> bool:
        """Whether the words stand as they were, and only what is made of them is not the same."""
        before, after = self.change.before, self.change.after
        return before is not None and after is not None and before.text == after.text


def changes_of(comparison: Comparison | None, one: Any) -> dict[str, Any] | None:
    """Provision by provision; None where there was no law before."""
    if comparison is None:
        return None
    kinds = {
        Kind.ADDED: (_("新增"), "wait"), Kind.CLOSED: (_("取消"), "bad"), Kind.CHANGED: (_("改了内容"), "soon"),
        Kind.REWORDED: (_("只改文字"), ""),
    }  # fmt: skip
    rows = [
        ChangeRow(change, *kinds[change.kind], early=change.hours and change.since.year < one.asked_at.year)
        for change in comparison.changes
    ]
    return {"rows": rows, "early": any(row.early for row in rows), "header": comparison.header}


# ---- one person --------------------------------------------------------------------------------------------------


def lines_of(twice: queries.Twice) -> list[dict[str, Any]]:
    """Each demand: what there is and what is needed, now and under the draft."""
    return [
        {
            "name": line.name,
            "cite": line.cite,
            "years": people_tables.saying_years(line.years),
            "before": _side(line.before),
            "after": _side(line.after),
            "same": line.same,
        }
        for line in twice.lines
    ]


def _side(found: Finding | None) -> dict[str, str] | None:
    if found is None:
        return None
    need = "?" if found.need is None else saying.hours(found.need)
    kind = "ok" if found.outcome.passes else "bad" if found.outcome == "unmet" else "soon"
    amount = "" if found.outcome == "not_applicable" else f"{saying.hours(found.have)} / {need}"
    return {"amount": amount, "outcome": people_tables.outcome_name(found.outcome), "kind": kind}


# ---- as a file ---------------------------------------------------------------------------------------------------


def export(one: Any, found: list[queries.Found], kind: str) -> StreamingHttpResponse | FileResponse:
    """One CSV of every group, or a workbook with the provisions on a second sheet."""
    if kind not in spreadsheets.KINDS:
        raise NotYours()
    name = _("试算 %(title)s") % {"title": one.title[:40]}
    if kind == "csv":
        return spreadsheets.csv_file(name, _heading(), _groups(found))
    return spreadsheets.xlsx_file(
        name,
        [
            (_("人数"), _heading(), _groups(found)),
            (_("条款"), (_("年度"), _("条"), _("原文"), *_ways()[:4]), _causes(found)),
        ],
    )


def _ways() -> tuple[str, ...]:
    return _("变好"), _("变差"), _("少欠学时"), _("多欠学时"), _("不变")


def _heading() -> spreadsheets.Row:
    names = [word for _fill, word, _n in bands(Counter())]
    return (
        *(_("年度"), _("分组"), _("名称"), _("人数")),
        *(_("现在：%(word)s") % {"word": word} for word in names),
        *(_("草案：%(word)s") % {"word": word} for word in names),
        *_ways(),
        *(_("现在还差学时"), _("草案下还差学时")),
    )


def _groups(found: list[queries.Found]) -> Iterator[spreadsheets.Row]:
    names = {"region": _("地区"), "unit": _("单位"), "title": _("职称")}
    for year in found:
        yield _line(year.year, _("全部"), "", year.whole)
        for key, name in names.items():
            for part in year.parts[key]:
                yield _line(year.year, name, label_of(key, part), part.group)


def _line(year: int, of: str, label: str, group: Group) -> spreadsheets.Row:
    sides = [n for after in (False, True) for _fill, _word, n in bands(group.verdicts(after=after))]
    ways = [group.ways[way] for way in WAYS]  # type: ignore[index]
    return (year, of, label, group.people, *sides, *ways, group.missing_before, group.missing_after)


def _causes(found: list[queries.Found]) -> Iterator[spreadsheets.Row]:
    for year in found:
        for one in year.causes:
            yield (year.year, one.article, one.text, one.gains, one.falls, one.eased, one.harder)
