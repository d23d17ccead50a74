"""Instruments above instruments, which of them governs whom, and drafts."""

# ruff: noqa: E501  a row of these tables is one line

from datetime import date
from pathlib import Path

import pytest

from xueshi.policy.assess import assess
from xueshi.policy.facts import Asked, Entry, Facts
from xueshi.policy.load import Library, NotUnderstood, library
from xueshi.policy.tests.invented import HEADER, POLICIES, provision, year

WORDS_TEXT = (POLICIES / "words.yaml").read_text(encoding="utf-8")
BARE = HEADER[: HEADER.index("words:")]  # without words of its own
PROVINCE = (
    BARE.replace('code: "99"', 'code: "9"')
    .replace("虚构市", "虚构省")
    .replace("known_from", "until: 2030-12-31\nknown_from")
)
EXAMS = provision("exams", "exam: {attempts: 2}")


def under(*keys: str, header: str = BARE) -> str:
    """A heading that stands under these."""
    parents = ", ".join(f"{{name: {key}, number: 1号, held: true, key: {key}}}" for key in keys)
    return header.replace("known_from", f"under: [{parents}, {{name: 更上, held: false}}]\nknown_from")


def shelf(tmp_path: Path, **files: str) -> Library:
    """A library of these files; ``a_b`` is ``cn-9/a-b``."""
    (tmp_path / "words.yaml").write_text(WORDS_TEXT, encoding="utf-8")
    (tmp_path / "cn-9").mkdir()
    for name, text in files.items():
        (tmp_path / "cn-9" / f"{name.replace('_', '-')}.yaml").write_text(text, encoding="utf-8")
    return library(tmp_path)


def text(header: str, *provisions: str) -> str:
    return f"{header}provisions:\n{''.join(provisions)}"


# ---- instruments above ------------------------------------------------------------------------------------


def test_a_held_parent_stands_after_the_child_that_replaces_what_it_says_anew(tmp_path: Path) -> None:
    part = provision("part", "demand: {at_least: 5, of: {category: public}, within: year}")
    found = shelf(
        tmp_path,
        city=text(under("cn-9/province"), provision("year", "demand: {at_least: 40}", "since: 2018-01-01"), part),
        province=text(PROVINCE, year("30"), EXAMS, provision("gone", "note: {why: x}", "since: 2018-06-01")),
    )
    city, province = found.instrument("cn-9/city"), found.instrument("cn-9/province")
    assert [(p.id, p.instrument, p.since.year, p.until.year) for p in city.provisions] == [
        ("year", "cn-9/city", 2018, 9999),
        ("part", "cn-9/city", 2015, 9999),
        ("year", "cn-9/province", 2015, 2017),
        ("exams", "cn-9/province", 2015, 2030),
        ("gone", "cn-9/province", 2018, 2030),
    ]
    assert city.under == ("cn-9/province 1号", "更上")
    assert city.parents == ("cn-9/province",)
    assert province.parents == ()
    exam = city.exam(date(2020, 1, 1))
    assert exam is not None
    assert exam.attempts == 2

    def missing(year_: int) -> dict[str, str]:
        found = assess(city, Facts.of({}), [Entry("a", date(year_, 5, 1))], Asked("annual", year_))
        return {one.provision: str(one.missing) for one in found.findings}

    assert missing(2017) == {"year": "30", "part": "5"}
    assert missing(2018) == {"year": "40", "part": "5"}


def test_what_the_child_says_from_the_first_day_leaves_nothing_of_the_parent(tmp_path: Path) -> None:
    found = shelf(tmp_path, city=text(under("cn-9/province"), year("40")), province=text(PROVINCE, year("30")))
    assert [p.instrument for p in found.instrument("cn-9/city").provisions] == ["cn-9/city"]


def test_the_digest_is_of_what_is_above_too(tmp_path: Path) -> None:
    city = text(under("cn-9/province"), year("40"))
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one = shelf(tmp_path / "a", city=city, province=text(PROVINCE, year("30")))
    other = shelf(tmp_path / "b", city=city, province=text(PROVINCE, year("31")))
    assert one.instrument("cn-9/city").digest != other.instrument("cn-9/city").digest


def test_a_grandparent_is_there_once_and_brings_its_words(tmp_path: Path) -> None:
    own = "words: {entries: {kind: {values: {visit: 考察}}}}\ndefinitions: {older: [{is: yes, when: {age: 55}}, {is: no}]}\n"
    country = PROVINCE.replace('code: "9"', 'code: "0"') + own
    found = shelf(
        tmp_path,
        city=text(
            under("cn-9/province", "cn-9/country") + "words: {entries: {kind: {values: {tour: 参观}}}}\n",
            provision("v", "relief: {when: {older: yes}, gives: waived}"),
            provision("t", "earning: {of: {kind: [visit, tour]}, gives: 5}"),
        ),
        country=text(country, year("30"), EXAMS),
        province=text(
            under("cn-9/country", header=PROVINCE) + "words: {entries: {kind: {values: {hike: 徒步}}}}\n", year("40")
        ),
    )
    city = found.instrument("cn-9/city")
    assert [(p.id, p.instrument) for p in city.provisions] == [
        ("v", "cn-9/city"),
        ("t", "cn-9/city"),
        ("year", "cn-9/province"),
        ("exams", "cn-9/country"),
    ]
    assert city.parents == ("cn-9/province", "cn-9/country")
    assert {"visit", "tour", "hike"} <= city.words.entries["kind"].values.keys()


@pytest.mark.parametrize(
    ("city", "province", "said"),
    [
        (under("cn-9/provnce"), PROVINCE, "city.yaml, under, key (line 7): 'cn-9/provnce' is not held here. Did you mean 'cn-9/province'?"),
        (under("cn-9/province"), under("cn-9/city", header=PROVINCE), "province.yaml, under, key (line 8): cn-9/city → cn-9/province → cn-9/city would be above itself"),
        (under("cn-9/city"), PROVINCE, "city.yaml, under, key (line 7): cn-9/city → cn-9/city would be above itself"),
        (under("cn-9/province"), PROVINCE + 'year: {starts: "07-01", named_by: end}\n', "city.yaml, under (line 7): the year of cn-9/province begins on another day; 'year' must say the same"),
    ],
)  # fmt: skip
def test_a_parent_that_cannot_be(tmp_path: Path, city: str, province: str, said: str) -> None:
    with pytest.raises(NotUnderstood) as refusal:
        shelf(tmp_path, city=text(city, provision("x", "note: {why: x}")), province=text(province, year()))
    assert str(refusal.value) == said


@pytest.mark.parametrize(
    ("city", "said"),
    [
        (provision("x", "exam: {attempts: 3}"), "city.yaml, under, provision 'exams' of cn-9/province (line 7): 'exams' and 'x' both say 'attempts', on 2015-01-01"),
        (provision("year", "note: {why: x}"), "city.yaml, under, provision 'p' of cn-9/province (line 7): 'year' is no demand here. There is none here."),
        (provision("x", "purpose: {for: title_review, asks: [yeer]}"), "'yeer' is no demand here."),
    ],
)  # fmt: skip
def test_child_and_parent_are_checked_as_one(tmp_path: Path, city: str, said: str) -> None:
    province = text(PROVINCE, year(), EXAMS, provision("p", "purpose: {for: title_review, asks: [year]}"))
    with pytest.raises(NotUnderstood) as refusal:
        shelf(tmp_path, city=text(under("cn-9/province"), city), province=province)
    assert said in str(refusal.value)


@pytest.mark.parametrize(
    "said",
    [
        "relief: {gives: waived, of: year}",
        "owed: {from: 2017, of: year}",
        "cap: {at_most: 3, towards: year}",
        "carry: {surplus_of: year}",
        "demand: {at_least: 3, within: year}",
        "earning: {gives: [1, {years: 1, of: year}]}",
    ],
)
def test_whatever_a_parent_speaks_of_must_still_be_there(tmp_path: Path, said: str) -> None:
    province = text(PROVINCE, year(), provision("p", said))
    with pytest.raises(NotUnderstood, match=r"provision 'p' of cn-9/province \(line 7\): 'year' is no demand here"):
        shelf(tmp_path, city=text(under("cn-9/province"), provision("year", "note: {why: x}")), province=province)


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("words: {facts: {guild: {term: 行会, kind: flag}}}", "words: {facts: {guild: {term: 行会, kind: number}}}", "'guild' means another thing in cn-9/b"),
        ("words: {entries: {kind: {values: {visit: 考察}}}}", "words: {entries: {kind: {values: {visit: 参观}}}}", "'kind' means another thing in cn-9/b"),
        ("definitions: {older: [{is: yes}]}", "definitions: {older: [{is: no}]}", "'older' means another thing in cn-9/b"),
        ("words: {facts: {guild: {term: 行会, kind: flag}}}", "words: {entries: {guild: {term: 行会, kind: flag}}}", "'guild' is a fact above and a mark of entries beside it"),
    ],
)  # fmt: skip
def test_two_parents_that_mean_different_things(tmp_path: Path, one: str, other: str, said: str) -> None:
    with pytest.raises(NotUnderstood) as refusal:
        shelf(
            tmp_path,
            a=text(f"{PROVINCE}{one}\n", year()),
            b=text(f"{PROVINCE}{other}\n", provision("other", "demand: {at_least: 3}")),
            city=text(under("cn-9/a", "cn-9/b"), provision("x", "note: {why: x}")),
        )
    assert str(refusal.value) == f"city.yaml, under (line 7): {said}"


def test_whom_the_parents_bind_the_child_binds_unless_it_says_otherwise(tmp_path: Path) -> None:
    note = provision("x", "note: {why: x}")
    found = shelf(
        tmp_path,
        a=text(PROVINCE + "binds: {title: senior}\n", year()),
        b=text(PROVINCE + "binds: {sex: female}\n", note),
        both=text(under("cn-9/a", "cn-9/b"), provision("z", "note: {why: x}")),
        one=text(under("cn-9/a"), note),
        own=text(under("cn-9/a") + "binds: {sex: male}\n", note),
    )
    senior, female = found.instrument("cn-9/a").binds, found.instrument("cn-9/b").binds
    assert found.instrument("cn-9/one").binds == senior
    assert found.instrument("cn-9/own").binds not in (senior, female)
    assert getattr(found.instrument("cn-9/both").binds, "parts", ()) == (senior, female)


# ---- drafts -----------------------------------------------------------------------------------------------


def test_a_draft_may_stand_under_what_is_held_and_enters_nothing(tmp_path: Path) -> None:
    found = shelf(tmp_path, province=text(PROVINCE, year("30")))
    draft = found.draft(text(under("cn-9/province"), EXAMS), "cn-9/draft")
    assert [p.id for p in draft.provisions] == ["exams", "year"]
    assert "cn-9/draft" not in found.books
    with pytest.raises(NotUnderstood, match=r"'cn-9/provnce' is not held here\. Write 'cn-9/province'"):
        found.draft(text(under("cn-9/provnce"), EXAMS), "cn-9/draft")
    with pytest.raises(NotUnderstood, match="'cn-9/province' is not held here"):
        found.draft(text(under("cn-9/province"), EXAMS), "cn-9/province")


# ---- which one governs ------------------------------------------------------------------------------------


@pytest.fixture
def many(tmp_path: Path) -> Library:
    district = BARE.replace('code: "99"', 'code: "9901"')
    return shelf(
        tmp_path,
        city_2015=text(BARE, year()),
        city_2020=text(BARE.replace("since: 2015", "since: 2020"), year()),
        accountants=text(PROVINCE + "field: accounting\n", year()),
        district=text(district + "binds: {not: {title: assistant}}\nsee: 市里\n", year()),
        elsewhere=text(BARE.replace('code: "99"', 'code: "98"'), year()),
        ended=text(BARE.replace("known_from", "until: 2016-12-31\nknown_from"), year()),
        applied=text(BARE.replace('code: "99"', 'code: "9902"') + "binds: {target: senior}\n", year()),
    )


@pytest.mark.parametrize(
    ("facts", "region", "day", "field", "key", "because"),
    [
        ({}, "990300", date(2015, 6, 1), "", "ended", "newest"),
        ({}, "990300", date(2017, 6, 1), "", "city-2015", "narrowest"),
        ({}, "990300", date(2021, 6, 1), "", "city-2020", "newest"),
        ({}, "990300", date(2021, 6, 1), "accounting", "accountants", "field"),
        ({}, "990300", date(2031, 6, 1), "accounting", "city-2020", "newest"),
        ({}, "990101", date(2021, 6, 1), "", "district", "narrowest"),
        ({"title": "junior"}, "990101", date(2021, 6, 1), "", "district", "narrowest"),
        ({"title": "assistant"}, "990101", date(2021, 6, 1), "", "city-2020", "newest"),
        ({"title": {"assistant": date(2010, 1, 1), "junior": date(2021, 9, 1)}}, "990101", date(2021, 6, 1), "", "district", "narrowest"),
        ({"target": "full_senior"}, "990200", date(2021, 6, 1), "", "applied", "narrowest"),
        ({"target": "junior"}, "990200", date(2021, 6, 1), "", "city-2020", "newest"),
        ({}, "500103", date(2021, 6, 1), "accounting", None, "none"),
    ],
)  # fmt: skip
def test_the_field_then_the_narrowest_then_the_newest(
    many: Library, facts: dict[str, object], region: str, day: date, field: str, key: str | None, because: str
) -> None:
    choice = many.choose(Facts.of(facts), region, day, field)
    assert (choice.book.key if choice.book else None) == (f"cn-9/{key}" if key else None)
    assert choice.because == because
    assert [one.key for one in choice.considered] == sorted(many.books)
    assert [one.key for one in choice.considered if one.why == "chosen"] == ([f"cn-9/{key}"] if key else [])


def test_why_each_of_the_others_does_not_govern(many: Library) -> None:
    choice = many.choose(Facts.of({"title": "assistant"}), "990101", date(2021, 6, 1))
    assert {one.key.partition("/")[2]: one.why for one in choice.considered} == {
        "accountants": "other_field",
        "applied": "elsewhere",
        "city-2015": "older",
        "city-2020": "chosen",
        "district": "not_bound",
        "elsewhere": "elsewhere",
        "ended": "not_in_force",
    }
    accountant = many.choose(Facts.of({}), "990101", date(2021, 6, 1), "accounting")
    assert {one.key.partition("/")[2]: one.why for one in accountant.considered if one.why in ("wider", "older")} == {
        "city-2015": "wider",
        "city-2020": "wider",
        "district": "wider",
    }


def test_the_instrument_of_a_field_governs_nobody_at_large(many: Library) -> None:
    assert many.governing("900000", date(2021, 6, 1)) is None
