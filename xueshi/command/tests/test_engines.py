"""Whatever engine answers, the answers are the same; and what is not said as columns is judged one by one."""

import csv
import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import polars as pl
import pytest

from xueshi.command import books, engines, schema
from xueshi.command.judging import Answers, Laws, Question
from xueshi.command.line import main
from xueshi.command.population import Horizon, Population, read_table
from xueshi.command.speech import Stop, Voice
from xueshi.policy.words import Word

POLICIES = str(Path(__file__).resolve().parents[3] / "policies")
SHELF = books.open_shelf(POLICIES)
LIBRARY = SHELF.library()


def cell(draw: random.Random, word: Word, last: int) -> str:
    """Something that may stand in a cell of this word."""
    day = date(last - 4, 1, 1) + timedelta(days=draw.randrange(5 * 365))
    if word.values:
        return draw.choice([*word.values, *word.values.values()])
    if word.name == "born":
        return str(date(1965 + draw.randrange(20), 1 + draw.randrange(12), 3))
    kinds = {
        "flag": draw.choice(["是", "是", "yes", "否"]),
        "number": str(draw.choice([1, 2, 45, 90])),
        "name": draw.choice(["给排水", "护理"]),
        "date": str(day),
        "event": draw.choice(["无", str(day), f"{day};{day + timedelta(days=400)}"]),
        "spell": draw.choice(["无", f"{day}~{day + timedelta(days=200)}", f"{day}~"]),
    }
    return kinds[word.kind]


def files(folder: Path, seed: int, key: str) -> tuple[str, str]:
    """Two random spreadsheets for an instrument."""
    draw, book = random.Random(seed), LIBRARY.instrument(key)
    last = min(book.known_to or 2022, 2022)
    facts = [w for w in book.words.facts.values() if not w.rows and w.years_since is None and w.name != "first_hired"]
    marks = [w for w in book.words.entries.values() if not w.rows and w.name not in ("minutes", "length")]
    people = [["person", "region", "unit", *(w.name for w in facts)]]
    done = [["person", "on", "hours", *(w.name for w in marks)]]
    for n in range(60):
        cells = [cell(draw, w, last) if draw.random() < 0.7 else "" for w in facts]
        people.append([f"P-{n}", book.region.code, f"U-{n % 4}", *cells])
        for _ in range(draw.randrange(6)):
            day = date(last - draw.randrange(3), 1 + draw.randrange(12), 1 + draw.randrange(28))
            said = [cell(draw, w, last) if draw.random() < 0.6 else "" for w in marks]
            done.append([f"P-{n}", str(day), draw.choice(["", "20", "30", "45", "90"]), *said])
    paths = folder / "people.csv", folder / "entries.csv"
    for path, rows in zip(paths, (people, done), strict=True):
        with path.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(rows)
    return str(paths[0]), str(paths[1])


def answers(engine: str, people: str, done: str, question: Question, key: str) -> tuple[Answers, str]:
    book = LIBRARY.instrument(key)
    population = Population(
        read_table(people, schema.people([book]), ()), read_table(done, schema.entries([book]), ()), Horizon()
    )
    assert population.problems == []
    heard = StringIO()
    voice = Voice("zh", StringIO(), heard)
    seen: list[int] = []
    found = engines.chosen(engine)(population, Laws(LIBRARY, book), question, voice, seen.append)
    assert seen
    return found, heard.getvalue()


def questions(key: str) -> Iterator[Question]:
    last = min(LIBRARY.instrument(key).known_to or 2022, 2022)
    for purpose, target in (("annual", None), ("title_review", "junior"), ("title_review", "deputy_senior")):
        yield Question(purpose, date(last, 12, 31), last, target)
    yield Question("appointment", date(last, 12, 31))


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("key", LIBRARY.books)
def test_the_columns_say_what_the_walk_says(tmp_path: Path, key: str, seed: int) -> None:
    people, done = files(tmp_path, seed, key)
    for question in questions(key):
        walked, _ = answers("walk", people, done, question, key)
        found, heard = answers("polars", people, done, question, key)
        assert heard == ""
        assert found.verdicts == walked.verdicts
        assert found.missing == walked.missing
        assert [one.person for one in found.problems] == [one.person for one in walked.problems]
        same = [
            "person",
            "verdict",
            "least",
            "provision",
            "article",
            "outcome",
            "have",
            "missing",
            "instrument",
            "year",
        ]
        mine, theirs = (one.frame().select(same).sort(same) for one in (found, walked))
        assert mine.equals(theirs), pl.concat([mine, theirs]).unique(keep="none")
        hours = (pl.col("outcome") == "还差") & (pl.col("of") == "学时")
        assert set(found.frame().filter(hours)["why"]) == set(walked.frame().filter(hours)["why"])


def test_what_has_no_columns_is_judged_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = "cn-50/chongqing-2010"
    people, done = files(tmp_path, 1, key)
    law = (Path(POLICIES) / f"{key}.yaml").read_text(encoding="utf-8")
    odd = tmp_path / "law" / "cn-50"
    odd.mkdir(parents=True)
    (odd / "chongqing-2010.yaml").write_text(law + "year: {ends_with: birth_month}\n", encoding="utf-8")
    other = books.open_shelf(str(tmp_path / "law")).library()
    monkeypatch.setattr(sys.modules[__name__], "LIBRARY", other)
    question = Question("annual", date(2022, 12, 31), 2022)
    walked, _ = answers("walk", people, done, question, key)
    found, heard = answers("polars", people, done, question, key)
    assert "逐人判断" in heard
    assert found.frame().equals(walked.frame())


@pytest.mark.parametrize(
    ("key", "old", "new"),
    [
        ("cn-50/chongqing-2010", "gives: 20", "gives: 10"),
        ("cn-15/hohhot-etdz-2022", "at_least: 90", "at_least: 60"),
        ("cn-37/jinan-2017", "since: 2017", "year: {ends_with: birth_month}\nsince: 2017"),
    ],
)
def test_a_draft_is_tried_with_the_same_result(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], key: str, old: str, new: str
) -> None:
    people, done = files(tmp_path, 3, key)
    draft = tmp_path / "draft.yaml"
    text = (Path(POLICIES) / f"{key}.yaml").read_text(encoding="utf-8")
    assert old in text
    draft.write_text(text.replace(old, new, 1), encoding="utf-8")
    last = str(min(LIBRARY.instrument(key).known_to or 2022, 2022))
    line = ["policy", "simulate", "--people", people, "--entries", done, "--purpose", "annual", "--year", last]
    line += ["--draft", str(draft), "--instrument", key, "--policies", POLICIES, "--out"]
    said = []
    for engine in ("walk", "polars"):
        out = tmp_path / f"{engine}.csv"
        assert main([*line, str(out), "--engine", engine]) == 0
        said.append((out.read_text(encoding="utf-8"), capsys.readouterr().err))
    assert said[0][0] == said[1][0]
    assert ("逐人判断" in said[1][1]) is (key == "cn-37/jinan-2017")


def test_spark_is_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(Stop, match="pyspark is not installed"):
        engines.chosen("spark")
