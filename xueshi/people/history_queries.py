"""A person's facts with their history: from when until when, who recorded them, for whom, on what evidence."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from xueshi.kernel import clock
from xueshi.people import dated, dealing_queries, following, queries
from xueshi.people.dealing_queries import Dealing
from xueshi.people.models import Employment, Fact, Person, Placement, Post, Title
from xueshi.people.viewer import Viewer

# What changes a person's data. Looks and exports are told elsewhere.
REGISTERED = ("person.register", "people.redeem_invitation", "person.take_account")
MOVES = (
    *REGISTERED, "person.change_employment", "person.correct", "person.accept_transfer", "people.remove_from_unit",
    "people.bring_person",
)  # fmt: skip
CHANGES = (
    *MOVES, "person.record_fact", "person.withdraw_fact", "person.set_title", "person.update_contact",
    "person.check_identity", "person.accept_correction", "person.accept_claim", "person.merge", "person.unmerge",
    "people.grant_post", "people.renew_post", "people.end_post",
)  # fmt: skip


@dataclass(frozen=True)
class Stretch:
    """Something that was so from a day until a day, and who says so."""

    what: object  # the row itself, for the words
    since: date | None
    until: date | None  # the first day no longer
    who: str = ""  # who recorded it; "" where the house knows it from a roster or from before it kept this
    own: bool = False
    capacity: str = ""
    organisation: str = ""
    at: datetime | None = None
    reason: str = ""
    withdrawn_at: datetime | None = None
    withdrawn_by: str = ""
    withdrawn_reason: str = ""
    follows_from: str = ""  # the employer from whom a fact follows that nobody recorded

    @property
    def over(self) -> bool:
        return self.until is not None or self.withdrawn_at is not None


@dataclass(frozen=True)
class Following:
    """A fact that nobody recorded: it follows from the employer."""

    word: str
    value: str


@dataclass(frozen=True)
class History:
    """What was true of a person when, by subject, the newest first; and every change as it was made."""

    person: Person
    employments: Sequence[Stretch]
    placements: Sequence[Stretch]
    titles: Sequence[Stretch]
    facts: Sequence[Stretch]
    posts: Sequence[Stretch]
    changes: Sequence[Dealing]


def history_for(viewer: Viewer) -> History:
    """The viewer's own. Ten queries, however long it is."""
    person = Person.objects.select_related("region", "file_agency").get(pk=viewer.person_id)
    wanted = dealing_queries.Wanted(everybody=True, actions=CHANGES)
    changes = list(dealing_queries.all_dealings_for(viewer, (), wanted))
    jobs = list(Employment.objects.filter(person=person).select_related("employer").order_by("since", "pk"))
    places = Placement.objects.filter(person=person).select_related("region", "file_agency").order_by("since", "pk")
    facts = list(
        Fact.objects.filter(person=person)
        .select_related("recorded_by", "organisation", "withdrawn_by")
        .order_by("since", "recorded_at", "pk")
    )
    titles = Title.objects.filter(person=person).order_by("obtained_on", "pk")
    told = [_recorded(fact) for fact in facts]
    return History(
        person=person,
        employments=_newest([_by(Stretch(job, job.since, job.until), changes) for job in jobs]),
        placements=_newest([_by(Stretch(place, place.since, place.until), changes) for place in places]),
        titles=_newest([_of_title(title, changes) for title in titles]),
        facts=_newest([*told, *_following(jobs, facts)]),
        posts=_newest([_of_post(post) for post in _posts(person)]),
        changes=changes[::-1],
    )


def _newest(stretches: list[Stretch]) -> list[Stretch]:
    return sorted(stretches, key=lambda one: one.since or date.min, reverse=True)


def _by(stretch: Stretch, changes: Sequence[Dealing], actions: Sequence[str] = MOVES) -> Stretch:
    """The stretch with the change of that day that began it, where the house has kept one."""
    of_day = [one for one in changes if one.action in actions and clock.day_of(one.at) == stretch.since]
    found = of_day[-1] if of_day else None
    return _said(stretch, found)


def _said(stretch: Stretch, found: Dealing | None) -> Stretch:
    if found is None:
        return stretch
    return replace(
        stretch, who=found.who, own=found.own, capacity=found.capacity, organisation=found.organisation, at=found.at,
        reason=found.reason,
    )  # fmt: skip


def _of_title(title: Title, changes: Sequence[Dealing]) -> Stretch:
    """A title is recorded on another day than it was obtained: the last change of titles, else the registration."""
    set_by = [one for one in changes if one.action in ("person.set_title", "people.bring_person", *REGISTERED)]
    return _said(Stretch(title, title.obtained_on, None), set_by[-1] if set_by else None)


def _recorded(fact: Fact) -> Stretch:
    return Stretch(
        fact, fact.since, fact.until,
        who=fact.recorded_by.name if fact.recorded_by else "",
        organisation=fact.organisation.name if fact.organisation else "",
        at=fact.recorded_at, reason=fact.reason, withdrawn_at=fact.withdrawn_at,
        withdrawn_by=fact.withdrawn_by.name if fact.withdrawn_by else "", withdrawn_reason=fact.withdrawn_reason,
    )  # fmt: skip


def follows_for(viewer: Viewer, person_id: int) -> list[Stretch]:
    """What follows from the employers of a person whom the viewer may see, the newest first; raises NotYours."""
    person = queries.person_for(viewer, person_id)
    jobs = list(Employment.objects.filter(person=person, main=True).select_related("employer").order_by("since", "pk"))
    return _newest(_following(jobs, list(queries.recorded().filter(person=person))))


def _following(jobs: Sequence[Employment], facts: Sequence[Fact]) -> list[Stretch]:
    """What nobody recorded and the main employers tell, with the employer's name."""
    main = [job for job in jobs if job.main]
    known = [dated.Row(f.word, f.kind, f.value, f.since, f.until) for f in facts if f.withdrawn_at is None]
    said = [
        following.Job(
            job.since, job.until,
            following.says(
                ownership=job.employer.ownership, credit_code=job.employer.credit_code,
                grass_roots=job.employer.grass_roots,
            ),
        )
        for job in main
    ]  # fmt: skip
    return [
        Stretch(
            Following(row.word, row.value), row.since, row.until,
            follows_from=next(job.employer.name for job in reversed(main) if job.since <= row.since),
        )
        for row in following.rows(said, known)
    ]  # fmt: skip


def _posts(person: Person) -> list[Post]:
    return list(
        Post.objects.filter(person=person)
        .select_related("organisation", "granted_by", "ended_by")
        .order_by("since", "pk")
    )


def _of_post(post: Post) -> Stretch:
    return Stretch(
        post, clock.day_of(post.since), clock.day_of(post.until) if post.until else None,
        who=post.granted_by.name if post.granted_by else "", at=post.since,
        withdrawn_at=post.ended_at, withdrawn_by=post.ended_by.name if post.ended_by else "",
        withdrawn_reason=post.end_reason,
    )  # fmt: skip
