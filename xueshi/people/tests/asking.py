"""Requests as tests make them."""

from datetime import timedelta

from conftest import NINE, id_number
from xueshi.people.correction_actions import ask_correction
from xueshi.people.models import ChangeRequest
from xueshi.people.request_rules import Paper

CARD = Paper("身份证.jpg", b"\xff\xd8\xff\xe0 not really a card")
RIGHT = id_number(40)  # the number that should have stood there
LATER = NINE + timedelta(hours=1)


def correction(person, viewer, at=NINE, **wish) -> ChangeRequest:
    """She asks to have her number put right."""
    wanted = wish or {"typed_id": RIGHT}
    return ask_correction(viewer=viewer(person), reason="登记时看错了一位", papers=(CARD,), at=at, **wanted)
