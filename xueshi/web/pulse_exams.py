"""Answer saves: a signed ticket, group commit, receipts. The part of the pulse that belongs to exams."""

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any, TypeGuard

from django.utils.translation import gettext_lazy as _

from xueshi.exams.actions import Save, SaveAnswer
from xueshi.kernel import clock, signing
from xueshi.kernel.batching import Batch
from xueshi.web.look import saying

PURPOSE = "exam-seat"
MOST_SAVES = 200  # in one request: a whole paper, sent again after a long silence
MOST_OPTIONS = 20
MOST_SEQ = 2**31 - 1
AFTERWARDS = timedelta(hours=1)  # so long a late save is told why, instead of being called forged

NO_TICKET = _("这一页的凭据已经失效。请在另一个标签页重新登录，再从考试页接着考；还没送到的作答留在这台设备里。")
# The status and the sentence for what was not saved. "older" was saved before, so it needs none.
NOT_SAVED = {
    "elsewhere": (409, _("考试已经转到另一台设备上。这里的作答没有再保存；要在这里答，请点“改在这里答”。")),
    "over": (410, _("考试时间已到，这之后的作答没有保存。之前保存的都在。")),
    "submitted": (410, _("这份卷子已经交了，这之后的作答没有保存。")),
    "no_score": (410, _("考试时间已到，这场考试已登记为无成绩。之前保存的作答都留着。")),
    "malformed": (422, _("这一题的作答没有看懂，没有保存。请刷新这一页再选一次。")),
    "gone": (404, _("没有找到这场考试。请回考试页重新进入。")),
}


def ticket(*, attempt_id: int, person_id: int, seat_epoch: int, ends_at: datetime) -> str:
    """What the page of a seat carries, so that its saves need no session: even after the sign-in has run out."""
    facts = {"a": attempt_id, "p": person_id, "e": seat_epoch}
    return signing.ticket(PURPOSE, facts, until=int((ends_at + AFTERWARDS).timestamp()))


async def answer(body: bytes, batch: Batch[Save, SaveAnswer]) -> tuple[int, bytes]:
    """Hear `{ticket, saves: [{slot, seq, chosen, flagged}]}`; answer each save after the commit.

    200 when all are kept, 409 moved to another device, 410 over, 422 not understood, 401 no valid ticket; raises
    Overloaded (503, ask again). An empty list of saves only asks for the time. `now` is this machine's clock:
    good enough for what a page shows, while the end is decided by the database's.
    """
    try:
        asked = json.loads(body)
        facts = signing.read_ticket(PURPOSE, str(asked["ticket"]), now=int(clock.now().timestamp()))
    except (ValueError, KeyError, TypeError, RecursionError):
        return _json(401, {"code": "ticket", "says": str(NO_TICKET)})
    saves = _saves(asked.get("saves"), facts)
    if saves is None:
        return _json(422, {"code": "malformed", "says": str(NOT_SAVED["malformed"][1])})
    heard = await asyncio.gather(*(batch.ask(save) for save in saves))
    worst = max((NOT_SAVED[one.outcome][0] for one in heard if one.outcome in NOT_SAVED), default=200)
    said = [_said(one) for one in heard]
    return _json(worst, {"answers": said, "now": clock.now().isoformat()})


def _saves(listed: object, facts: dict[str, Any]) -> list[Save] | None:
    """The saves of a request, or None if one of them cannot be meant."""
    if not isinstance(listed, list) or len(listed) > MOST_SAVES:
        return None
    found = []
    for one in listed:
        if not isinstance(one, dict):
            return None
        slot, seq, chosen = one.get("slot"), one.get("seq"), one.get("chosen")
        if not (_whole(slot, 1000) and _whole(seq, MOST_SEQ) and isinstance(chosen, list)):
            return None
        if len(chosen) > MOST_OPTIONS or not all(_whole(n, MOST_OPTIONS) for n in chosen):
            return None
        found.append(
            Save(facts["a"], facts["p"], facts["e"], slot, seq, tuple(chosen), flagged=one.get("flagged") is True)
        )
    return found


def _whole(value: object, most: int) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def _said(one: SaveAnswer) -> dict[str, Any]:
    said: dict[str, Any] = {"slot": one.slot, "seq": one.seq, "outcome": one.outcome}
    if one.saved_at:
        said |= {"saved_at": one.saved_at.isoformat(), "clock": saying.clock(one.saved_at)}
    if one.receipt:
        said["receipt"] = one.receipt
    if one.outcome in NOT_SAVED:
        said["says"] = str(NOT_SAVED[one.outcome][1])
    return said


def _json(status: int, words: dict[str, Any]) -> tuple[int, bytes]:
    return status, json.dumps(words, ensure_ascii=False, separators=(",", ":")).encode()
