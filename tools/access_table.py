"""Print docs/access.md: who may do what with whose data, as `people.access` has it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

HEAD = """# Who may do what with whose data

The relations of `people/access.py` as text: the suite compares them, so that a change of rights is read in a change of
this page. A capacity that is not listed may not. A learner sees and changes herself. Made by
`python -m tools.access_table > docs/access.md`.
"""
SECTIONS = {
    "Person": "With persons",
    "Organisation": "With organisations",
    "Region": "With regions",
    "ChangeRequest": "With requests",
}


def lines() -> Iterator[str]:
    """The page, line by line."""
    from xueshi.people import access

    yield HEAD
    for model, actions in access.TABLES.items():
        yield f"## {SECTIONS[model.__name__]}\n"
        yield "| action | capacity | whose |\n|---|---|---|"
        for action, rules in actions.items():
            yield from rows(action, rules)
        yield ""
    yield "## What the relations mean\n"
    for name, meaning in sorted(meanings().items()):
        yield f"* `{name}`: {meaning}"


def rows(action: str, rules: Mapping[str, object]) -> Iterator[str]:
    """A row for each relation, with the capacities that have it."""
    by_relation: dict[str, list[str]] = {}
    for role, relation in rules.items():
        by_relation.setdefault(called(relation), []).append(str(role))
    for whose, roles in by_relation.items():
        yield f"| {action} | {' '.join(sorted(roles))} | {whose} |"


def called(relation: object) -> str:
    """The name of a relation, with the kinds of requests it is about."""
    kinds = getattr(relation, "kinds", ())
    name = str(relation.__name__)  # type: ignore[attr-defined]
    return f"{name}: {' '.join(kinds)}" if kinds else name


def meanings() -> dict[str, str]:
    """What each relation says of itself."""
    from xueshi.people import access

    used = {relation for actions in access.TABLES.values() for rules in actions.values() for relation in rules.values()}
    return {one.__name__: " ".join((one.__doc__ or "").split()) for one in used}


if __name__ == "__main__":
    os.environ.setdefault("XUESHI_ENV", "test")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    print("\n".join(lines()))
