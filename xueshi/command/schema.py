"""Which columns the two spreadsheets may have: a name in either language, what it means, how a cell is read.

Every fact of the vocabulary is a column of the people, every mark a column of the entries, under its key or its
Chinese term; a word of its own that an instrument defines is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from xueshi.command import cells
from xueshi.command.speech import Stop, Two
from xueshi.policy.book import Rulebook
from xueshi.policy.reading import did_you_mean
from xueshi.policy.words import Vocabulary, Word


@dataclass(frozen=True)
class Column:
    """One column: ``key`` for the program, ``term`` for people, ``kind`` what it becomes."""

    key: str
    term: Two
    kind: str  # person, label, fact, question, entry, mark or skip
    read: cells.Read
    note: Two
    also: tuple[str, ...] = ()
    needed: bool = False


_TEXT = Two("文字", "text")
_DAY = Two("日期，如 2022-12-31", "a day, as 2022-12-31")
_YEAR = Two("年份，如 2022", "a year, as 2022")
_PERSON = Column(
    "person",
    Two("人员编号", "person"),
    "person",
    cells.person,
    Two("每人一个，不重复；用文本格式", "one for each person, kept as text"),
    ("身份证号", "身份证号码", "证件号码", "证件号", "工号", "职工编号", "人员", "id", "person_id"),
    needed=True,
)
_SKIPPED = (
    Column("serial", Two("序号", "no"), "skip", cells.name, Two("不读", "not read"), ("编号序", "no.", "number")),
    Column("note", Two("备注", "note"), "skip", cells.name, Two("不读", "not read"), ("说明", "remarks", "notes")),
)
_PEOPLE = (
    _PERSON,
    Column("name", Two("姓名", "name"), "label", cells.name, _TEXT),
    Column(
        *("region", Two("地区代码", "region"), "label", cells.person),
        Two("GB/T 2260 代码，决定适用哪份文件", "GB/T 2260 code; it decides which instrument governs"),
        ("行政区划代码", "区划代码", "地区", "region_code"),
    ),
    Column("unit", Two("工作单位", "unit"), "label", cells.name, _TEXT, ("单位", "单位名称", "所在单位", "employer")),
)
_ENTRIES = (
    _PERSON,
    Column("on", Two("完成日期", "on"), "entry", cells.day, _DAY, ("日期", "取得日期", "date", "completed_on")),
    Column(
        *("year", Two("年度", "year"), "entry", cells.year),
        Two("没有日期时用，按当年 6 月 30 日计", "where there is no day; taken as 30 June"),
        ("年份",),
    ),
    Column(
        "hours", Two("学时", "hours"), "entry", cells.hours, Two("学时数，不小于 0", "hours, 0 or more"), ("学时数",)
    ),
    Column(
        *("for_year", Two("所属年度", "for_year"), "entry", cells.year),
        Two("补学的，写补的是哪一年", "what is made up later: for which year"),
        ("补学年度", "计入年度"),
    ),
    Column(
        "entry",
        Two("记录编号", "entry"),
        "entry",
        cells.name,
        Two("可不填", "may be left out"),
        ("学习编号", "entry_id"),
    ),
    Column(
        *("recorded", Two("登记日期", "recorded"), "entry", cells.day),
        Two("何时录入；用 --known-on 时要有", "when it was recorded; --known-on needs it"),
        ("录入日期", "recorded_on"),
    ),
    Column(
        "title", Two("学习内容", "course_title"), "skip", cells.name, Two("不读", "not read"), ("课程名称", "项目名称")
    ),
)

_FACTS: Mapping[str, tuple[Callable[[Word], cells.Read], Two]] = {
    "word": (cells.dated_word, Two("{values}", "{keys}")),
    "date": (lambda _: cells.day, _DAY),
    "event": (lambda _: cells.days, Two("日期，多个用；隔开；没有的写 无", "a day, several between ;, or none")),
    "spell": (lambda _: cells.spells, Two("起止日期，如 2020-03-01~2020-09-30", "from-to, as 2020-03-01~2020-09-30")),
    "number": (lambda _: cells.count, Two("数", "a number")),
    "flag": (lambda _: cells.flag, Two("是 或 否", "yes or no")),
    "name": (lambda _: cells.name, _TEXT),
}
_MARKS = {**_FACTS, "word": (cells.words, Two("{values}", "{keys}"))}


def people(books: Iterable[Rulebook]) -> tuple[Column, ...]:
    """The columns of the people, for the words of these instruments."""
    words = vocabulary(books)
    facts = tuple(_of_word(word, "fact", _FACTS) for word in words.facts.values() if _recorded(word))
    fields = words.lists.get("fields", {})
    field = Column(
        *("field", Two("专业领域", "field"), "label", cells.word(Word("field", "专业领域", "word", values=fields))),
        Two("、".join(fields.values()) or "—", " | ".join(fields) or "-"),
    )
    questions = tuple(_of_word(word, "question", _MARKS) for word in words.entries.values() if word.kind == "name")
    return (*_PEOPLE, field, *facts, *questions, *_SKIPPED)


def entries(books: Iterable[Rulebook]) -> tuple[Column, ...]:
    """The columns of the entries."""
    marks = (_of_word(word, "mark", _MARKS) for word in vocabulary(books).entries.values() if _recorded(word))
    return (*_ENTRIES, *marks, *_SKIPPED)


def vocabulary(books: Iterable[Rulebook]) -> Vocabulary:
    """All words of several instruments; a word of several has the values of each."""
    facts: dict[str, Word] = {}
    entries_: dict[str, Word] = {}
    lists: Mapping[str, Mapping[str, str]] = {}
    for book in books:
        lists = book.words.lists
        for mine, theirs in ((facts, book.words.facts), (entries_, book.words.entries)):
            for name, word in theirs.items():
                known = mine.get(name, word)
                mine[name] = replace(known, values={**word.values, **known.values})
    return Vocabulary(facts, entries_, lists)


def _recorded(word: Word) -> bool:
    return not word.rows and word.years_since is None


def _of_word(word: Word, kind: str, readers: Mapping[str, tuple[Callable[[Word], cells.Read], Two]]) -> Column:
    reader, note = readers[word.kind]
    said = Two("、".join(word.values.values()), " | ".join(word.values)) if word.values else note
    return Column(word.name, Two(word.term, word.name), kind, reader(word), said)


def plain(heading: str) -> str:
    """A heading without what people add to it: spaces, a star, a remark in brackets."""
    bare = re.sub(r"[\s*]|\((?:必填|选填|可空|格式.*|单位.*|学时|是/否)\)", "", cells.tidy(heading))
    return bare.lower()


def recogniser(columns: Sequence[Column]) -> Callable[[str], bool]:
    """Whether a cell is the heading of one of these columns."""
    known = _names(columns)
    return lambda cell: plain(cell) in known


def _names(columns: Sequence[Column]) -> dict[str, Column]:
    found: dict[str, Column] = {}
    for column in columns:
        for name in (column.key, *column.term, *column.also):
            found.setdefault(plain(name), column)
    return found


def matched(file: str, headings: Sequence[str], columns: Sequence[Column], ignore: Sequence[str]) -> dict[int, Column]:
    """Which heading is which column. Raises ``Stop`` for one that is unknown, missing or there twice."""
    known, found = _names(columns), dict[int, Column]()
    left_out = {plain(name) for name in ignore}
    for at, heading in enumerate(headings):
        name = plain(heading)
        if not name or name in left_out:
            continue
        column = known.get(name)
        if column is None:
            raise Stop(_UNKNOWN, file=file, heading=heading, meant=_meant(name, known))
        if column.kind == "skip":
            continue
        if column in found.values():
            raise Stop(_TWICE, file=file, column=column.term)
        found[at] = column
    for column in columns:
        if column.needed and column not in found.values():
            raise Stop(_MISSING, file=file, column=column.term, seen="、".join(filter(None, headings)) or "—")
    return found


def _meant(name: str, known: Mapping[str, Column]) -> Two:
    meant = did_you_mean(name, known)
    close = re.search(r"'(.+)'", meant)
    return Two(f"您是不是要写“{close[1]}”？", meant.strip()) if close else Two("", "")


_UNKNOWN = Two(
    "{file}：不认识列“{heading}”。{meant}不需要这一列时，加 --ignore-column {heading}。",
    "{file}: {heading!r} is no known column. {meant} If it is not needed: --ignore-column {heading}",
)
_TWICE = Two("{file}：列“{column}”出现了两次。", "{file}: the column {column!r} is there twice.")
_MISSING = Two("{file}：没有找到列“{column}”；有：{seen}。", "{file}: there is no column {column!r}, but: {seen}")
