"""A beat of a player: its ticket checked without the database, its words checked, its answer as JSON."""

import json
from typing import Any

from django.utils.translation import gettext as _

from xueshi.kernel import clock, signing
from xueshi.kernel.batching import Batch
from xueshi.study import actions, rules
from xueshi.web.look import saying

MOST_STRETCHES = 200
LONGEST_MS = 24 * 3600 * 1000
LARGEST_SEQ = 2**31 - 1

Answer = tuple[int, bytes]


class Malformed(ValueError):
    """The words are not those of our player."""


async def answer(body: bytes, batch: Batch[actions.Beat, actions.BeatAnswer]) -> Answer:
    """Answer one beat `{ticket, seq, position_ms, played: [[from, to], …], leaving}` after its commit.

    200 the receipt; 400 malformed; 401 the ticket is not ours or has run out; 409 studied elsewhere, or the cycle
    has ended; 503 with Retry-After when too many wait.
    """
    try:
        words = json.loads(body)
        facts = signing.read_ticket(actions.TICKET, _text(words, "ticket"), now=int(clock.now().timestamp()))
        beat = beat_of(words, facts)
    except signing.BadSeal as bad:
        return _sign_in(expired=str(bad) == "expired")
    except (Malformed, ValueError, TypeError, KeyError, RecursionError):
        return _said(400, "malformed", _("这次发来的进度看不懂，没有记下。"), _("请刷新页面再继续，已保存的不受影响。"))
    return _answered(await batch.ask(beat))


def beat_of(words: Any, facts: dict[str, Any]) -> actions.Beat:
    """The beat that a message says; raises Malformed."""
    played = words.get("played", [])
    if not isinstance(played, list) or len(played) > MOST_STRETCHES:
        raise Malformed("played")
    return actions.Beat(
        person_id=facts["p"],
        epoch=facts["e"],
        progress_id=facts["g"],
        length_ms=facts["n"],
        seq=_number(words.get("seq"), LARGEST_SEQ),
        position_ms=_number(words.get("position_ms"), LONGEST_MS),
        played=tuple(_stretch(one) for one in played),
        leaving=words.get("leaving") is True,
    )


def _stretch(pair: Any) -> rules.Stretch:
    if not isinstance(pair, list) or len(pair) != 2:
        raise Malformed("stretch")
    return _number(pair[0], LONGEST_MS), _number(pair[1], LONGEST_MS)


def _number(value: Any, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise Malformed("number")
    return value


def _text(words: Any, name: str) -> str:
    if not isinstance(words, dict) or not isinstance(words.get(name), str):
        raise Malformed(name)
    return str(words[name])


def _answered(heard: actions.BeatAnswer) -> Answer:
    if heard.kind == "over":
        return _said(409, "cycle-over", _("这一轮学习已经结束，不再计时。"), _("请回到“学习”看现在的进度。"))
    if heard.kind == "elsewhere":
        return _elsewhere(heard)
    return 200, json.dumps(
        {
            "seq": heard.seq,
            "position_ms": heard.position_ms,
            "credited_ms": heard.credited_ms,
            "covered": heard.covered,
            "complete": heard.complete,
            "studied": heard.studied,
            "saved": saying.clock(heard.heard_at) if heard.heard_at else "",
        },
        separators=(",", ":"),
    ).encode()


def _elsewhere(heard: actions.BeatAnswer) -> Answer:
    kept = _("同一时刻只给一处计学时，已记下的不受影响。")
    if heard.since is None:
        return _said(409, "elsewhere", _("您在别处打开了课程，这里已停止计时。"), kept)
    facts = {"device": device_said(heard.device), "time": saying.time_of_day(heard.since), "n": heard.lesson}
    says = _("%(device)s %(time)s 打开了第 %(n)s 讲，这里已停止计时。") % facts
    return _said(409, "elsewhere", says, kept)


def device_said(device: str) -> str:
    """A kind of device in words."""
    return {"phone": _("手机上"), "tablet": _("平板上")}.get(device, _("电脑上"))


def _sign_in(*, expired: bool) -> Answer:
    if expired:
        return _said(401, "expired", _("这一页开得太久，需要重新登录。"), _("登录后会从这里继续，已保存的不受影响。"))
    return _said(401, "ticket", _("这一页的凭据不对，没有计时。"), _("请重新登录，再打开这一讲。"))


def _said(status: int, code: str, says: str, advice: str) -> Answer:
    return status, json.dumps({"code": code, "says": says, "next": advice}).encode()
