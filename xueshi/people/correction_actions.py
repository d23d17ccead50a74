"""A person asks to have the name, the identity number or a lost phone put right; an officer decides."""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import audit, clock, vault
from xueshi.kernel.errors import NotYours, Refused
from xueshi.people import access, pinyin, request_actions, request_queries, rules, sentences, session_actions
from xueshi.people.actions.registering import NotAName, NotAnIdNumber, NotAPhone
from xueshi.people.models import Account, ChangeRequest, Organisation, Person
from xueshi.people.request_rules import LIVE, Paper
from xueshi.people.viewer import Viewer

Kind = ChangeRequest.Kind


class NothingToCorrect(Refused):
    """All of it is so already; 15 and 18 places of one number are the same."""

    status = 422
    code = "nothing-to-correct"
    sentence = _("填的和平台上记着的一样，没有要更正的。")
    next_step = _("15 位和 18 位的是同一个身份证号，不用更正。")


class AlreadyAsked(Refused):
    """One request of a kind at a time."""

    code = "already-asked"
    sentence = _("您在 %(day)s 提的“%(kind)s”还没有办结，先不用再提。")
    next_step = _("请在“我的申请”里看它在谁手里；填错了的可以先撤回。")


class PapersMissing(Refused):
    """Names and numbers are changed by what somebody can look at."""

    status = 422
    code = "papers-missing"
    sentence = _("请附上证件的照片或扫描件，办理的人要对照着看。")
    next_step = _("可以上传 JPG、PNG 或 PDF，每个不超过 5 MB。")


class NoOffice(Refused):
    """Nobody decides requests of that region."""

    code = "no-request-office"
    sentence = _("平台上还没有办理这个地区资料变更的单位。")
    next_step = _("请打咨询电话，由平台管理员添加。")


class NumberTaken(Refused):
    """The number asked for has an account of its own: two accounts of one human are merged."""

    code = "number-taken"
    sentence = _("这个身份证号在平台上已有账号，不能改成它。")
    next_step = _("是同一个人的，请改为“合并账号”；不是的，请不同意并写明原因。")


@transaction.atomic(durable=True)
def ask_correction(
    *,
    viewer: Viewer,
    name: str = "",
    typed_id: str = "",
    phone: str = "",
    reason: str,
    papers: tuple[Paper, ...] = (),
    at: datetime,
) -> ChangeRequest:
    """Ask for one's own name, number or phone to be put right; what is empty stays.

    Whether the number has another account is not said here: the officer is told. The same again returns the first.
    Raises NotAName, NotAnIdNumber, NotAPhone, NothingToCorrect, AlreadyAsked, PapersMissing, NoOffice.
    """
    person = Person.objects.select_for_update(of=("self",)).select_related("region").get(pk=viewer.person_id)
    wanted, secret, index = _wanted(person, name, typed_id, phone, clock.day_of(at))
    if not wanted:
        raise NothingToCorrect()
    known = asked_before(person, Kind.CORRECTION)
    if known is not None:
        return same_or_refused(known, wanted, index, secret)
    if not papers:
        raise PapersMissing()
    return request_actions.propose(
        viewer=viewer, kind=Kind.CORRECTION, wanted=wanted, secret=secret, number_index=index, person_id=person.pk,
        office_id=office(person.region.code, day=clock.day_of(at)).pk, reason=reason, papers=papers, at=at,
    )  # fmt: skip


def _wanted(
    person: Person, name: str, typed_id: str, phone: str, today: date
) -> tuple[dict[str, Any], dict[str, str], str]:
    """What would change, in clear and in secret, and the index of a new number."""
    wanted: dict[str, Any] = {}
    secret: dict[str, str] = {}
    index = ""
    if name.strip():
        called = rules.name(name)
        if called is None:
            raise NotAName(why=sentences.of_name())
        if called != person.name:
            wanted["name"] = called
    if typed_id.strip():
        who = identity_of(typed_id, today)
        if vault.index("id", who.number) != person.id_index:
            index = vault.index("id", who.number)
            wanted |= {"number": who.masked, "sex": who.sex, "born_on": who.born_on.isoformat()}
            secret["number"] = who.number
    if phone.strip():
        number = rules.phone(phone)
        if number is None:
            raise NotAPhone(why=sentences.of_phone())
        if number != person.phone:
            wanted["phone"], secret["phone"] = masked_phone(number), number
    return wanted, secret, index


def identity_of(typed_id: str, today: date) -> rules.Identity:
    """The number as it is; raises NotAnIdNumber with what is wrong with it."""
    who = rules.identity(typed_id, today=today)
    if isinstance(who, rules.NotAnIdentity):
        raise NotAnIdNumber(why=sentences.of_identity(who))
    return who


def masked_phone(number: str) -> str:
    return f"{number[:3]}****{number[-4:]}"


def asked_before(person: Person, kind: str) -> ChangeRequest | None:
    """A request of this kind that is not settled; the person is held."""
    return ChangeRequest.objects.filter(person=person, kind=kind, state__in=LIVE).first()


def same_or_refused(
    known: ChangeRequest, wanted: dict[str, Any], index: str, secret: Mapping[str, str] = MappingProxyType({})
) -> ChangeRequest:
    """A second click is the first one; another wish has to wait, also one that is masked alike. Raises AlreadyAsked."""
    if known.wanted == wanted and known.number_index == index and request_actions.unsealed(known) == secret:
        return known
    raise AlreadyAsked(day=clock.day_of(known.asked_at).isoformat(), kind=known.get_kind_display())


def office(*region_codes: str, day: date) -> Organisation:
    """Who decides about people of these regions; raises NoOffice."""
    found = request_queries.office_for(region_codes, day)
    if found is None:
        raise NoOffice()
    return found


@transaction.atomic(durable=True)
def accept_correction(*, viewer: Viewer, request_id: int, reason: str = "", at: datetime) -> ChangeRequest:
    """Agree: name, number, what depends on the number, and phone change together, and every session ends.

    The old number stays in the request's secret alone. Raises what `request_actions.accept` raises, and NumberTaken.
    """
    request = request_actions.accept(viewer=viewer, request_id=request_id, kind=Kind.CORRECTION, reason=reason, at=at)
    person = Person.objects.get(pk=request.person_id or 0)  # held by accept
    secret = request_actions.unsealed(request)
    before = {"name": person.name, "number": person.id_masked, "phone": masked_phone(person.phone),
              "sex": person.sex, "born_on": person.born_on.isoformat()}  # fmt: skip
    old_phone, old_number = person.phone, vault.unlock("id", bytes(person.id_cipher))
    changed = _change(person, request.wanted, secret, clock.day_of(at))
    try:
        with transaction.atomic():
            person.save()
            Account.objects.filter(person=person).update(id_index=person.id_index)
    except IntegrityError as taken:  # registered a moment ago
        raise NumberTaken() from taken
    request.wanted = {**request.wanted, "before": {key: before[key] for key in before if key in request.wanted}}
    if "number" in changed:
        secret["old_number"] = old_number
    request.secret = request_actions.seal(secret)
    request.save(update_fields=["wanted", "secret"])
    audit.record(viewer, "person.accept_correction", f"person:{person.pk}", at=at, reason=request.reason[:200],
                 request=request.pk, changed=changed)  # fmt: skip
    session_actions.end_sessions(person_id=person.pk, at=at)
    _told(request, old_phone, at)
    return request


def _change(person: Person, wanted: dict[str, Any], secret: dict[str, str], today: date) -> list[str]:
    """Put what is wanted on the person; what changed. A number that somebody else has raises NumberTaken."""
    changed = []
    if "name" in wanted:
        person.name, person.pinyin = wanted["name"], pinyin.of(wanted["name"])
        changed.append("name")
    if "number" in secret:
        who = identity_of(secret["number"], today)
        index = vault.index("id", who.number)
        if Person.objects.filter(id_index=index).exclude(pk=person.pk).exists():
            raise NumberTaken()
        person.id_index, person.id_cipher = index, vault.lock("id", who.number)
        person.id_masked, person.id_tail_index = who.masked, vault.index("id-tail", who.tail)
        person.sex, person.born_on = who.sex, who.born_on
        changed.append("number")
    if "phone" in secret:
        person.phone = secret["phone"]
        changed.append("phone")
    if changed != ["phone"]:  # what a counter compared with the card is no longer what stands here
        person.identity_checked_at = person.identity_checked_by = None
    return changed


def _told(request: ChangeRequest, old_phone: str, at: datetime) -> None:
    """The person, at the new phone and, where it changed, at the old one too."""
    said = request_actions.say(
        _("您申请的“%(kind)s”已同意。请用更正后的资料重新登录。不是您本人申请的，请马上打咨询电话。"), request
    )
    request_actions.tell(request, said, at=at)
    if "phone" in request.wanted and old_phone:
        request_actions.tell(request, said, at=at, phone=old_phone, about=":before")


@transaction.atomic(durable=True)
def unmask_wanted(*, viewer: Viewer, request_id: int, reason: str, at: datetime) -> str:
    """The whole number that a request asks for, with a reason that the person can read; raises NotYours."""
    request = ChangeRequest.objects.filter(pk=request_id).first()
    if request is None or not access.can(viewer, "decide", request) or request.other_id == viewer.person_id:
        raise NotYours()
    if not reason.strip():
        raise request_actions.RequestReasonMissing()
    number = request_actions.unsealed(request).get("number", "")
    if not number:
        raise NotYours()
    subject = f"person:{request.person_id}" if request.person_id else f"request:{request.pk}"
    audit.record(viewer, "person.unmask_wanted", subject, at=at, reason=reason.strip()[:200], request=request.pk)
    return number
