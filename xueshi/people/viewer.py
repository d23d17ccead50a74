"""Who is asking, in what capacity, over which organisations. Built once, at the door."""

from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Seat:
    """A post that the viewer holds now."""

    role: str  # people.models.Post.Role
    organisation_id: int
    organisation: str
    kind: str  # people.models.Organisation.Kind
    region: str  # code


@dataclass(frozen=True)
class Viewer:
    """The person who asks. `capacity` is "learner" or the role of the door that was entered."""

    person_id: int
    name: str = ""
    capacity: str = "learner"
    seats: tuple[Seat, ...] = field(default=())

    def holds(self, role: str) -> bool:
        return any(seat.role == role for seat in self.seats)

    def organisations(self, role: str) -> tuple[int, ...]:
        """The ids of the organisations at which the viewer holds this role."""
        return tuple(seat.organisation_id for seat in self.seats if seat.role == role)

    def acting_as(self, capacity: str) -> "Viewer":
        return replace(self, capacity=capacity)
