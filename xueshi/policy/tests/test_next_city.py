"""The next city comes as data: an invented province, city and field that ask for all that the vocabulary can say.

Nothing of it stands in ``policies/``; no line of the engine knows it.
"""

import hashlib
import shutil
from pathlib import Path

import pytest

from xueshi.policy.cases import Case, read_cases
from xueshi.policy.load import Library, library
from xueshi.policy.quotation import stands_in
from xueshi.policy.verbs import HOUR_VERBS

HERE = Path(__file__).parent / "next_city"
WORDS = Path(__file__).resolve().parents[3] / "policies" / "words.yaml"
KEYS = sorted(f"{path.parent.name}/{path.stem}" for path in HERE.glob("*/*.yaml"))
CASES = [
    pytest.param(key, case, id=f"{key}: {case.name}")
    for key in KEYS
    for case in read_cases(HERE / Path(key).parent / "cases" / f"{Path(key).name}.yaml")
]


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The invented instruments under the words that every instrument shares."""
    root = tmp_path_factory.mktemp("policies")
    shutil.copytree(HERE, root, dirs_exist_ok=True)
    shutil.copy(WORDS, root)
    return library(root)


@pytest.mark.parametrize(("key", "case"), CASES)
def test_what_the_case_says_follows(invented: Library, key: str, case: Case) -> None:
    differences = case.differences(invented.instrument(key), invented)
    assert not differences, "\n".join((case.name, *differences))


@pytest.mark.parametrize("key", KEYS)
def test_the_file_quotes_its_source(invented: Library, key: str) -> None:
    book = invented.instrument(key)
    source = (HERE / key).parent / book.source
    assert hashlib.sha256(source.read_bytes()).hexdigest() == book.source_sha256
    own = [provision for provision in book.provisions if provision.instrument == key]
    assert [p.id for p in own if not stands_in(p.text, source.read_text(encoding="utf-8"))] == []


def test_every_verb_is_used(invented: Library) -> None:
    used = {provision.verb for book in invented.books.values() for provision in book.provisions}
    chapters = {"exam", "study", "review", "enrolment", "fee", "document", "oversight", "note"}
    assert used >= {*HOUR_VERBS, *chapters}


def test_the_city_closes_the_total_of_the_province_and_keeps_the_rest(invented: Library) -> None:
    city = invented.instrument("cn-99/sample-city-2030")
    above = {p.id: p for p in city.provisions if p.instrument == "cn-99/sample-province-2028"}
    assert {"year", "public", "abroad-is-complete", "verified-professional", "certificate"} <= set(above)
    assert above["year"].until.isoformat() == "2030-06-30"
    assert above["public"].until > city.since
