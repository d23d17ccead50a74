"""The one place that says who may do what with whose data.

For each capacity one relation gives the persons in reach, as a filter; the yes and no is that filter plus the key.
"""

from collections.abc import Callable
from typing import Literal

from django.db.models import Q, QuerySet

from xueshi.people.models import Employment, Organisation, Person, Post
from xueshi.people.viewer import Seat, Viewer

Action = Literal["see", "change", "check_identity", "record"]

NOBODY = Q(pk__in=())
_MUNICIPAL_BODIES = (Organisation.Kind.MUNICIPAL_HRSS, Organisation.Kind.COUNTY_HRSS)


def _themselves(viewer: Viewer) -> Q:
    return Q(pk=viewer.person_id)


def _employed(**of: object) -> Q:
    return Q(pk__in=Employment.objects.filter(until=None, **of).values("person_id"))


def _anyone(viewer: Viewer) -> Q:
    return Q()


def _seats(role: str, relation: Callable[[Seat], Q]) -> Callable[[Viewer], Q]:
    def reach(viewer: Viewer) -> Q:
        found = NOBODY
        for seat in viewer.seats:
            if seat.role == role:
                found |= relation(seat)
        return found

    return reach


def _at_counter(seat: Seat) -> Q:
    """A bureau: its region. The training centre: everybody there whom no county unit employs (CQ-06, CQ-07)."""
    here = Q(region__code__startswith=seat.region)
    if seat.kind in _MUNICIPAL_BODIES:
        return here
    if seat.kind == Organisation.Kind.TRAINING_CENTRE:
        hosted = Q(file_keeper=Person.FileKeeper.TALENT_AGENCY)
        return here & (hosted | ~_employed(employer__level=Organisation.Level.COUNTY))
    return NOBODY


def _of_bureau(seat: Seat) -> Q:
    """Whoever lives in the region of the bureau at which the officer sits."""
    return Q(region__code__startswith=seat.region) if seat.kind in _MUNICIPAL_BODIES else NOBODY


def _verified_by(seat: Seat) -> Q:
    """Whoever could come to this verifier by one of the notice's four routes (CQ-33 to CQ-36)."""
    if seat.kind in _MUNICIPAL_BODIES or seat.kind == Organisation.Kind.CE_ASSOCIATION:
        return Q(region__code__startswith=seat.region)
    if seat.kind == Organisation.Kind.TALENT_AGENCY:
        return Q(file_agency_id=seat.organisation_id)
    return _employed(employer_id=seat.organisation_id)


RELATIONS: dict[str, Callable[[Viewer], Q]] = {
    "learner": _themselves,
    Post.Role.COUNTER: _seats(Post.Role.COUNTER, _at_counter),
    Post.Role.VERIFIER: _seats(Post.Role.VERIFIER, _verified_by),
    Post.Role.UNIT_CLERK: _seats(Post.Role.UNIT_CLERK, lambda seat: _employed(employer_id=seat.organisation_id)),
    Post.Role.OPERATOR: _anyone,
}
# Facts of the law are recorded by a bureau's officers, whatever their desk, and by the clerk of the unit.
RECORDERS: dict[str, Callable[[Viewer], Q]] = {
    Post.Role.COUNTER: _seats(Post.Role.COUNTER, _of_bureau),
    Post.Role.VERIFIER: _seats(Post.Role.VERIFIER, _of_bureau),
    Post.Role.UNIT_CLERK: RELATIONS[Post.Role.UNIT_CLERK],
}
ACTIONS: dict[Action, tuple[str, ...]] = {
    "see": tuple(RELATIONS),
    "change": ("learner",),
    "check_identity": (Post.Role.COUNTER,),
    "record": tuple(RECORDERS),
}


def persons(viewer: Viewer, action: Action = "see") -> QuerySet[Person]:
    """The persons with whom the viewer, in the present capacity, may do this."""
    if viewer.capacity not in ACTIONS[action]:
        return Person.objects.none()
    if viewer.capacity != "learner" and not viewer.holds(viewer.capacity):
        return Person.objects.none()
    relations = RECORDERS if action == "record" else RELATIONS
    return Person.objects.filter(relations[viewer.capacity](viewer))


def may(viewer: Viewer, action: Action, person_id: int) -> bool:
    """Whether the viewer may do this with that person's data."""
    return persons(viewer, action).filter(pk=person_id).exists()
