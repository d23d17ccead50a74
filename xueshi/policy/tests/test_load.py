"""The loader refuses what it does not wholly understand, and says where and what it would have."""

# ruff: noqa: E501  a row of these tables is one line: what is written, and what is said about it

from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from xueshi.policy import strict_yaml
from xueshi.policy.load import NotUnderstood, instrument, library, vocabulary
from xueshi.policy.tests.invented import CHONGQING, HEADER, POLICIES, WORDS, book, provision, year

CHONGQING_TEXT = (POLICIES / "cn-50/chongqing-2010.yaml").read_text(encoding="utf-8")
WORDS_TEXT = (POLICIES / "words.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\na: 2", "f.yaml (line 2): the key 'a' stands twice (first on line 1)"),
        ("a: &x 1\nb: *x", "anchors and aliases"),
        ("a: !!str 1", "the tag"),
        ("a: ", "a value is missing"),
        ("a: null", "a value is missing"),
        ("{why: one, two}", "a comma inside"),
        ("a: 2010-02-30", "2010-02-30 is not a day of the calendar"),
        ("a: [1", "not YAML"),
        ("", "the file is empty"),
        ("a: 1\n---\nb: 2", "more than one document"),
        ("[a]: 1", "cannot be a key"),
        ("true: 1", "cannot be a key"),
        ("a: \x00", "not YAML"),
    ],
)
def test_yaml_without_its_surprises(text: str, said: str) -> None:
    with pytest.raises(NotUnderstood) as refusal:
        strict_yaml.read(text, "f.yaml")
    assert said in str(refusal.value)


def test_words_stay_words_and_numbers_exact() -> None:
    node = strict_yaml.read(
        'on: yes\nno: off\nt: 12:30\no: 010\nn: 7\nd: 0.10\nq: "7"\nb: true\nday: 2010-10-27\nl: [x]',
        "f.yaml",
    )
    assert node.plain() == {
        **{"on": "yes", "no": "off", "t": "12:30", "o": "010", "n": 7, "d": "0.10", "q": "7"},
        **{"b": True, "day": "2010-10-27", "l": ["x"]},
    }


REFUSED = [
    ("demand: {at_least: 30, off: {category: public}}", "demand (line 26): 'off' is not a word of the vocabulary here. Did you mean 'of'?"),
    ("demand: {at_least: 30, of: {category: pubilc}}", "'pubilc' is not a value of 'category'. Did you mean 'public'?"),
    ("demand: {at_least: 30, of: {categorie: public}}", "'categorie' is not a word of the vocabulary here. Did you mean 'category'?"),
    ("demand: {at_least: 1/7}", "1/7 hours is not a whole number of 1/1800 hours"),
    ("demand: {at_least: many}", "a number is expected here"),
    ("demand: {at_least: 1/0}", "a number is expected here"),
    ("demand: {at_least: true}", "a number is expected here"),
    ("demand: {at_least: -1}", "below nothing"),
    ("demand: {at_least: 30, courses: 1}", "exactly one of at_least, courses"),
    ("demand: {of: {category: public}}", "exactly one of at_least, courses"),
    ("demand: {courses: 0}", "a whole number of at least 1"),
    ("demand: {courses: true}", "a whole number of at least 1"),
    ("demand: {at_least: 30, for: anual}", "'anual' is not a purpose. Did you mean 'annual'?"),
    ("demand: {at_least: 30, for: [annual, annual]}", "the same word stands twice"),
    ("demand: {at_least: 30, within: yaer}", "'yaer' is no demand here"),
    ("demand: {at_least: 30, within: x}", "'x' would be a part of itself"),
    ("demand: {at_least: 30, within: year, over: {last: 2}}", "a part has the window of its whole"),
    ("demand: {at_least: 30, one_of_each: {theme: [ethics]}}", "'one_of_each' is not understood by this version"),
    ("demand: {at_least: 30, over: {cycle: 5}}", "'cycle' is not understood by this version"),
    ("demand: {at_least: 30, over: {last: 2, each_of_last: 2}}", "exactly one of last"),
    ("demand: {at_least: 30, over: {since: born}}", "'born' is not an event"),
    ("demand: {at_least: 30, over: {last: 2, at_most: 3}}", "'at_most' goes with since"),
    ("demand: {at_least: 30, over: {last: 2, ending: next}}", "'next' is not an ending"),
    ("demand: {at_least: 30, over: month}", "'month' is not a window"),
    ("demand: {at_least: {by: title, junior: 10, junoir: 20}}", "'junoir' is not a word of the vocabulary here. Did you mean 'junior'?"),
    ("demand: {at_least: {junior: 10}}", "'by' is missing"),
    ("demand: {at_least: {by: title}}", "a table needs a row"),
    ("demand: {at_least: {by: title, senior: 10, full_senior: 20}}", "'full_senior' has two rows"),
    ("demand: {at_least: {by: born, x: 1}}", "'born' is not a word with values"),
    ("demand: {at_least: {by: title, steps: 1}}", "'steps' is not understood by this version"),
    ("demand: {at_least: 30, when: {age: 5}}", "'age' is not understood by this version"),
    ("demand: {at_least: 30, when: {}}", "a condition is expected here"),
    ("demand: {at_least: 30, when: {member: perhaps}}", "true or false is expected here"),
    ("demand: {at_least: 30, when: {born: {}}}", "one of since, after, by, before is expected"),
    ("demand: {at_least: 30, when: {born: {since: long ago}}}", "a day is expected here"),
    ("demand: {at_least: 30, when: {born: 1980}}", "keys with values are expected here"),
    ("demand: {at_least: 30, when: {moved: {in: month}}}", "'month' is not year"),
    ("demand: {at_least: 30, when: {title: {at_least: 5}}}", "'5' is not a value of 'title'"),
    ("demand: 30", "keys with values are expected here"),
    ("purpose: {for: title_review}", "'asks' is missing"),
    ("purpose: {for: title_review, asks: [yeer]}", "'yeer' is no demand here. Did you mean 'year'?"),
    ("relief: {gives: {times: 3/2}}", "a relief does not raise what is owed"),
    ("relief: {gives: no_exam}", "'no_exam' is not understood by this version"),
    ("relief: {gives: nothing}", "'nothing' is not a relief"),
    ("relief: {gives: waived, of: {}}", "'of' is not understood by this version"),
    ("owed: {from: {year_of: moved, year_after: moved}}", "one of year_of, year_after"),
    ("counts: {of: {category: public}}", "one of only, after, done is expected"),
    ("counts: {done: {}}", "one of from, to is expected"),
    ("earning: {gives: {per: hours}}", "'is' is missing"),
    ("earning: {gives: {per: days, is: 1}}", "'days' is not a rate"),
    ("earning: {gives: [1, 2]}", "a sum of several is not understood"),
    ("earning: {gives: 1, once: month}", "'month' is not a limit"),
    ("earning: {gives: 1, as: publik}", "'publik' is not a category. Did you mean 'public'?"),
    ("cap: {at_most: {share: 2/5}, towards: year}", "'share' is not understood by this version"),
    ("cap: {at_most: 3, towards: yar}", "'yar' is no demand here"),
    ("consequence: {if_unmet: annual, effect: blok, on: x}", "'blok' is not an effect. Did you mean 'block'?"),
    ("consequence: {if_unmet: annual, effect: block, on: x, in_principle: 1}", "true or false"),
    ("make_up: {years: [2017, 2021]}", "'make_up' is not understood by this version"),
    ("hour: {minutes: 45}", "'hour' is not understood by this version"),
    ("demnad: {at_least: 3}", "'demnad' is not a word of the vocabulary here. Did you mean 'demand'?"),
    ("demand: {at_least: 3}, cap: {at_most: 3, towards: year}", "a provision does exactly one thing, found ['demand', 'cap']. One of: demand, purpose"),
    ("reading: nothing", "a provision does exactly one thing, found []"),
    ("exam: {}", "one of attempts, pass_mark"),
    ("exam: {of: {category: public}}", "one of attempts, pass_mark"),
    ("exam: {then: retsudy}", "'retsudy' is not a value of 'then'. Did you mean 'restudy'?"),
    ("exam: {make_up: 1}", "'make_up' is not understood by this version"),
    ("study: {evidence: clicks}", "'clicks' is not a kind of evidence"),
    ("study: {}", "'evidence' is missing"),
    ("fee: {amount: 70, per: person_year, basis: x}", "an amount in yuan is expected here"),
    ('fee: {amount: "70.0x", per: person_year, basis: x}', "an amount in yuan is expected here"),
    ('fee: {amount: "70.00", per: hour, basis: x}', "'hour' is not a unit of the fee"),
    ('fee: {per_hour: "2.50"}', "'per_hour' is not understood by this version"),
    ("review: {of: {category: public}}", "exactly one of first, methods"),
    ("review: {first: county_hrss, methods: check_slip}", "exactly one of first, methods"),
    ("review: {methods: check_slip, sealed: true}", "'sealed' is not a word"),
    ("review: {first: [county_hrss, own_unit]}", "several reviewers in turn are not understood"),
    ("review: {first: county_hrss, then: own_unit}", "'then' is not understood by this version"),
    ("enrolment: {step: sign_in, by: learner, paid: online}", "'paid' goes with the step 'pay'"),
    ("enrolment: {step: pay, by: learner, paid: online, counters: [{by: own_unit}]}", "counters go with paying on site"),
    ("enrolment: {step: pay, by: learner, activated_by: payment}", "'activated_by' is not understood"),
    ("document: {id: a, name: b, needs: exam_passed}", "exactly one of printed_by, made_by"),
    ("document: {id: a, name: b, printed_by: learner, needs: nothing}", "is not something a document can need"),
    ("oversight: {by: own_unit}", "exactly one of duties, violations"),
    ("oversight: {by: own_unit, duties: dance}", "'dance' is not one of the duties"),
    ("note: {}", "one of why, contacts, client"),
    ("note: {why: x, topic: policy}", "topic and contacts go together"),
    ("note: {why: [x]}", "words are expected here"),
    ("demand: {at_least: 3}, since: 2020-01-01, until: 2019-01-01", "it would end on 2019-01-01 before it begins"),
    ("demand: {at_least: 3}, until: 2010-01-01", "it would end on 2010-01-01 before it begins"),
]  # fmt: skip


@pytest.mark.parametrize(("verb", "said"), REFUSED, ids=[verb for verb, _ in REFUSED])
def test_what_is_not_understood_is_refused_in_words(verb: str, said: str) -> None:
    with pytest.raises(NotUnderstood) as refusal:
        book(year(), provision("x", verb))
    message = str(refusal.value)
    assert said in message
    assert message.startswith("invented.yaml")
    assert "'x'" in message
    assert "line" in message


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("demand: {at_least: 1}", "demand: {at_least: 2}", "two wordings of 'x' are in force on 2015-01-01"),
        ("demand: {at_least: 1}", "note: {why: x}, since: 2030-01-01", "'x' is a demand and a note"),
    ],
)  # fmt: skip
def test_one_id_has_one_wording_at_a_time(first: str, second: str, said: str) -> None:
    with pytest.raises(NotUnderstood, match=said):
        book(provision("x", first), provision("x", second))


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        ("exam: {attempts: 2}", "both say 'attempts'"),
        ('fee: {amount: "1.00", per: person_year, basis: x}', "both say 'fee'"),
        ("study: {evidence: timed}", "both say 'study'"),
        ("review: {methods: check_slip}", "both say 'methods'"),
        ("document: {id: a, name: b, made_by: own_unit, needs: exam_passed}", "both say 'document a'"),
    ],
)  # fmt: skip
def test_nothing_is_said_twice_at_a_time(verb: str, said: str) -> None:
    with pytest.raises(NotUnderstood, match=said):
        book(provision("x", verb), provision("y", verb))
    ended = provision("x", verb, "until: 2016-12-31")
    assert len(book(ended, provision("y", verb, "since: 2017-01-01")).provisions) == 2


def test_a_part_keeps_its_whole_in_every_wording() -> None:
    with pytest.raises(NotUnderstood, match="parts of different wholes"):
        book(
            year(),
            provision("part", "demand: {at_least: 1, within: year}", "until: 2016-12-31"),
            provision("part", "demand: {at_least: 1}", "since: 2017-01-01"),
        )
    with pytest.raises(NotUnderstood, match="would be a part of itself"):
        book(
            provision("a", "demand: {at_least: 1, within: b}"),
            provision("b", "demand: {at_least: 1, within: a}"),
        )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("issuer: ", "isuer: ", "'isuer' is not a word of the vocabulary here. Did you mean 'issuer'?"),
        ("issuer: 虚构市人力资源和社会保障局\n", "", "'issuer' is missing"),
        ("since: 2015-01-01", "since: 2015", "a day is expected here"),
        ("known_from: 2015", "known_from: 2015\nwording: lost", "'lost' is not a kind of wording"),
        ("known_from: 2015", "binds: {not: {site: urban}}\nknown_from: 2015", "'binds' is not understood by this version"),
        ("known_from: 2015", "known_from: 2015\nunder: {name: x, held: true}", "not understood by this version"),
        ("    site:", "    title:", "'title' is already a word of words.yaml"),
        ("kind: flag}", "kind: flog}", "'flog' is not a kind of word. Did you mean 'flag'?"),
        ("kind: number}\n    member", "kind: number, values: {a: b}}\n    member", "a word needs its values"),
        ("theme: {", "theme: {absent: unknown, ", "a mark that an entry does not carry is always no"),
        ("kind: word, absent: no, values: {urban: 城区", "kind: word, groups: {urban: [county]}, values: {urban: 城区", "both a value and a group"),
        ("{term: 地点, kind: word, absent: no", "{term: 地点, kind: word, absent: maybe", "'maybe' is not unknown or no"),
        ("    theme:", "    site:", "'site' is a fact and a mark"),
    ],
)  # fmt: skip
def test_the_heading_and_the_words_are_read_as_strictly(old: str, new: str, said: str) -> None:
    header = HEADER.replace(old, new, 1)
    assert header != HEADER
    with pytest.raises(NotUnderstood) as refusal:
        book(year(), header=header)
    assert said in str(refusal.value)


def test_a_provision_needs_its_words() -> None:
    for text, said in (
        ("  - {article: 一, text: 句, note: {why: x}}", "'id' is missing"),
        ("  - {id: x, text: 句, note: {why: x}}", "'article' is missing"),
        ("  - {id: x, article: 一, note: {why: x}}", "'text' is missing"),
        ('  - {id: x, article: 一, text: " ", note: {why: x}}', "words are expected here"),
    ):
        with pytest.raises(NotUnderstood, match=said):
            book(text)


def test_the_words_need_a_category() -> None:
    with pytest.raises(NotUnderstood, match="'category'"):
        vocabulary(WORDS_TEXT.replace("  category: {", "  kategorie: {"))


@pytest.mark.clause("CQ-01", "CQ-02")
def test_the_heading_is_kept() -> None:
    restored = HEADER.replace("since:", "wording: restored\nunder: {name: 母法, held: false}\nsince:")
    law = book(year(), header=restored)
    assert (law.original, law.under, law.region.code) == (False, ("母法",), "99")
    assert CHONGQING.original
    assert "专业技术创新理论与案例分析" in CHONGQING.under[1]  # the topic of 2010
    assert CHONGQING.under[1].endswith("渝人社发〔2010〕137号")
    assert CHONGQING.number == "渝人社办〔2010〕257号"


@settings(deadline=None)
@given(st.data())
def test_an_unknown_key_anywhere_is_refused(data: st.DataObject) -> None:
    """A key changed by one letter, in any provision of the real notice, never goes through."""
    lines = CHONGQING_TEXT.splitlines()
    at = data.draw(st.sampled_from([n for n, line in enumerate(lines) if line.startswith("    ")]))
    key, colon, rest = lines[at].partition(":")
    assume(colon and key.strip().isidentifier() and key.strip().isascii())
    place = data.draw(st.integers(len(key) - len(key.strip()), len(key) - 1))
    letter = data.draw(st.sampled_from("xqz"))
    lines[at] = f"{key[:place]}{letter}{key[place:]}{colon}{rest}"
    with pytest.raises(NotUnderstood):
        instrument("\n".join(lines), WORDS, key="cn-50/chongqing-2010")


def test_the_digest_is_of_the_content_and_of_the_words_used() -> None:
    again = instrument(CHONGQING_TEXT + "\n# a comment\n", WORDS, key="cn-50/chongqing-2010")
    assert again.digest == CHONGQING.digest
    assert len(again.digest) == 64
    changed = CHONGQING_TEXT.replace("at_least: 20", "at_least: 21")
    assert instrument(changed, WORDS, key="x/y").digest != CHONGQING.digest

    def under(words: str) -> str:
        return instrument(CHONGQING_TEXT, vocabulary(words), key="x/y").digest

    unused = WORDS_TEXT.replace("term: 首次聘用到专业技术岗位, kind: event", "term: 首聘, kind: date")
    used = WORDS_TEXT.replace("other: 其余人员", "rest: 其余人员")
    assert unused != WORDS_TEXT != used
    assert under(unused) == CHONGQING.digest
    assert under(used) != CHONGQING.digest


@pytest.mark.clause("CQ-01")
def test_the_narrowest_and_newest_instrument_governs(tmp_path: Path) -> None:
    (tmp_path / "words.yaml").write_text(WORDS_TEXT, encoding="utf-8")
    headers = {
        "city-2015": HEADER,
        "city-2020": HEADER.replace("since: 2015", "since: 2020"),
        "district": HEADER.replace('code: "99"', 'code: "9901"').replace("since: 2015", "since: 2016"),
        "ended": HEADER.replace("since: 2015-01-01", "since: 2021-01-01\nuntil: 2021-12-31"),
    }
    (tmp_path / "cn-99").mkdir()
    for name, header in headers.items():
        text = f"{header.partition('words:')[0]}provisions:\n{year()}"
        (tmp_path / "cn-99" / f"{name}.yaml").write_text(text, encoding="utf-8")
    found = library(tmp_path)

    def governing(region: str, year_: int) -> str | None:
        law = found.governing(region, date(year_, 6, 1))
        return law.key if law else None

    assert governing("990200", 2015) == "cn-99/city-2015"
    assert governing("990200", 2020) == "cn-99/city-2020"
    assert governing("990101", 2020) == "cn-99/district"
    assert governing("990101", 2015) == "cn-99/city-2015"
    assert governing("990200", 2021) == "cn-99/ended"
    assert governing("990200", 2022) == "cn-99/city-2020"
    assert governing("500103", 2020) is None
    assert governing("990200", 2014) is None
    with pytest.raises(KeyError):
        found.instrument("cn-99/nothing")
