"""Who is asking, in what capacity, over which organisations. Built once, at the door."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Seat:
    """A post that the viewer holds now."""

    role: str  # people.models.Post.Role
    organisation_id: int
    organisation: str
    kind: str  # people.models.Organisation.Kind
    region: str  # code
    level: str = ""  # people.models.Organisation.Level
    industry: str = ""  # code; empty for an organisation of no industry
    post_id: int = 0


@dataclass(frozen=True)
class Viewer:
    """The person who asks. `capacity` is "learner" or the role of the door that was entered."""

    person_id: int
    name: str = ""
    capacity: str = "learner"
    seats: tuple[Seat, ...] = field(default=())

    def holds(self, *roles: str) -> bool:
        """Whether one of these roles is held now."""
        return any(seat.role in roles for seat in self.seats)

    def organisations(self, role: str) -> tuple[int, ...]:
        """The ids of the organisations at which the viewer holds this role."""
        return tuple(seat.organisation_id for seat in self.seats if seat.role == role)

    @property
    def acting(self) -> tuple[Seat, ...]:
        """The seats of the present capacity."""
        return tuple(seat for seat in self.seats if seat.role == self.capacity)

    def acting_as(self, capacity: str) -> "Viewer":
        return replace(self, capacity=capacity)

    def first_of(self, roles: Iterable[str]) -> "Viewer | None":
        """The viewer in the first of these capacities that is held; None where none is."""
        held = next((role for role in roles if self.holds(role)), None)
        return self.acting_as(held) if held else None
