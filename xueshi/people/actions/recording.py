"""Officers and unit clerks record what the law asks of a person: dated facts with evidence, never edited."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import audit, clock, redaction
from xueshi.kernel.errors import NotYours, Refused
from xueshi.people import access, dated
from xueshi.people.actions.keeping import OwnCard
from xueshi.people.models import Fact, Person
from xueshi.people.viewer import Viewer
from xueshi.policy.words import Word

# These words of the law are read from the register itself (see `queries.law_facts`).
KEPT_ELSEWHERE = frozenset({"sex", "born", "title", "title_obtained", "affiliation", "target"})


class FactUnknown(Refused):
    """A misspelt fact must not become a missing one."""

    status = 422
    code = "fact-unknown"
    sentence = _("“%(word)s”不是政策用语表里的个人情况。")


class FactKeptElsewhere(Refused):
    status = 422
    code = "fact-kept-elsewhere"
    sentence = _("“%(word)s”以登记资料为准，不在这里登记。")
    next_step = _("请改正登记资料里的性别、出生日期、职称或单位。")


class FactMisfilled(Refused):
    status = 422
    code = "fact-misfilled"
    sentence = _("“%(word)s”不能这样填：%(value)s，%(since)s 起。")
    next_step = _("请从列出的值里选；起始日期不能晚于今天，结束要在起始以后。")


class FactOverlaps(Refused):
    """One word has one value on a day; which of two is right, a person must say."""

    code = "fact-overlaps"
    sentence = _("“%(word)s”从 %(since)s 起已有登记（%(value)s），同一天只能有一个值。")
    next_step = _("原来的登记有误时，请先撤回它，再重新登记。")


class FactReasonMissing(Refused):
    status = 422
    code = "fact-reason-missing"
    sentence = _("请写明依据，例如看过的证件或文件。")


@transaction.atomic(durable=True)
def record_fact(
    *,
    viewer: Viewer,
    words: Mapping[str, Word],
    person_id: int,
    word: str,
    value: str,
    since: date,
    until: date | None = None,
    reason: str,
    at: datetime,
) -> Fact:
    """Record that `word` has `value` from `since` until the day before `until`; `words` are the law's facts.

    Values are written as `dated.written` says; an event is "yes" on the day `since`. What went on without an end ends
    where this begins. The same again returns the first row. Raises NotYours, OwnCard, FactUnknown, FactKeptElsewhere,
    FactMisfilled, FactOverlaps, FactReasonMissing.
    """
    person = _locked(viewer, person_id)
    if not reason.strip():
        raise FactReasonMissing()
    if word not in words:
        raise FactUnknown(word=word)
    meant = words[word]
    if word in KEPT_ELSEWHERE:
        raise FactKeptElsewhere(word=meant.term)
    text = dated.written(meant, value)
    if meant.kind == "event" and text == dated.YES:
        until = since + timedelta(days=1)
    if text is None or since > clock.day_of(at) or (until is not None and until <= since):
        raise FactMisfilled(word=meant.term, value=_called(meant, value), since=since.isoformat())
    live = Fact.objects.filter(person=person, word=word, withdrawn_at=None)
    known = live.filter(value=text, since=since, until=until).first()
    if known is not None:
        return known
    going_on = live.filter(since__lt=since, until=None).exclude(kind="spell", value=dated.YES)
    _end_the_one_before(viewer, going_on.first(), since, at)
    later = live.filter(since__lt=until) if until is not None else live
    other = later.filter(Q(until=None) | Q(until__gt=since)).order_by("since").first()
    if other is not None:
        raise FactOverlaps(word=meant.term, since=other.since.isoformat(), value=_called(meant, other.value))
    return _record(viewer, Fact(person=person, word=word, kind=meant.kind, value=text, since=since, until=until,
                                reason=redaction.numbers_masked(reason.strip())[:200]), at)  # fmt: skip


def _called(word: Word, value: str) -> str:
    """A value as people call it, not as it is kept."""
    plain = {"yes": _("有"), "no": _("没有"), "true": _("是"), "false": _("不是")}
    return word.values.get(value) or str(plain.get(value, value))


def _end_the_one_before(viewer: Viewer, open_one: Fact | None, since: date, at: datetime) -> None:
    """What held without an end holds until the new value begins: withdrawn, and recorded with its end."""
    if open_one is None:
        return
    _withdraw(viewer, open_one, f"→ {since.isoformat()}", at)
    ended = Fact(person_id=open_one.person_id, word=open_one.word, kind=open_one.kind, value=open_one.value,
                 since=open_one.since, until=since, reason=open_one.reason)  # fmt: skip
    _record(viewer, ended, at)


@transaction.atomic(durable=True)
def withdraw_fact(*, viewer: Viewer, fact_id: int, reason: str, at: datetime) -> Fact:
    """Withdraw a fact that was recorded wrongly: it stays readable, and no longer holds. A second click does nothing.

    Raises NotYours, OwnCard, FactReasonMissing.
    """
    person_id = Fact.objects.filter(pk=fact_id).values_list("person_id", flat=True).first()
    if person_id is None:
        raise NotYours()
    _locked(viewer, person_id)
    if not reason.strip():
        raise FactReasonMissing()
    fact = Fact.objects.get(pk=fact_id)
    if fact.withdrawn_at is None:
        _withdraw(viewer, fact, redaction.numbers_masked(reason.strip())[:200], at)
    return fact


def _locked(viewer: Viewer, person_id: int) -> Person:
    if not access.may(viewer, "record", person_id):
        raise NotYours()
    if person_id == viewer.person_id:
        raise OwnCard()
    return Person.objects.select_for_update().get(pk=person_id)


def _record(viewer: Viewer, fact: Fact, at: datetime) -> Fact:
    """The database says when, whatever `at` is."""
    fact.recorded_at, fact.recorded_by_id = at, viewer.person_id
    fact.organisation_id = next(iter(viewer.organisations(viewer.capacity)), None)
    fact.save()
    fact.refresh_from_db(fields=["recorded_at"])
    audit.record(
        viewer, "person.record_fact", f"person:{fact.person_id}", at=at, reason=fact.reason, fact=fact.pk,
        word=fact.word, value=fact.value, since=fact.since.isoformat(), until=fact.until and fact.until.isoformat(),
    )  # fmt: skip
    return fact


def _withdraw(viewer: Viewer, fact: Fact, reason: str, at: datetime) -> None:
    fact.withdrawn_at, fact.withdrawn_by_id, fact.withdrawn_reason = at, viewer.person_id, reason
    fact.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    fact.refresh_from_db(fields=["withdrawn_at"])
    audit.record(
        viewer, "person.withdraw_fact", f"person:{fact.person_id}", at=at, reason=reason, fact=fact.pk, word=fact.word
    )
