"""``xueshi policy simulate``: a draft against the rules in force, over the people of a spreadsheet."""

from __future__ import annotations

from argparse import Namespace
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import polars as pl

from xueshi.command import assessing, books, columnar, wording, writing
from xueshi.command.judging import Question, known_to
from xueshi.command.population import Person, Population
from xueshi.command.speech import Stop, Two, Voice
from xueshi.policy.book import Rulebook
from xueshi.policy.checking import check_facts
from xueshi.policy.columns.beyond import Beyond
from xueshi.policy.columns.gather import NotAFact, TooMany
from xueshi.policy.facts import Asked
from xueshi.policy.simulate import GROUPED, Difference, Group, Subject
from xueshi.policy.simulate import simulate as compare
from xueshi.policy.simulate_columns import Named, difference

_BY = {"region": Two("地区", "region"), "unit": Two("单位", "unit"), "title": Two("职称", "title")}
_ROW: dict[str, tuple[Two, Any]] = {
    "by": (Two("分组", "by"), pl.String),
    "label": (Two("名称", "label"), pl.String),
    "people": (Two("人数", "people"), pl.Int64),
    "gains": (Two("变好", "gains"), pl.Int64),
    "falls": (Two("变差", "falls"), pl.Int64),
    "missing_before": (Two("现行差学时", "missing now"), pl.Decimal(18, 4)),
    "missing_after": (Two("草案差学时", "missing under the draft"), pl.Decimal(18, 4)),
}


def simulate(asked: Namespace, voice: Voice) -> int:
    """Who gains and who falls, by region, unit and title. 2 when rows cannot be read."""
    writing.check_places(asked.out, asked.problems, (asked.people, asked.entries, asked.draft))
    after = books.draft(books.open_shelf(asked.policies), asked.draft)
    library, before = assessing.laws(asked)
    before = before or library.books.get(after.key) or library.governing(after.region.code, after.since)
    question = assessing.asking(asked, library)
    population = assessing.read(asked, voice, [one for one in (before, after) if one])
    if assessing.stopped(population.problems, asked, voice):
        return 2
    found = _compared(population, before, after, question, voice, asked.engine)
    _tell(found, before, after, voice)
    if asked.out:
        frame = pl.DataFrame(_rows(found, voice), schema={name: kind for name, (_, kind) in _ROW.items()}, orient="row")
        headings = {name: voice.text(said) for name, (said, _) in _ROW.items()}
        writing.write(asked.out, frame, headings, voice.text(Two("试算", "simulation")), ())
        voice.say(Two("结果写在 {out}", "written to {out}"), out=asked.out)
    return 0


def _compared(
    population: Population,
    before: Rulebook | None,
    after: Rulebook,
    question: Question,
    voice: Voice,
    engine: str,
) -> Difference:
    """Everybody under both; those who apply for another title or in another specialty are asked apart."""

    def fit(one: Subject, book: Rulebook) -> Subject:
        return replace(one, facts=known_to(book, one.facts), entries=population.entries(str(one.id), book))

    groups: dict[tuple[str | None, tuple[tuple[str, str], ...]], list[Person]] = defaultdict(list)
    for person in population.members():
        groups[person.target or question.target, tuple(person.marks.items())].append(person)
    progress = voice.bar(Two("试算", "simulating"), len(population.ids))
    found, done = None, 0
    for people in groups.values():
        asked = question.of(people[0], after)
        part = _in_columns(population, people, before, after, asked, voice) if engine == "polars" else None
        if part is None:
            part = compare(before, after, asked, map(_subject, people), partial(_further, progress, done), fit)
        done += len(people)
        if found is None:
            found = part
        else:
            found.add(part)
    if found is None:
        raise Stop(Two("没有可判断的人。", "There is nobody to be judged."))
    return found


def _in_columns(
    population: Population,
    people: Sequence[Person],
    before: Rulebook | None,
    after: Rulebook,
    asked: Asked,
    voice: Voice,
) -> Difference | None:
    """The same from columns, or None where a rule has no form as columns."""
    books_ = [book for book in (before, after) if book]
    able, unread = [], []
    for person in people:
        try:
            for book in books_:
                check_facts(known_to(book, person.facts), book.words, book.calendar.last_day(asked.year))
            able.append(person)
        except ValueError as problem:
            unread.append((person.id, str(problem)))
    try:
        frame, layout = columnar.gathered(population, able, books_, asked.year)
        named = Named(unit=columnar.units_of(able).__getitem__)
        found = difference(before, after, asked, layout, frame.lazy(), named)
    except (Beyond, NotAFact, TooMany) as problem:
        columnar.warn(voice, after.key, problem, len(people))
        return None
    for id, sentence in unread:
        found.fail(id, sentence)
    return found


def _further(progress: Callable[[int], None], done: int, more: int) -> None:
    progress(done + more)


def _subject(one: Person) -> Subject:
    title = one.facts.known.get("title", "")
    last = title[-1] if isinstance(title, tuple) and title else title
    name = last[1] if isinstance(last, tuple) else last
    return Subject(id=one.id, facts=one.facts, region=one.region, unit=one.unit, title=str(name or ""))


def _tell(found: Difference, before: Rulebook | None, after: Rulebook, voice: Voice) -> None:
    none = voice.text(Two("没有编入的文件", "no encoded instrument"))
    voice.say(Two("现行：{title}", "in force: {title}"), title=f"{before.key} {before.title}" if before else none)
    voice.say(Two("草案：{title}", "draft: {title}"), title=f"{after.key} {after.title}")
    whole = found.whole
    voice.say(
        Two(
            "共 {people} 人：变好 {gains}，变差 {falls}；差学时合计由 {b} 变为 {a}",
            "{people} people: {gains} gain, {falls} fall; hours missing go from {b} to {a}",
        ),
        people=whole.people,
        gains=whole.gains,
        falls=whole.falls,
        b=whole.missing_before,
        a=whole.missing_after,
    )
    for (one, other), people in sorted(whole.moves.items()):
        if one != other:
            voice.say(f"  {voice.text(wording.VERDICTS[one])} → {voice.text(wording.VERDICTS[other])}  {people}")
    for id, ways in sorted(found.causes.items()):
        article = next((p.article for book in (after, before) if book for p in book.provisions if p.id == id), id)
        said = Two("  因 {article}[{id}]：变好 {gain}，变差 {fall}", "  by {article} [{id}]: {gain} gain, {fall} fall")
        voice.say(said, article=article, id=id, gain=ways["gain"], fall=ways["fall"])
    heads = [voice.text(said) for said, _ in _ROW.values()]
    rows = [[str(cell if cell is not None else "") for cell in row] for row in _rows(found, voice)]
    voice.say()
    voice.table([heads, *rows], right=2)
    if found.unread:
        said = Two("\n{n} 人无法判断，例如：", "\n{n} people could not be judged, such as:")
        voice.warn(said, n=found.unread)
        for who, why in found.problems:
            voice.warn(f"  {writing.masked(str(who))}: {why}")


def _rows(found: Difference, voice: Voice) -> list[tuple[str, str, int, int, int, Decimal, Decimal]]:
    """The whole, then each group, those with most falls first."""
    rows = [_row(Two("合计", "all"), "", found.whole, voice)]
    for name in GROUPED:
        groups = sorted(found.by[name].items(), key=lambda one: (-one[1].falls, -one[1].gains, one[0]))
        rows += [_row(_BY[name], label or "—", group, voice) for label, group in groups]
    return rows


def _row(by: Two, label: str, group: Group, voice: Voice) -> tuple[str, str, int, int, int, Decimal, Decimal]:
    return (
        *(voice.text(by), label, group.people, group.gains, group.falls),
        *(group.missing_before, group.missing_after),
    )
