"""Requests of the demo in every state: waiting, returned, with a unit, a claim, two accounts of one person."""

import struct
import zlib
from collections.abc import Callable
from datetime import timedelta

from demo import cast
from xueshi.kernel import clock
from xueshi.people import actions as people
from xueshi.people import claim_actions, correction_actions, merging_actions, request_actions, transfer_actions
from xueshi.people.models import ChangeRequest, Person
from xueshi.people.request_rules import Paper
from xueshi.people.viewer import Viewer

TWIN = "示例刘重名"  # registered twice, the first time with one place wrong
WRONG, RIGHT = cast.id_number(31), cast.id_number(32)


def _png() -> bytes:
    """A plain grey picture in place of a card."""
    rows = b"".join(b"\0" + b"\xc8" * 160 for _ in range(100))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", 160, 100, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    chunks = (struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


CARD = Paper("身份证正面.png", _png())


def the_requests(city: dict[str, int], viewer_of: Callable[[cast.Member, str], Viewer]) -> None:
    """Ask, return and propose, each by whose part it is, and each kind once."""
    known = set(ChangeRequest.objects.values_list("kind", flat=True))
    by_key = {member.key: member for member in cast.EVERYONE}
    officer = viewer_of(by_key["officer"], "officer")
    if "correction" not in known:
        _corrections(by_key, viewer_of, officer)
    if "transfer" not in known:
        _moves(city, by_key, viewer_of)
    if "claim" not in known:
        lost = by_key["studying"]
        claim_actions.ask_claim(
            typed_id=lost.id_number, name=lost.name, phone="13900000099", region_code="500103",
            reason="手机号停用了，收不到验证码", at=clock.now() - timedelta(days=1),
        )  # fmt: skip
    if "merge" not in known:
        _twins(officer)


def _corrections(by_key: dict[str, cast.Member], viewer_of: Callable[..., Viewer], officer: Viewer) -> None:
    at = clock.now()
    correction_actions.ask_correction(
        viewer=viewer_of(by_key["new"], "learner"), name="示例新学员甲", typed_id=cast.id_number(41),
        reason="登记时姓名少写一个字，身份证号倒数第二位看错了", papers=(CARD, Paper("身份证反面.png", CARD.data)),
        at=at - timedelta(days=4),
    )  # fmt: skip
    back = correction_actions.ask_correction(
        viewer=viewer_of(by_key["chose"], "learner"), typed_id=cast.id_number(42), reason="身份证换过号",
        papers=(CARD,), at=at - timedelta(days=6),
    )  # fmt: skip
    request_actions.give_back(
        viewer=officer, request_id=back.pk, reason="请补交派出所出具的换号证明", at=at - timedelta(days=2)
    )


def _moves(city: dict[str, int], by_key: dict[str, cast.Member], viewer_of: Callable[..., Viewer]) -> None:
    at = clock.now()
    transfer_actions.ask_transfer(
        viewer=viewer_of(by_key["free"], "learner"), region_code="500103", employer_id=city["school"],
        file_keeper="unit",
        file_agency_id=None, day=clock.day_of(at), reason="调入示例中学任教", papers=(Paper("调令.png", CARD.data),),
        at=at,
    )  # fmt: skip


def _twins(officer: Viewer) -> None:
    """The same person registered twice; an officer has proposed to merge, a colleague has to confirm."""
    for number in (WRONG, RIGHT):
        if not Person.objects.filter(name=TWIN).count() > (number == RIGHT):
            people.register(
                typed_id=number, name=TWIN, phone="13900000031", email="", region_code="500103", employer_id=None,
                file_keeper="other", file_agency_id=None, title_level="", title_obtained_on=None,
                password=cast.PASSWORD, at=clock.now(),
            )  # fmt: skip
    merging_actions.propose_merge(
        viewer=officer, kept_id=RIGHT, other_id=WRONG, reason="本人持身份证到窗口，第一次注册时倒数第二位填错",
        papers=(CARD,), at=clock.now(),
    )  # fmt: skip
