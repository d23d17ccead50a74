"""Every case of ``policies/`` is a test; every quotation stands in the text that is kept."""

# ruff: noqa: E501  a case is one line of a file

import hashlib
from itertools import groupby
from pathlib import Path

import pytest

from xueshi.policy.book import Provision, Rulebook
from xueshi.policy.cases import Case, read_cases
from xueshi.policy.load import Library, NotUnderstood, library
from xueshi.policy.quotation import stands_in
from xueshi.policy.tests.invented import HEADER, book, provision, year

NUMERALS = "一二三四五六七八九十"
POLICIES = Path(__file__).resolve().parents[3] / "policies"
LIBRARY = library(POLICIES)
FILES = {f"{path.parent.parent.name}/{path.stem}": path for path in sorted(POLICIES.glob("*/cases/*.yaml"))}
CASES = [pytest.param(key, case, id=f"{key}: {case.name}") for key, path in FILES.items() for case in read_cases(path)]
CHOOSING = "choosing"  # the one file of cases that is about no single instrument


def own(book: Rulebook) -> list[Provision]:
    """The provisions that stand in the file itself, without those of an instrument above it."""
    return [p for p in book.provisions if p.instrument in ("", book.key)]


@pytest.mark.parametrize(("key", "case"), CASES)
def test_what_the_case_says_follows(key: str, case: Case) -> None:
    differences = case.differences(LIBRARY.books.get(key), LIBRARY)
    assert not differences, "\n".join((case.name, *differences))


def test_every_file_of_cases_stands_beside_its_instrument() -> None:
    assert LIBRARY.books.keys() <= FILES.keys()
    assert {Path(key).name for key in FILES.keys() - LIBRARY.books.keys()} <= {CHOOSING}


@pytest.mark.parametrize("key", LIBRARY.books)
def test_the_source_is_kept_unchanged(key: str) -> None:
    book = LIBRARY.instrument(key)
    kept = (POLICIES / key).parent / book.source
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == book.source_sha256


@pytest.mark.parametrize("key", LIBRARY.books)
def test_every_text_stands_in_its_source(key: str) -> None:
    book = LIBRARY.instrument(key)
    source = ((POLICIES / key).parent / book.source).read_text(encoding="utf-8")
    lost = [p.id for p in own(book) if book.original and not stands_in(p.text, source)]
    assert lost == []
    assert not book.original or (stands_in(book.title, source) and stands_in(book.number, source))


@pytest.mark.parametrize("key", LIBRARY.books)
def test_the_provisions_stand_in_the_order_of_the_law(key: str) -> None:
    articles = [p.article for p in own(LIBRARY.instrument(key))]
    chapters = [number for article in articles if (number := NUMERALS.find(article[0])) >= 0]
    assert chapters == sorted(chapters)
    headings = [heading for heading, _ in groupby(articles) if heading[0] not in NUMERALS]
    assert len(headings) == len(set(headings)), "a heading is left and taken up again"


@pytest.mark.parametrize("key", LIBRARY.books)
def test_a_text_of_ours_is_never_given_out_for_the_original(key: str) -> None:
    """A source without a Chinese sentence cannot hold the wording: then the file says that it is restored."""
    book = LIBRARY.instrument(key)
    source = ((POLICIES / key).parent / book.source).read_text(encoding="utf-8")
    chinese = any("\u4e00" <= sign <= "\u9fff" for sign in source)
    assert book.original == chinese


@pytest.mark.parametrize("key", LIBRARY.books)
def test_every_case_names_its_clauses_and_there_are_enough(key: str) -> None:
    cases = [param.values[1] for param in CASES if param.values[0] == key]
    assert all(case.clauses for case in cases)
    assert len(cases) >= 40


def test_a_case_may_date_a_word_and_change_one_thing(tmp_path: Path) -> None:
    file = tmp_path / "dated.yaml"
    file.write_text(
        """
- case: A title since a day
  clauses: [X-1]
  person: {title: {junior: 2012-01-01}, title_obtained: [2012-01-01]}
  asked: {purpose: title_review, year: 2012}
  expect: {verdict: fail, missing: {public: 20}}
  also:
    - {person: {title_obtained: []}, asked: {target: intermediate, year: 2013},
       expect: {verdict: fail, outcomes: {public 2013: unmet}, missing: {public 2013: 20}}}
""",
        encoding="utf-8",
    )
    book = LIBRARY.instrument("cn-50/chongqing-2010")
    assert [case.differences(book) for case in read_cases(file)] == [[], []]


def test_a_case_that_is_wrong_says_what_differs(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(
        """
- case: Everything is wrong
  clauses: [X-1]
  entries: [{id: a, in: [2011], kind: public_topic, passed: true}]
  asked: {purpose: annual, year: 2011}
  expect: {verdict: pass, outcomes: {public: met, other: met}, refused: {}, effects: [],
           lifted: [x], facts: [y], least: 1}
- case: A chapter that is not so
  clauses: [X-1]
  on: 2026-05-01
  reads: {exam: {attempts: 3, colour: red}, study: silent, documents: {score_slip: {needs: [exam_passed, slip_verified]}}}
""",
        encoding="utf-8",
    )
    book = LIBRARY.instrument("cn-50/chongqing-2010")
    first, second = read_cases(wrong)
    said = "\n".join(first.differences(book))
    for word in ("verdict", "outcomes public 2011", "no such finding", "refused", "effects", "lifted"):
        assert word in said
    assert "names no shortfall" in said
    assert "facts" in said
    assert "least" in said
    said = "\n".join(second.differences(book))
    assert "exam attempts: '2', but the case says '3'" in said
    assert "has no 'colour'" in said
    assert "study: " in said
    assert "needs: ['exam_passed'], but the case says ['exam_passed', 'slip_verified']" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- {case: x, clauses: [X-1]}", "case 'x': exactly one of asked, reads, chooses is expected here"),
        (
            "- {case: x, clauses: [X-1], on: 2020-01-01}",
            "case 'x': exactly one of asked, reads, chooses is expected here",
        ),
        ("- {case: x, clauses: [X-1], reads: {}}", "case 'x': reads goes with on"),
        ("- {case: x, clauses: [X-1], asked: {}, expect: {}, on: 2020-01-01}", "case 'x': 'on' does not go with asked"),
        ("- {case: x, clauses: [X-1], asked: {}}", "case 'x': asked goes with expect"),
        ("- {case: x, clause: [X-1]}", "Did you mean 'clauses'?"),
        ("- {case: x}", "'clauses' is missing"),
    ],
)
def test_a_case_that_asks_nothing_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "case.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(NotUnderstood) as refusal:
        read_cases(tmp_path / "case.yaml")
    assert said in str(refusal.value)


WIDE = """
- case: Everything that a case can name
  clauses: [X-1]
  person: {member: false, secondment: {from: 2020-01-01, to: 2020-03-31}, title: {junior: 2012-01-01}}
  entries:
    - {id: a, on: 2020-05-01, hours: 10, subject: 给排水}
    - {id: b, on: 2021-05-01, hours: 2.50, for_year: 2020, subject: [给排水, 道桥]}
    - {id: c, on: 2020-06-01, hours: 7, subject: 园林}
  asked: {purpose: title_review, year: 2020, target: intermediate, subject: 给排水, marks: {theme: ethics}}
  expect:
    verdict: fail
    outcomes: {year: unmet}
    have: {year: 12.5}
    need: {year: {2020: 15}}
    missing: {year: 2.5}
    relief: {year: []}
    lacking: {year: []}
    lines: {a: 10, b: 2.5}
    refused: {c: match}
    unencoded: false
    bound: true
  also:
    - {asked: {year: 2030}, expect: {verdict: unknown, unencoded: true, lines: {a: 10, b: 2.5}, missing: {}}}
    - {person: {secondment: [{from: 2010-01-01, to: 2010-02-01}, {from: 2015-01-01}]}, expect: {verdict: fail, missing: {year: 2.5}}}
- case: Nobody on loan is bound
  clauses: [X-1]
  person: {member: true}
  asked: {purpose: annual, year: 2020}
  expect: {verdict: nothing_owed, bound: false, see: 母法}
- case: The city governs, and the mark is no mark
  clauses: [X-1]
  on: 2020-06-01
  chooses: {region: "990100", key: cn-99/invented, because: narrowest, considered: {cn-99/invented: chosen, cn-99/other: not here}}
- case: Nothing governs elsewhere
  clauses: [X-1]
  on: 2020-06-01
  chooses: {region: "980000", field: accounting, key: none}
- case: Prices and laws
  clauses: [X-1]
  on: 2020-06-01
  reads:
    price: {public: {1: "2.50", 0.5: "1.25"}, professional: {1: silent}}
    laws: {way: {steps: [own_unit, municipal_hrss]}, drawn: {sample: {least: 1/20, most: 1/10}}, fee: {payers: [own_unit]}}
"""


def wide() -> Rulebook:
    header = HEADER.replace("known_from", "known_to: 2025\nbinds: {not: {member: true}}\nsee: 母法\nknown_from")
    return book(
        year("15", "for: [annual, title_review]"),
        provision("match", "counts: {of: {says: subject}, only: {matching: subject}}"),
        provision("back", "make_up: {years: 2020}"),
        provision("fee", 'fee: {of: {category: public}, per_hour: "2.50", payers: [own_unit]}'),
        provision("way", "enrolment: {by: own_unit, steps: [own_unit, municipal_hrss]}"),
        provision("drawn", "oversight: {by: hrss, sample: {units: 一, persons: {from: 1/20, to: 1/10}}}"),
        header=header,
    )


def test_a_case_names_whatever_an_answer_holds(tmp_path: Path) -> None:
    (tmp_path / "wide.yaml").write_text(WIDE, encoding="utf-8")
    law = wide()
    shelf = Library({law.key: law}, law.words)
    found = {case.name: case.differences(law, shelf) for case in read_cases(tmp_path / "wide.yaml")}
    assert {name: said for name, said in found.items() if said} == {}


def test_a_case_says_what_it_cannot_ask(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(
        "- {case: x, clauses: [X-1], person: {member: false}, asked: {purpose: annual, year: 2020, colour: red}, expect: {verdict: fail, missing: {year: 15}}}\n"
        '- {case: y, clauses: [X-1], on: 2020-01-01, chooses: {region: "99", key: none}}\n'
        "- {case: z, clauses: [X-1], asked: {year: 2020}, expect: {verdict: pass}}\n",
        encoding="utf-8",
    )
    mark, chooses, purpose = read_cases(file)
    assert mark.differences(wide()) == ["asked: 'colour' is no mark of an entry"]
    assert mark.differences(None) == ["there is no instrument of this name beside the cases"]
    with pytest.raises(ValueError, match="which instrument governs is asked of a library"):
        chooses.differences(None)
    with pytest.raises(NotUnderstood, match="'purpose' is missing"):
        purpose.differences(wide())
