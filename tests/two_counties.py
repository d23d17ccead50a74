"""Two counties of one city, with the same things in both: whatever is the other county's carries canaries.

`World.of("jiangbei")` is where nobody of Yuzhong has any business. Each parameter of an address names a kind of thing;
`World.things` gives the keys of such things in a county.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from conftest import NINE
from demo.walking import Offices, Story
from xueshi.certificates.models import Document
from xueshi.drafts.models import Simulation
from xueshi.exams.models import Attempt
from xueshi.payments.models import Order, Receipt
from xueshi.people import actions as people
from xueshi.people.models import (
    ChangeRequest,
    Duty,
    Evidence,
    Fact,
    HelpContact,
    Invitation,
    Organisation,
    Person,
    Post,
    Region,
    RosterImport,
    SavedFilter,
)  # fmt: skip
from xueshi.people.queries import viewer_of
from xueshi.recognition.models import Review
from xueshi.study.models import CoursePass
from xueshi.training.models import Accreditation, Enrolment, Entrustment, Plan

CANARIES = ("金丝雀", "13987650", "canary@")
STATES = ("chosen", "opened", "studied", "passed", "sent", "verified", "confirmed")


@dataclass
class County:
    """What there is in one county: people in every state of the way, and their offices."""

    code: str
    people: list[Person] = field(default_factory=list)
    things: dict[str, list[Any]] = field(default_factory=dict)

    def keys(self, parameter: str) -> list[Any]:
        """The keys of the things that an address with this parameter could name."""
        return self.things.get(parameter, [])


@dataclass(frozen=True)
class Cast:
    """Who serves a county, made by the fixtures of the suite."""

    make_person: Callable[..., Person]
    unit: Organisation
    bureau: Organisation
    association: Organisation


def county(cast: Cast, plan: Plan, *, name: str, first: int, phone: str, mail: str) -> County:
    """A county with a learner in each state; `first` is the first free serial of an identity number."""
    region = cast.bureau.region
    made = County(region.code)

    def person(serial: int, label: str, **more: Any) -> Person:
        found = cast.make_person(
            f"{name}{label}",
            first + serial,
            region=region,
            phone=f"{phone}{serial:03d}",
            email=f"{mail}{serial}@a.test",
            **more,
        )
        made.people.append(found)
        return found

    counter = person(0, "窗口", post="counter", at_organisation=cast.bureau)
    verifier = person(1, "审验", post="verifier", at_organisation=cast.bureau)
    clerk = person(2, "经办", employer=cast.unit, post="unit_clerk", at_organisation=cast.unit)
    seen = {one.pk: _viewer(one) for one in (counter, verifier, clerk)}
    offices = Offices(
        counter=lambda learner: (seen[counter.pk].acting_as("counter"), cast.bureau.pk),
        verifier=lambda organisation: seen[verifier.pk].acting_as("verifier"),
        clerk=lambda learner: seen[clerk.pk].acting_as("unit_clerk"),
    )
    for serial, state in enumerate(STATES, start=3):
        learner = person(serial, f"学员{serial}", employer=cast.unit, title="intermediate")
        Story(_viewer(learner), plan, offices).until(state)
    _papers(made, cast, seen[counter.pk].acting_as("counter"))
    _base(made, cast)
    _things(made, cast)
    return made


def _viewer(person: Person) -> Any:
    from xueshi.people.models import Account

    found = viewer_of(account_id=Account.objects.get(person=person).pk, at=datetime.now(UTC))
    assert found
    return found


def _papers(made: County, cast: Cast, counter: Any) -> None:
    """A fact, a request with evidence, an invitation, a roster, a simulation: what offices have on their desks."""
    from xueshi.kernel import files
    from xueshi.ledger import law

    learner, clerk = made.people[-1], made.people[2]
    people.record_fact(
        viewer=counter, words=law.library().words.facts, person_id=learner.pk, word="on_the_job", value="true",
        since=date(2020, 1, 1), reason=f"{learner.name}的证明", at=NINE,
    )  # fmt: skip
    sealed = files.keep_sealed(learner.name.encode(), name="证明.pdf", content_type="application/pdf", at=NINE)
    asked = ChangeRequest.objects.create(
        kind="correction", person=learner, wanted={"name": f"{learner.name}改"}, asked_by=learner, asked_at=NINE,
        reason=f"{learner.name}写错了", office=cast.bureau, with_since=NINE,
    )  # fmt: skip
    Evidence.objects.create(request=asked, file=sealed, name=f"{learner.name}.pdf", added_by=learner, added_at=NINE)
    Invitation.objects.create(
        person=learner, organisation=cast.unit, made_by=clerk, made_at=NINE, expires_at=NINE, code_hash="0" * 64
    )
    RosterImport.objects.create(
        organisation=cast.unit, sent_by=clerk, sent_at=NINE, file=sealed, file_name=f"{learner.name}.xlsx",
        digest="0" * 64, state="waiting", confirmed_by=clerk, confirmed_at=NINE,
    )  # fmt: skip
    Simulation.objects.create(
        person=made.people[0], organisation=cast.bureau, title=f"{learner.name}草案", text="", digest="0" * 64,
        purpose="annual", years=[2026], capacity="counter", asked_at=NINE, last_person=learner.pk, total=0,
        moved_at=NINE, state="done",
    )  # fmt: skip
    SavedFilter.objects.create(person=clerk, page="employer:roll", name=learner.name, kept_at=NINE)
    HelpContact.objects.create(
        region=cast.bureau.region, topic="technical", office="热线", phone="023-1", since=NINE.date()
    )
    Duty.objects.create(organisation=cast.bureau, function="requests", region=cast.bureau.region, since=NINE.date())


def _base(made: County, cast: Cast) -> None:
    """A base of the county, applied for and suspended, and one of another level that it entrusts."""
    learner, officer = made.people[-1], made.people[0]
    base = Organisation.objects.create(
        name=f"{learner.name}基地", kind="training_base", level="county", region=cast.bureau.region
    )
    paper = Accreditation.objects.create(
        base=base, level="county", supervisor=cast.bureau, region=cast.bureau.region, state="approved",
        state_since=NINE.date(), applied_at=NINE, applied_by=learner, decided_by=officer,
    )  # fmt: skip
    trust = Entrustment.objects.create(
        bureau=cast.bureau, region=cast.bureau.region, base=base, since=NINE.date(), made_at=NINE, made_by=officer,
        reason=learner.name,
    )  # fmt: skip
    made.things |= {"accreditation_id": [paper.pk], "entrustment_id": [trust.pk], "base_id": [base.pk]}


def _things(made: County, cast: Cast) -> None:
    ids = [person.pk for person in made.people]
    region = cast.bureau.region_id

    def keys(model: type, **of: Any) -> list[int]:
        return list(model.objects.filter(**of).order_by("pk").values_list("pk", flat=True))

    made.things |= {
        "person_id": ids,
        "fact_id": keys(Fact, person_id__in=ids),
        "enrolment_id": keys(Enrolment, person_id__in=ids),
        "order_id": keys(Order, person_id__in=ids),
        "receipt_id": keys(Receipt, payment__order__person_id__in=ids),
        "attempt_id": keys(Attempt, person_id__in=ids),
        "pass_id": keys(CoursePass, person_id__in=ids),
        "document_id": keys(Document, person_id__in=ids),
        "review_id": keys(Review, person_id__in=ids),
        "request_id": keys(ChangeRequest, office=cast.bureau),
        "paper_id": keys(Evidence, request__office=cast.bureau),
        "post_id": keys(Post, organisation__region_id=region),
        "organisation_id": [cast.bureau.pk, cast.unit.pk],
        "region_id": [region],
        "roster_id": keys(RosterImport, organisation=cast.unit),
        "invitation_id": keys(Invitation, organisation=cast.unit),
        "filter_id": keys(SavedFilter, person_id__in=ids),
        "simulation_id": keys(Simulation, organisation=cast.bureau),
        "contact_id": keys(HelpContact, region_id=region),
        "duty_id": keys(Duty, region_id=region),
    }


__all__ = ["CANARIES", "Cast", "County", "Region", "county"]
