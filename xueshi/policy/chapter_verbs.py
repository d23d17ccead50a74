"""Reads the verbs that other floors apply: exam, study, fee, review, enrolment, document, …"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import TypedDict

from xueshi.policy import chapters
from xueshi.policy.reading import Here
from xueshi.policy.scope import Scope

ChapterValue = (
    chapters.ExamLaw
    | chapters.StudyLaw
    | chapters.FeeLaw
    | chapters.ReviewRoute
    | chapters.ReviewMethods
    | chapters.EnrolmentLaw
    | chapters.DocumentLaw
    | chapters.OversightLaw
    | chapters.NoteLaw
)

EXAM_WORDS: Mapping[str, tuple[str, ...]] = {
    "opens_after": ("study", "all_courses", "payment"),
    "then": ("restudy",),
    "practice": ("unlimited",),
    "resume": ("any_machine_before_end",),
    "on_interruption": ("no_score",),
}


class _Clause(TypedDict):
    provision: str
    article: str
    text: str


def _clause(scope: Scope) -> _Clause:
    return {"provision": scope.provision, "article": scope.article, "text": scope.text}


def exam(here: Here, scope: Scope) -> chapters.ExamLaw:
    """``exam``: each sentence says some of the keys; ``Rulebook.exam`` puts them together."""
    known = ("of", "attempts", "pass_mark", *EXAM_WORDS)
    found = here.fields(known)
    said = [key for key in found if key != "of"]
    if not said:
        raise here.refuse(f"one of {', '.join(known[1:])} is expected here")
    words = {
        key: found[key].word(choices, f"a value of {key!r}") for key, choices in EXAM_WORDS.items() if key in found
    }
    mark = Decimal(found["pass_mark"].count(least=1)) if "pass_mark" in found else None
    return chapters.ExamLaw(
        **_clause(scope),
        of=scope.entry(found),
        attempts=found["attempts"].count(least=1) if "attempts" in found else None,
        pass_mark=mark,
        said_by=MappingProxyType(dict.fromkeys(said, scope.provision)),
        **words,
    )


def study(here: Here, scope: Scope) -> chapters.StudyLaw:
    """``study``: what shows that somebody studied."""
    found = here.fields(("of", "evidence"), required=("evidence",))
    evidence = found["evidence"].words(scope.words.lists["evidence"], "a kind of evidence")
    return chapters.StudyLaw(**_clause(scope), of=scope.entry(found), evidence=evidence)


def fee(here: Here, scope: Scope) -> chapters.FeeLaw:
    """``fee``: an amount per person and year, its basis and what it covers."""
    found = here.fields(
        ("of", "amount", "per", "basis", "covers"),
        required=("amount", "per", "basis"),
    )
    return chapters.FeeLaw(
        **_clause(scope),
        of=scope.entry(found),
        amount=found["amount"].money(),
        per=found["per"].word(("person_year",), "a unit of the fee; only 'person_year'"),
        basis=found["basis"].text(),
        covers=found["covers"].texts() if "covers" in found else (),
    )


def review(here: Here, scope: Scope) -> chapters.ReviewRoute | chapters.ReviewMethods:
    """``review``: one route (``first``), or the ways of checking (``methods``)."""
    found = here.fields(("of", "when", "first", "sealed", "methods"))
    if ("first" in found) == ("methods" in found):
        raise here.refuse("exactly one of first, methods is expected here")
    if "methods" in found:
        here.fields(("of", "methods"))
        methods = found["methods"].words(scope.words.lists["methods"], "a way of checking")
        return chapters.ReviewMethods(**_clause(scope), of=scope.entry(found), methods=methods)
    by = _actor(found["first"], scope)
    return chapters.ReviewRoute(
        **_clause(scope),
        of=scope.entry(found),
        when=scope.person(found),
        by=by,
        by_name=scope.words.term("actors", by),
        sealed="sealed" in found and found["sealed"].flag(),
    )


def _actor(here: Here, scope: Scope) -> str:
    if isinstance(here.node.value, tuple):
        raise here.refuse("several reviewers in turn are not understood by this version")
    return here.word(scope.words.lists["actors"], "an actor")


def _actors(found: Mapping[str, Here], key: str, scope: Scope) -> tuple[str, ...]:
    return found[key].words(scope.words.lists["actors"], "an actor") if key in found else ()


def enrolment(here: Here, scope: Scope) -> chapters.EnrolmentLaw:
    """``enrolment``: one step; when it is paying, where and who opens study."""
    found = here.fields(
        ("step", "by", "user_name", "paid", "opened_by", "checks_registration", "counters"),
        required=("step", "by"),
    )
    step = found["step"].word(scope.words.lists["steps"], "a step")
    for key in ("paid", "opened_by", "checks_registration", "counters"):
        if key in found and step != "pay":
            raise found[key].refuse(f"{key!r} goes with the step 'pay'")
    paid = found["paid"].word(("on_site", "online"), "a way of paying") if "paid" in found else ""
    if "counters" in found and paid != "on_site":
        raise found["counters"].refuse("counters go with paying on site")
    checks = "checks_registration" in found and found["checks_registration"].flag()
    openers = (*scope.words.lists["actors"], "counter")
    opened_by = found["opened_by"].word(openers, "an actor") if "opened_by" in found else ""
    user_name = found["user_name"].word(("id_number",), "a user name") if "user_name" in found else ""
    law = chapters.EnrolmentLaw(
        **_clause(scope),
        step=step,
        by=_actors(found, "by", scope),
        user_name=user_name,
        paid=paid,
        opened_by=opened_by,
        checks_registration=checks,
        counters=tuple(
            _counter(place, scope, opened_by, checks)
            for place in (found["counters"].items() if "counters" in found else ())
        ),
    )
    return law


def _counter(here: Here, scope: Scope, opened_by: str, checks: bool) -> chapters.CounterRoute:
    found = here.fields(("when", "by"), required=("by",))
    by = _actor(found["by"], scope)
    return chapters.CounterRoute(
        **_clause(scope),
        when=scope.person(found),
        by=by,
        by_name=scope.words.term("actors", by),
        opened_by=by if opened_by == "counter" else opened_by,
        checks_registration=checks,
    )


def document(here: Here, scope: Scope) -> chapters.DocumentLaw:
    """``document``: what must be true before it exists, and who prints or makes it."""
    found = here.fields(
        ("id", "name", "printed_by", "made_by", "needs"),
        required=("id", "name", "needs"),
    )
    if ("printed_by" in found) == ("made_by" in found):
        raise here.refuse("exactly one of printed_by, made_by is expected here")
    actors = scope.words.lists["actors"]
    return chapters.DocumentLaw(
        **_clause(scope),
        id=found["id"].text(),
        name=found["name"].text(),
        printed_by=found["printed_by"].word(actors, "an actor") if "printed_by" in found else "",
        made_by=found["made_by"].word(actors, "an actor") if "made_by" in found else "",
        needs=found["needs"].words(scope.words.lists["stages"], "something a document can need"),
    )


def oversight(here: Here, scope: Scope) -> chapters.OversightLaw:
    """``oversight``: duties over somebody, or wrongs and what follows from them."""
    found = here.fields(("by", "duties", "over", "violations", "sanctions", "grave"), required=("by",))
    if ("duties" in found) == ("violations" in found):
        raise here.refuse("exactly one of duties, violations is expected here")
    lists = scope.words.lists

    def named(key: str, of: str) -> tuple[str, ...]:
        return found[key].words(lists[of], f"one of the {of}") if key in found else ()

    return chapters.OversightLaw(
        **_clause(scope),
        by=_actors(found, "by", scope),
        duties=named("duties", "duties"),
        over=_actors(found, "over", scope),
        violations=named("violations", "violations"),
        sanctions=named("sanctions", "sanctions"),
        grave=named("grave", "sanctions"),
    )


def note(here: Here, scope: Scope) -> chapters.NoteLaw:
    """``note``: words that no rule carries; contacts by topic; what a client needed."""
    found = here.fields(("why", "topic", "contacts", "client"))
    if not found:
        raise here.refuse("one of why, contacts, client is expected here")
    if ("topic" in found) != ("contacts" in found):
        raise here.refuse("topic and contacts go together")
    client = found["client"].all_fields() if "client" in found else {}
    return chapters.NoteLaw(
        **_clause(scope),
        why=found["why"].text() if "why" in found else "",
        contacts=_contacts(found, scope) if "contacts" in found else (),
        client=tuple(
            chapters.ClientRequirement(**_clause(scope), item=item, value=place.text())
            for item, place in client.items()
        ),
    )


def _contacts(found: Mapping[str, Here], scope: Scope) -> tuple[chapters.Contact, ...]:
    topic = found["topic"].word(scope.words.lists["topics"], "a topic")
    contacts = []
    for place in found["contacts"].items():
        said = place.fields(("name", "phones"), required=("name", "phones"))
        phones = said["phones"].texts()
        contact = chapters.Contact(**_clause(scope), topic=topic, name=said["name"].text(), phones=phones)
        contacts.append(contact)
    return tuple(contacts)


CHAPTER_VERBS: Mapping[str, Callable[[Here, Scope], ChapterValue]] = {
    "exam": exam,
    "study": study,
    "fee": fee,
    "review": review,
    "enrolment": enrolment,
    "document": document,
    "oversight": oversight,
    "note": note,
}
