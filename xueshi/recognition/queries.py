"""Who has what to decide, and since when."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Count, QuerySet

from xueshi.kernel import clock
from xueshi.kernel.errors import NotYours
from xueshi.ledger import law
from xueshi.people import queries as people
from xueshi.people.models import Organisation
from xueshi.people.viewer import Viewer
from xueshi.policy.book import Rulebook, Silent, Undecided
from xueshi.policy.chapters import ReviewRoute
from xueshi.policy.facts import Facts
from xueshi.recognition import rules
from xueshi.recognition.models import Review


@dataclass(frozen=True)
class Clause:
    """Why this verifier: the law's name for it, the words, where they stand."""

    who: str
    text: str
    cite: str
    sealed: bool


@dataclass(frozen=True)
class Standing:
    """A review as the person sees it: who has it, since when, why they, what came of it."""

    id: int
    subject: str
    state: str
    state_name: str
    organisation_id: int
    organisation: str
    phone: str
    address: str
    route: str
    clause: Clause
    submitted_at: datetime
    decided_at: datetime | None
    method: str
    seal: str
    reason: str
    decided_by_id: int | None = None

    def days(self, now: datetime) -> int:
        """Calendar days in Shanghai since it was sent."""
        there = clock.SHANGHAI
        return rules.waited_days(self.submitted_at.astimezone(there), now.astimezone(there))


def _reach(viewer: Viewer) -> QuerySet[Review]:
    """What a verifier may see: the reviews of the organisations at which the post is held."""
    return Review.objects.filter(organisation_id__in=viewer.organisations("verifier"))


def queue_for(viewer: Viewer, state: str) -> QuerySet[Review]:
    """The reviews of the viewer's organisations in a state: waiting ones the oldest first, decided ones last."""
    order = "submitted_at" if state == Review.State.PENDING else "-decided_at"
    return _reach(viewer).filter(state=state).select_related("person", "organisation").order_by(order, "pk")


def counts_for(viewer: Viewer) -> dict[str, int]:
    """How many there are in each state. One query."""
    found = _reach(viewer).values_list("state").annotate(n=Count("pk"))
    return dict.fromkeys(Review.State.values, 0) | dict(found)


def review_for(viewer: Viewer, review_id: int) -> Review:
    """One review within reach; NotYours otherwise."""
    review = _reach(viewer).select_related("person", "organisation").filter(pk=review_id).first()
    if review is None:
        raise NotYours()
    return review


def latest(subjects: Iterable[str]) -> dict[str, Standing]:
    """The newest review of each subject. One query."""
    found = Review.objects.filter(subject__in=list(subjects)).select_related("organisation").order_by("pk")
    return {review.subject: standing(review) for review in found}


def standing(review: Review) -> Standing:
    """The review with its clause; the organisation must have been fetched along."""
    return Standing(
        id=review.pk,
        subject=review.subject,
        state=review.state,
        state_name=review.get_state_display(),
        organisation_id=review.organisation_id,
        organisation=review.organisation.name,
        phone=review.organisation.phone,
        address=review.organisation.address,
        route=review.route,
        clause=_clause(review.instrument, review.provision, review.route, sealed=review.sealed),
        submitted_at=review.submitted_at,
        decided_at=review.decided_at,
        method=review.get_method_display(),
        seal=review.seal,
        reason=review.reason,
        decided_by_id=review.decided_by_id,
    )


def _clause(instrument: str, provision: str, route: str, *, sealed: bool) -> Clause:
    book = law.of(instrument)
    wording = book.provision(provision)
    return Clause(
        who=book.words.term("actors", route),
        text=wording.text,
        cite=law.cite(book, provision),
        sealed=sealed,
    )


@dataclass(frozen=True)
class Expected:
    """Who would review if it were sent now; `organisation` is "" where there is none on the platform."""

    organisation: str
    address: str
    phone: str
    clause: Clause | None


def expected_for(viewer: Viewer, instrument: str, category: str, at: datetime) -> Expected:
    """The viewer's own verifier and why, before anything is sent."""
    book, on = law.of(instrument), clock.day_of(at)
    try:
        known: Any = people.law_facts(viewer.person_id, on)  # the engine checks every word
        route = book.route_for(category, Facts.of(known), on)
    except (Undecided, Silent):
        return Expected("", "", "", None)
    clause = _clause(instrument, route.provision, route.by, sealed=route.sealed)
    found = verifier_of(route, viewer.person_id, on)
    if found is None or route.then:
        return Expected("", "", "", replace(clause, who=named(book, route)))
    return Expected(found[1].name, found[1].address, found[1].phone, replace(clause, who=_term(book, found[0])))


def verifier_of(route: ReviewRoute, person_id: int, on: date) -> tuple[str, Organisation] | None:
    """Of those who may verify, the first that the platform knows, with the law's word for it; None for none."""
    for actor in route.first or (route.by,):
        found = people.verifier_organisation(actor, person_id, on)
        if found is not None:
            return actor, found
    return None


def named(book: Rulebook, route: ReviewRoute) -> str:
    """Who verifies in the law's words: any one of the first, and after them any one of the others."""
    first = "或".join(_term(book, actor) for actor in route.first or (route.by,))
    then = "或".join(_term(book, actor) for actor in route.then)
    return f"{first}审核，再由{then}" if then else first


def _term(book: Rulebook, actor: str) -> str:
    return book.words.term("actors", actor)
