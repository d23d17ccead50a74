"""Each URL stands in docs/permissions.md, and answers each kind of visitor as the table says."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

ROOT = Path(__file__).resolve().parent.parent
VISITORS = ("visitor", "learner", "counter", "verifier", "clerk", "operator")
FRAMEWORKS_OWN = {"set_language"}
ABSENT = {int: 999_999_999, str: "0" * 32}


def patterns(found: list[URLPattern | URLResolver], spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, URLPattern]]:
    for one in found:
        if isinstance(one, URLResolver):
            yield from patterns(one.url_patterns, (*spaces, one.namespace) if one.namespace else spaces)
        else:
            yield ":".join((*spaces, one.name or str(one.pattern))), one


def urls() -> dict[str, URLPattern]:
    return {name: one for name, one in patterns(get_resolver().url_patterns) if name not in FRAMEWORKS_OWN}


def table() -> dict[str, dict[str, str]]:
    """URL name -> visitor -> "yes" or "no"."""
    text = (ROOT / "docs" / "permissions.md").read_text(encoding="utf8")
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0].strip("`"): dict(zip(VISITORS, row[1:7], strict=True)) for row in rows}


def address(name: str, pattern: URLPattern) -> str:
    """The URL with ids of things that are not there."""
    values = {key: ABSENT[type(converter.to_python("1"))] for key, converter in pattern.pattern.converters.items()}
    return reverse(name, kwargs=values)


def test_every_url_has_a_row_and_every_row_a_url() -> None:
    assert sorted(urls()) == sorted(table())


def test_everyone_gets_what_the_table_says(
    db: None, plan: object, stranger, cashier, verifier, clerk, operator, signed_in
) -> None:
    clients = {
        "visitor": Client(), "learner": signed_in(stranger), "counter": signed_in(cashier),
        "verifier": signed_in(verifier), "clerk": signed_in(clerk), "operator": signed_in(operator),
    }  # fmt: skip
    wrong = []
    for name, row in table().items():
        url = address(name, urls()[name])
        for visitor, allowed in row.items():
            answer = clients[visitor].get(url)
            if answer.status_code == 405:
                answer = clients[visitor].post(url)
            # Asking for what is absent is answered 404, and only after the door has let one in.
            turned_away = answer.status_code in {401, 403} or (
                answer.status_code == 302 and "/sign-in/" in answer.headers.get("Location", "")
            )
            # 503: the door let her in, and says that online payment is not connected in the suite.
            if turned_away != (allowed == "no") or answer.status_code in {500, 502}:
                wrong.append(f"{name} as {visitor}: {answer.status_code}, the table says {allowed}")
            if name.endswith(("sign_out",)):
                break
    assert wrong == []


@pytest.mark.parametrize("visitor", VISITORS)
def test_the_table_knows_each_kind_of_visitor(visitor: str) -> None:
    assert all(re.fullmatch("yes|no", row[visitor]) for row in table().values())
