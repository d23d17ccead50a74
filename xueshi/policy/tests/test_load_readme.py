"""The examples of ``policies/README.md`` are read by the loader, and its cases hold."""

import re
from pathlib import Path

import pytest

from xueshi.policy.cases import read_cases
from xueshi.policy.load import instrument, library
from xueshi.policy.tests.invented import HEADER, POLICIES, provision

README = (POLICIES / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
EXAMPLES = [line.partition("  #")[0] for block in BLOCKS if not block.startswith("-") for line in block.splitlines()]
LIBRARY = library(POLICIES)
DEMANDS = "".join(provision(id, "demand: {at_least: 3}") for id in ("year", "public", "professional"))


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_understood(example: str) -> None:
    header = HEADER[: HEADER.index("words:")]
    text = f"{header}provisions:\n{DEMANDS}  - id: x\n    article: 一\n    text: 一句\n    {example}\n"
    assert instrument(text, LIBRARY.words, key="cn-99/x").provision("x").verb == example.partition(":")[0]


def test_every_verb_and_key_of_the_tables_is_shown() -> None:
    assert {example.partition(":")[0] for example in EXAMPLES} >= {
        *("demand", "purpose", "relief", "owed", "counts", "make_up", "earning", "hour", "cap", "carry"),
        *("consequence", "exam", "fee", "review", "enrolment", "document", "oversight"),
    }


def test_the_cases_of_the_readme_hold(tmp_path: Path) -> None:
    (block,) = [block for block in BLOCKS if block.startswith("-")]
    (tmp_path / "readme.yaml").write_text(block, encoding="utf-8")
    law = LIBRARY.instrument("cn-50/chongqing-2010")
    cases = read_cases(tmp_path / "readme.yaml")
    assert [case.differences(law, LIBRARY) for case in cases] == [[]] * 4
