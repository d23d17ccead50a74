"""Reads the verbs that other floors apply: exam, study, fee, review, enrolment, document, …"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
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
    "then": ("restudy", "make_up"),
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
    known = ("attempts", "pass_mark", "make_up", *EXAM_WORDS)
    found = here.fields(("of", *known))
    here.some(found, known)
    words = {
        key: found[key].word(choices, f"a value of {key!r}") for key, choices in EXAM_WORDS.items() if key in found
    }
    return chapters.ExamLaw(
        **_clause(scope),
        of=scope.entry(found),
        attempts=found["attempts"].count(least=1) if "attempts" in found else None,
        pass_mark=Decimal(found["pass_mark"].count(least=1)) if "pass_mark" in found else None,
        make_up=_make_up(found["make_up"], scope) if "make_up" in found else None,
        said_by=MappingProxyType(dict.fromkeys((key for key in found if key != "of"), scope.provision)),
        **words,
    )


def _make_up(here: Here, scope: Scope) -> chapters.MakeUpExam:
    found = here.fields(("by", "attempts"), required=("by", "attempts"))
    times = found["attempts"]
    unlimited = times.node.value == "unlimited"
    return chapters.MakeUpExam(_actor(found["by"], scope), None if unlimited else times.count(least=1))


def study(here: Here, scope: Scope) -> chapters.StudyLaw:
    """``study``: what shows that somebody studied."""
    found = here.fields(("of", "evidence"), required=("evidence",))
    evidence = found["evidence"].words(scope.words.lists["evidence"], "a kind of evidence")
    return chapters.StudyLaw(**_clause(scope), of=scope.entry(found), evidence=evidence)


PRICES = ("amount", "per_hour", "package", "free", "by_schedule")


def fee(here: Here, scope: Scope) -> chapters.FeeLaw:
    """``fee``: one kind of price, its basis, what it covers and who pays."""
    found = here.fields(("of", *PRICES, "per", "basis", "covers", "payers"))
    kind = here.only_one(found, PRICES)
    place = found[kind]
    if ("per" in found) != (kind == "amount"):
        raise here.refuse('an amount is per something: amount: "70.00", per: person_year')
    if kind == "amount" and "basis" not in found:
        raise here.refuse("'basis' is missing: the document that approves the amount")
    if kind == "free" and not place.flag():
        raise place.refuse("leave 'free' out where it is not")
    package = place.fields(("hours", "price"), required=("hours", "price")) if kind == "package" else {}
    return chapters.FeeLaw(
        **_clause(scope),
        of=scope.entry(found),
        amount=place.money() if kind == "amount" else Decimal(0),
        per=found["per"].word(("person_year",), "a unit of the fee") if "per" in found else "",
        basis=found["basis"].text() if "basis" in found else "",
        covers=found["covers"].texts() if "covers" in found else (),
        per_hour=place.money() if kind == "per_hour" else None,
        package_hours=Decimal(package["hours"].count(least=1)) if package else Decimal(0),
        package_price=package["price"].money() if package else None,
        free=kind == "free",
        by_schedule=_actor(place, scope) if kind == "by_schedule" else "",
        payers=_actors(found, "payers", scope),
    )


def review(here: Here, scope: Scope) -> chapters.ReviewRoute | chapters.ReviewMethods:
    """``review``: one route (``first``, and ``then``), or the ways of checking (``methods``)."""
    found = here.fields(("of", "when", "first", "then", "result", "sealed", "methods"))
    if here.only_one(found, ("first", "methods")) == "methods":
        here.fields(("of", "methods"))
        methods = found["methods"].words(scope.words.lists["methods"], "a way of checking")
        return chapters.ReviewMethods(**_clause(scope), of=scope.entry(found), methods=methods)
    first = _actors(found, "first", scope)
    return chapters.ReviewRoute(
        **_clause(scope),
        of=scope.entry(found),
        when=scope.person(found),
        by=first[0],
        by_name=scope.words.term("actors", first[0]),
        sealed="sealed" in found and found["sealed"].flag(),
        first=first,
        then=_actors(found, "then", scope),
        result=found["result"].text() if "result" in found else "",
    )


def _actor(here: Here, scope: Scope) -> str:
    return here.word(scope.words.lists["actors"], "an actor")


def _actors(found: Mapping[str, Here], key: str, scope: Scope) -> tuple[str, ...]:
    return found[key].words(scope.words.lists["actors"], "an actor") if key in found else ()


WAYS = ("step", "steps", "opens", "closes", "collective", "form", "activated_by")
PAYING = ("paid", "opened_by", "checks_registration", "counters")


def enrolment(here: Here, scope: Scope) -> chapters.EnrolmentLaw:
    """``enrolment``: one step (when it is paying, where and who opens study), or the whole way of it."""
    found = here.fields((*WAYS, *PAYING, "by", "user_name"), required=("by",))
    here.some(found, WAYS)
    step = found["step"].word(scope.words.lists["steps"], "a step") if "step" in found else ""
    for key in PAYING:
        if key in found and step != "pay":
            raise found[key].refuse(f"{key!r} goes with the step 'pay'")
    paid = found["paid"].word(("on_site", "online"), "a way of paying") if "paid" in found else ""
    if "counters" in found and paid != "on_site":
        raise found["counters"].refuse("counters go with paying on site")
    checks = "checks_registration" in found and found["checks_registration"].flag()
    openers = (*scope.words.lists["actors"], "counter")
    opened_by = found["opened_by"].word(openers, "an actor") if "opened_by" in found else ""
    law = chapters.EnrolmentLaw(
        **_clause(scope),
        step=step,
        by=_actors(found, "by", scope),
        user_name=found["user_name"].word(("id_number",), "a user name") if "user_name" in found else "",
        paid=paid,
        opened_by=opened_by,
        checks_registration=checks,
        counters=tuple(
            _counter(place, scope, opened_by, checks)
            for place in (found["counters"].items() if "counters" in found else ())
        ),
        steps=_actors(found, "steps", scope),
        opens=found["opens"].day() if "opens" in found else None,
        closes=found["closes"].day() if "closes" in found else None,
        collective="collective" in found and found["collective"].flag(),
        form=found["form"].text() if "form" in found else "",
        activated_by=_activation(found),
    )
    if law.opens and law.closes and law.closes < law.opens:
        raise found["closes"].refuse(f"it would close on {law.closes} before it opens on {law.opens}")
    return law


def _activation(found: Mapping[str, Here]) -> str:
    if "activated_by" not in found:
        return ""
    return found["activated_by"].word(("payment", "approval"), "something that opens study")


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
    """``document``: what must be true before it exists, who prints or makes it, and who issues it."""
    found = here.fields(
        ("id", "name", "issuer", "printed_by", "made_by", "form", "needs", "from"), required=("id", "name")
    )
    here.some(found, ("printed_by", "made_by", "issuer"))
    if "printed_by" in found and "made_by" in found:
        raise here.refuse("at most one of printed_by, made_by is expected here")
    return chapters.DocumentLaw(
        **_clause(scope),
        id=found["id"].text(),
        name=found["name"].text(),
        printed_by=_actor(found["printed_by"], scope) if "printed_by" in found else "",
        made_by=_actor(found["made_by"], scope) if "made_by" in found else "",
        needs=scope.needs(found["needs"]) if "needs" in found else (),
        issuer=found["issuer"].text() if "issuer" in found else "",
        form=found["form"].text() if "form" in found else "",
        origin=found["from"].text() if "from" in found else "",
    )


DRAWN = ("sample", "measure", "reduces")


def oversight(here: Here, scope: Scope) -> chapters.OversightLaw:
    """``oversight``: duties over somebody, wrongs and what follows from them, or a draw and its measure."""
    found = here.fields(
        ("by", "duties", "over", "violations", "sanctions", "grave", *DRAWN, "sitting"), required=("by",)
    )
    here.some(found, ("duties", "violations", *DRAWN))
    if "duties" in found and "violations" in found:
        raise here.refuse("at most one of duties, violations is expected here")
    if "sitting" in found and "sample" not in found:
        raise found["sitting"].refuse("'sitting' goes with a sample")
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
        sample=_sample(found["sample"]) if "sample" in found else None,
        sitting=found["sitting"].word(("closed_book", "open_book"), "a sitting") if "sitting" in found else "",
        measure=found["measure"].text() if "measure" in found else "",
        reduces=_reduction(found["reduces"]) if "reduces" in found else None,
    )


def _sample(here: Here) -> chapters.Sample:
    found = here.fields(("units", "persons", "round"), required=("units", "persons"))
    persons = found["persons"]
    least, most = _ends(persons, persons.fields(("from", "to"), required=("from", "to")))
    if most > 1:
        raise persons.refuse("a share lies between nothing and the whole, as {from: 5/100, to: 10/100}")
    up = "round" in found and found["round"].word(("up", "nearest"), "a rounding") == "up"
    return chapters.Sample(found["units"].text(), least, most, up)


def _reduction(here: Here) -> chapters.Reduction:
    found = here.fields(("quota", "from", "to"), required=("quota", "from", "to"))
    quota = found["quota"].word(("excellent",), "a quota")
    least, most = _ends(here, found)
    return chapters.Reduction(quota, least, most)


def _ends(here: Here, found: Mapping[str, Here]) -> tuple[Fraction, Fraction]:
    least, most = found["from"].fraction(), found["to"].fraction()
    if least > most:
        raise here.refuse("'from' is the smaller of the two")
    return least, most


def note(here: Here, scope: Scope) -> chapters.NoteLaw:
    """``note``: words that no rule carries; contacts by topic; what a client needed."""
    found = here.fields(("why", "topic", "contacts", "client"))
    here.some(found, ("why", "contacts", "client"))
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
