"""The loader refuses what it does not wholly understand, and says where and what it would have."""

# ruff: noqa: E501  a row of these tables is one line: what is written, and what is said about it

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from xueshi.policy import strict_yaml
from xueshi.policy.load import NotUnderstood, instrument, library, vocabulary
from xueshi.policy.tests.invented import CHONGQING, HEADER, POLICIES, WORDS, book, provision, year

CHONGQING_TEXT = (POLICIES / "cn-50/chongqing-2010.yaml").read_text(encoding="utf-8")
EVERYBODYS = vocabulary((POLICIES / "words.yaml").read_text(encoding="utf-8"))
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
        ("a: 1\nb: " + "[" * 100_000, "f.yaml (line 2): more than 60 levels inside one another"),
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
        ("hour: {minutes: 45}", "both say 'hour'"),
        ("carry: {surplus_of: year}", "both say 'carry of year'"),
        ("document: {id: a, name: b, made_by: own_unit, needs: exam_passed}", "both say 'document a'"),
    ],
)  # fmt: skip
def test_nothing_is_said_twice_at_a_time(verb: str, said: str) -> None:
    with pytest.raises(NotUnderstood, match=said):
        book(year(), provision("x", verb), provision("y", verb))
    ended = provision("x", verb, "until: 2016-12-31")
    assert len(book(year(), ended, provision("y", verb, "since: 2017-01-01")).provisions) == 3


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
        ("known_from: 2015", "known_from: first", "a year is expected here, as 2017"),
        ("known_from: 2015", "known_from: 2015\nknown_to: 2014", "no year is left: the first is 2015"),
        ("known_from: 2015", "known_from: 2015\nsee: 母法", "'see' says where those must look whom 'binds' leaves out"),
        ("known_from: 2015", "known_from: 2015\nbinds: {sight: urban}", "Did you mean 'site'?"),
        ("known_from: 2015", "known_from: 2015\nfield: acounting", "'acounting' is not a field."),
        ("known_from: 2015", "known_from: 2015\nyear: {}", "exactly one of starts, ends_with is expected here"),
        ("known_from: 2015", 'known_from: 2015\nyear: {starts: "07-01"}', "'named_by' is missing: start or end, the year whose number it bears"),
        ("known_from: 2015", 'known_from: 2015\nyear: {starts: "02-29", named_by: end}', 'a month and a day are expected here, as "07-01"'),
        ("known_from: 2015", 'known_from: 2015\nyear: {starts: "07-01", named_by: us}', "'us' is not start or end. One of: start, end."),
        ("known_from: 2015", "known_from: 2015\nyear: {ends_with: hire_month}", "'hire_month' is not an end of a year. Write 'birth_month'."),
        ("known_from: 2015", "known_from: 2015\nyear: {ends_with: birth_month, named_by: end}", "'named_by' is not a word of the vocabulary here. Write 'ends_with'."),
        ("known_from: 2015", "known_from: 2015\nunder: {name: x, held: true}", "a parent that is held has a key, and no other has"),
        ("known_from: 2015", "known_from: 2015\nunder: {name: x, held: false, key: a/b}", "a parent that is held has a key, and no other has"),
        ("known_from: 2015", "known_from: 2015\nunder: {name: x, held: true, key: a/b}", "an instrument above another is read with its library"),
        ("    site:", "    title:", "'title' is already a word; only values can be added to it, as {values: {…}}"),
        ("    site: {term: 地点, kind: word, absent: no, values: {urban: 城区", "    title: {values: {urban: 城区", "no value can be added to 'title': it is a word in a fixed order, or no word at all"),
        ("    site: {term: 地点, kind: word, absent: no, values: {urban: 城区", "    affiliation: {values: {other: 城区", "'other' is already there"),
        ("    site: {term: 地点, kind: word, absent: no, values: {urban: 城区", "    site: {term: 地点, kind: word, values: {otherwise: 城区", "'otherwise' has a meaning of its own; give another name"),
        ("    member:", "    age:", "'age' has a meaning of its own; give another name"),
        ("kind: flag}", "kind: flog}", "'flog' is not a kind of word. Did you mean 'flag'?"),
        ("kind: flag}", "kind: flag, ordered: true}", "only a word has values in an order"),
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
    assert str(refusal.value).startswith("invented.yaml")
    assert "(line " in str(refusal.value)
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


def test_a_word_is_known_by_its_name() -> None:
    own, other = WORDS.facts["title"], CHONGQING.words.facts["title"]
    assert len({own, other}) == 1


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
    assert repr(CHONGQING) == f"<Rulebook cn-50/chongqing-2010 {CHONGQING.digest[:12]}>"


FILES = {
    str(path.relative_to(POLICIES)): path.read_text(encoding="utf-8") for path in sorted(POLICIES.glob("*/*.yaml"))
}
FRAGMENTS = st.sampled_from(
    [
        *("[]", "{}", "0", "-1", "1/7", "true", "null", "2010-02-30", "2010-10-27", "year", "public", "senior", "x"),
        *(
            "{by: title, junior: 3}",
            "{share: 2/5, of: required}",
            "{last: 3}",
            "{any: [{title: junior}]}",
            "{",
            "]",
            ": ",
        ),
        *("{per: days, is: 5}", "{years: 1, of: year}", "[{name: a, at_least: 3}, {name: b, courses: 1}]", "undecided"),
        *("{from: 2017, to: 2021}", "{cycle: 5, from: 2016}", "{age: 55}", "&x", "!!str", "\u0000", "- ", "  "),
    ]
)


def _mutated(data: st.DataObject, text: str) -> str:
    """A line dropped, doubled, moved to another place, or something in it replaced by a fragment."""
    lines = text.splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        how = data.draw(st.sampled_from(["drop", "double", "move", "value", "piece"]))
        key, colon, _ = lines[at].partition(": ")
        if how == "drop":
            del lines[at : at + 1]
        elif how == "double":
            lines.insert(at, lines[at])
        elif how == "move":
            lines.insert(data.draw(st.integers(0, len(lines))), lines[at])
        elif how == "value" and colon:
            lines[at] = f"{key}: {data.draw(FRAGMENTS)}"
        elif pieces := list(re.finditer(r"\w+|[{}\[\],:]", lines[at])):
            piece = data.draw(st.sampled_from(pieces))
            lines[at] = f"{lines[at][: piece.start()]}{data.draw(FRAGMENTS)}{lines[at][piece.end() :]}"
        lines = lines or [""]
    return "\n".join(lines)


@pytest.mark.parametrize("file", FILES)
@settings(deadline=None, max_examples=15)
@given(st.data())
def test_a_file_changed_anyhow_loads_or_is_refused_with_its_name_and_a_line(file: str, data: st.DataObject) -> None:
    name = Path(file).name
    said = ""
    try:
        law = instrument(_mutated(data, FILES[file]), EVERYBODYS, key=file.removesuffix(".yaml"))
        assert all(provision.text for provision in law.provisions)
    except NotUnderstood as refusal:
        said = str(refusal)
    assert not said or re.match(rf"{re.escape(name)}.* \(line \d+\): |{re.escape(name)}: the file is empty", said)


@pytest.mark.parametrize("file", FILES)
@settings(deadline=None, max_examples=10)
@given(st.data())
def test_an_unknown_key_anywhere_is_refused(file: str, data: st.DataObject) -> None:
    """A key changed by one letter, in any provision of a real notice, never goes through."""
    lines = FILES[file].splitlines()
    first = lines.index("provisions:")
    at = data.draw(st.sampled_from([n for n, line in enumerate(lines) if n > first and line.startswith("    ")]))
    key, colon, rest = lines[at].partition(":")
    assume(colon and key.strip().isidentifier() and key.strip().isascii())
    place = data.draw(st.integers(len(key) - len(key.strip()), len(key) - 1))
    letter = data.draw(st.sampled_from("xqz"))
    lines[at] = f"{key[:place]}{letter}{key[place:]}{colon}{rest}"
    with pytest.raises(NotUnderstood):
        instrument("\n".join(lines), EVERYBODYS, key=file.removesuffix(".yaml"))


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
