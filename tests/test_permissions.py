"""Each URL stands in docs/permissions.md, and answers each kind of visitor, and each method, as the table says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tools import access_table
from xueshi.people.models import Post

ROOT = Path(__file__).resolve().parent.parent
FRAMEWORKS_OWN = {"set_language"}
ABSENT = {int: 999_999_999, str: "0" * 32}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ROLES = tuple(Post.Role.values)
STEPPING_OUT = "public:sign_out"


def patterns(found: list[URLPattern | URLResolver], spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, URLPattern]]:
    for one in found:
        if isinstance(one, URLResolver):
            yield from patterns(one.url_patterns, (*spaces, one.namespace) if one.namespace else spaces)
        else:
            yield ":".join((*spaces, one.name or str(one.pattern))), one


def urls() -> dict[str, URLPattern]:
    return {name: one for name, one in patterns(get_resolver().url_patterns) if name not in FRAMEWORKS_OWN}


@dataclass(frozen=True)
class Row:
    """What the table says of a URL."""

    methods: tuple[str, ...]
    who: frozenset[str]

    def lets_in(self, visitor: str) -> bool:
        """Whether this kind of visitor may open it."""
        return "everyone" in self.who or (visitor != "visitor" and "signed in" in self.who) or visitor in self.who

    def answers(self, method: str) -> bool:
        return method in self.methods or (method == "HEAD" and "GET" in self.methods)


def table() -> dict[str, Row]:
    """URL name -> row."""
    text = (ROOT / "docs" / "permissions.md").read_text(encoding="utf8")
    found = {}
    for line in text.splitlines():
        if line.startswith("| `"):
            name, methods, who = (cell.strip() for cell in line.strip("|").split("|"))
            named = {who} if who in ("everyone", "signed in") else set(who.split())
            found[name.strip("`")] = Row(tuple(methods.split()), frozenset(named))
    return found


def address(name: str, pattern: URLPattern) -> str:
    """The URL with ids of things that are not there."""
    values = {key: ABSENT[type(converter.to_python("1"))] for key, converter in pattern.pattern.converters.items()}
    return reverse(name, kwargs=values)


def turned_away(answer: object) -> bool:
    """By the door: refused, or sent to sign in."""
    status, where = answer.status_code, answer.headers.get("Location", "")  # type: ignore[attr-defined]
    return status in {401, 403} or (status == 302 and "/sign-in/" in where)


@pytest.fixture
def visitors(make_person, make_organisation, training_centre, base, agency, county_unit, county_bureau, signed_in):
    """A client of each kind: nobody, somebody without a post, and a holder of each role."""
    where = {"unit_clerk": county_unit, "unit_head": county_unit, "agency_officer": agency, "operator": training_centre}
    where |= {"base_clerk": base, "base_head": base}
    clients = {"visitor": Client(), "learner": signed_in(make_person("示例学员", 100))}
    for serial, role in enumerate(ROLES, start=101):
        holder = make_person(f"示例{role}", serial, post=role, at_organisation=where.get(role, county_bureau))
        clients[role] = signed_in(holder)
    return clients


def test_every_url_has_a_row_and_every_row_a_url() -> None:
    assert sorted(urls()) == sorted(table())


def test_the_table_knows_only_roles_that_exist() -> None:
    known = {"everyone", "signed in", *ROLES}
    assert {name: row.who - known for name, row in table().items() if row.who - known} == {}


def test_everyone_gets_what_the_table_says(plan: object, visitors: dict[str, Client]) -> None:
    """Asking for what is absent is answered 404, and only after the door has let one in."""
    wrong = []
    for name, row in table().items():
        url = address(name, urls()[name])
        method = row.methods[0]
        for visitor, client in visitors.items():
            if name == STEPPING_OUT:
                continue
            answer = client.generic(method, url)
            # 503: the door let her in, and says that online payment is not connected in the suite.
            if turned_away(answer) == row.lets_in(visitor) or answer.status_code in {500, 502}:
                wrong.append(f"{name} as {visitor}: {answer.status_code}, the table says {sorted(row.who)}")
    assert wrong == []


def test_no_url_answers_a_method_that_its_row_does_not_name(plan: object, visitors: dict[str, Client]) -> None:
    wrong = []
    for name, row in table().items():
        url = address(name, urls()[name])
        visitor = next((who for who in visitors if row.lets_in(who)), "learner")
        for method in METHODS:
            if name == STEPPING_OUT and row.answers(method):
                continue
            answered = visitors[visitor].generic(method, url).status_code != 405
            if answered != row.answers(method) and (answered or method != "HEAD"):
                wrong.append(f"{name} {method}: {'answered' if answered else 'not answered'}")
    assert wrong == []


def test_the_page_of_rights_says_what_the_code_does() -> None:
    assert (ROOT / "docs" / "access.md").read_text(encoding="utf8") == "\n".join(access_table.lines()) + "\n"


@pytest.mark.parametrize("relation", sorted(access_table.meanings()))
def test_every_relation_says_what_it_means(relation: str) -> None:
    assert re.search(r"\w{3}", access_table.meanings()[relation])
