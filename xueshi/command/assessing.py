"""``xueshi policy assess``: one question about everybody in a spreadsheet."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from xueshi.command import books, cells, engines, schema, writing
from xueshi.command.judging import COLUMNS, Answers, Laws, Question, standing
from xueshi.command.population import Horizon, Population, Problem, read_table
from xueshi.command.speech import Stop, Two, Voice
from xueshi.policy.book import Rulebook
from xueshi.policy.load import Library


def assess(asked: Namespace, voice: Voice) -> int:
    """Read, judge, write, sum up. 2 when rows cannot be read and nobody said to go on without them."""
    writing.check_places(asked.out, asked.problems, (asked.people, asked.entries))
    library, always = laws(asked)
    question = asking(asked, library)
    population = read(asked, voice, [always] if always else [*library.books.values()])
    if always is None:
        _need_regions(population)
    if stopped(population.problems, asked, voice):
        return 2
    progress = voice.bar(Two("判断", "judging"), len(population.ids))
    engine = engines.chosen(asked.engine)
    answers = engine(population, Laws(library, always), question, voice, progress)
    if stopped(answers.problems, asked, voice):
        return 2
    if asked.out:
        headings = {name: voice.text(said) for name, (said, _) in COLUMNS.items()}
        title = voice.text(Two("结果", "result"))
        writing.write(asked.out, answers.frame(), headings, title, _summary(population, answers, voice))
    for line in _summary(population, answers, voice):
        voice.say("  ".join(line))
    if asked.out:
        voice.say(Two("结果写在 {out}", "written to {out}"), out=asked.out)
    return 0


def laws(asked: Namespace) -> tuple[Library, Rulebook | None]:
    """The library, and the one instrument that was named, if one was."""
    shelf = books.open_shelf(asked.policies)
    if asked.instrument:
        book = books.instrument(shelf, asked.instrument)
        return Library(shelf.books, shelf.words), book
    return shelf.library(), None


def asking(asked: Namespace, library: Library) -> Question:
    """The question of the command line. Raises ``Stop`` for a purpose or a day that is none."""
    purposes = library.words.lists["purposes"]
    purpose = _named(asked.purpose, purposes)
    if purpose is None:
        known = "、".join(f"{key} {term}" for key, term in purposes.items())
        said = Two("没有事项“{purpose}”，有：{known}", "There is no purpose {purpose!r}, but: {known}")
        raise Stop(said, purpose=asked.purpose, known=known)
    target = None
    if asked.target:
        target = _named(asked.target, library.words.facts["target"].values)
        if target is None:
            known = "、".join(f"{key} {term}" for key, term in library.words.facts["target"].values.items())
            said = Two("没有职称级别“{target}”，有：{known}", "There is no target {target!r}, but: {known}")
            raise Stop(said, target=asked.target, known=known)
    on = a_day(asked.as_of, "--as-of") if asked.as_of else date(asked.year, 12, 31)
    return Question(purpose, on, asked.year, target)


def _named(text: str, terms: object) -> str | None:
    """A key by itself or by its Chinese term."""
    assert isinstance(terms, dict)  # noqa: S101
    return text if text in terms else next((key for key, term in terms.items() if term == text), None)


def a_day(text: str, option: str) -> date:
    """The day of an option."""
    try:
        return cells.day(cells.tidy(text))
    except cells.Bad as problem:
        raise Stop(
            Two("{option} {text}：{why}", "{option} {text}: {why}"), option=option, text=text, why=problem.problem
        ) from None


def read(asked: Namespace, voice: Voice, of: Sequence[Rulebook]) -> Population:
    """Both files, by the words of these instruments."""
    ignore = asked.ignore_column or []
    people = read_table(asked.people, schema.people(of), ignore)
    done = read_table(asked.entries, schema.entries(of), ignore)
    horizon = Horizon(
        a_day(asked.as_of, "--as-of") if asked.as_of else None,
        a_day(asked.known_on, "--known-on") if asked.known_on else None,
    )
    if horizon.known_on and "recorded" not in done.columns:
        raise Stop(
            Two("--known-on 要求 {file} 有“登记日期”列。", "--known-on needs the column 'recorded' in {file}."),
            file=done.name,
        )
    population = Population(people, done, horizon)
    voice.warn(
        Two("{people} 人，{entries} 条记录", "{people} people, {entries} entries"),
        people=len(people.rows),
        entries=len(done.rows),
    )
    if population.same:
        said = Two(
            "注意：{n} 条记录与同一人的另一条完全相同，都计入。",
            "Note: {n} entries say the same as another of the same person; all count.",
        )
        voice.warn(said, n=population.same)
    return population


def _need_regions(population: Population) -> None:
    if "region" not in population.people.columns:
        raise Stop(
            Two(
                "{file} 没有“地区代码”列，不知道适用哪份文件；加上这一列，或用 --instrument 指定文件。",
                "{file} has no column 'region', which says which instrument governs; add it, or use --instrument",
            ),
            file=population.people.name,
        )


def stopped(problems: Sequence[Problem], asked: Namespace, voice: Voice) -> bool:
    """Whether to stop at rows that cannot be read; writes them down either way."""
    if not problems:
        return False
    file = Path(asked.problems or _beside(asked.out))
    writing.problems(file, problems, voice)
    voice.warn(
        Two("{n} 处读不懂，写在 {file}：", "{n} cells or rows cannot be read; see {file}:"), n=len(problems), file=file
    )
    writing.show(problems, voice)
    if asked.skip_bad:
        return False
    voice.warn(
        Two(
            "没有判断任何人。改好后重来，或加 --skip-bad 先不算这些人。",
            "Nobody was judged. Correct them and come back, or go on without these people: --skip-bad",
        )
    )
    return True


def _beside(out: str | None) -> Path:
    return Path(out).with_suffix(".problems.csv") if out else Path("xueshi.problems.csv")


def _summary(population: Population, answers: Answers, voice: Voice) -> list[list[str]]:
    """What the person at the terminal wants to know, also the last sheet of a workbook."""
    lines = [[voice.text(said), str(count)] for said, count in standing(answers.verdicts)]
    lines.append([voice.text(Two("共判断", "judged")), str(answers.people)])
    lines.append([voice.text(Two("合计至少还差学时", "hours missing at least, in all")), str(answers.missing)])
    out = population.left_out() | {one.person for one in answers.problems}
    known = set(filter(None, population.ids))
    nobody = len({(one.file, one.row) for one in population.problems if one.person not in known})
    more: Counter[Two] = Counter()
    more[Two("因资料读不懂未判断的人", "people left out because of unreadable rows")] = len(
        out & set(filter(None, population.ids))
    )
    more[Two("不属于任何人、未用的行", "rows of nobody in the file of people, not used")] = nobody
    more[Two("所问日期之后、未用的记录", "entries after the day asked about, not used")] = population.later
    lines += [[voice.text(said), str(count)] for said, count in more.items() if count]
    for key, book in sorted(answers.books.items()):
        lines.append([key, book.title, f"SHA-256 {book.digest[:16]}"])
    return lines
