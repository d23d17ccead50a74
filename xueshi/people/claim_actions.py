"""Somebody whose number has an account that he cannot enter asks for it, without signing in; an officer decides.

Asking costs and answers the same whether the number has an account or not; only the officer sees which.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import audit, clock, vault
from xueshi.kernel.errors import Refused, TooOften
from xueshi.people import request_actions, rules, sentences, session_actions
from xueshi.people.actions.registering import NotAName, NotAPhone, leaf_region
from xueshi.people.correction_actions import identity_of, masked_phone, office
from xueshi.people.models import Account, ChangeRequest, Person
from xueshi.people.request_rules import LIVE
from xueshi.people.viewer import Viewer

Kind = ChangeRequest.Kind
MOST_A_DAY = 3  # for one number, whoever asks


class NobodyToClaim(Refused):
    """The number has no account: there is nothing to give back."""

    code = "nobody-to-claim"
    sentence = _("平台上没有这个身份证号的账号，不用认领。")
    next_step = _("请选“不同意”，并告诉本人直接注册。")


class ClaimMerged(Refused):
    """The account has been merged into another one: that one is claimed."""

    code = "claim-merged"
    sentence = _("这个号码的账号已经并入另一个账号，不能单独认领。")
    next_step = _("请告诉本人用并入后的身份证号登录；合并有误的，请申请撤销合并。")


class ClaimElsewhere(Refused):
    """The account came later, or moved: those decide who look after it now."""

    code = "claim-elsewhere"
    sentence = _("这个账号现在属于%(region)s，不由您这里办。")
    next_step = _("请“转给其他单位”，交给那里的人力社保局。")


@transaction.atomic(durable=True)
def ask_claim(*, typed_id: str, name: str, phone: str, region_code: str, reason: str, at: datetime) -> None:
    """Ask for the account of a number; the caller has proven the phone by a code.

    Answers and writes alike, whether or not there is such an account. Asking again with the same phone adds nothing.
    Raises NotAnIdNumber, NotAName, NotAPhone, RegionNotOpen, NoOffice, TooOften (by the number).
    """
    who = identity_of(typed_id, clock.day_of(at))
    called, number = rules.name(name), rules.phone(phone)
    if called is None:
        raise NotAName(why=sentences.of_name())
    if number is None:
        raise NotAPhone(why=sentences.of_phone())
    region = leaf_region(region_code)
    index = vault.index("id", who.number)
    with connection.cursor() as cursor:  # asked for twice at once counts twice
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"claim:{index}"])
    earlier = ChangeRequest.objects.filter(kind=Kind.CLAIM, number_index=index)
    again = any(request_actions.unsealed(one).get("phone") == number for one in earlier.filter(state__in=LIVE))
    if not again and earlier.filter(asked_at__gt=at - timedelta(days=1)).count() >= MOST_A_DAY:
        raise TooOften(minutes=24 * 60)
    person = Person.objects.filter(id_index=index).select_related("region").first()
    desk = office(person.region.code if person else region.code, day=clock.day_of(at))
    if again:
        return
    request_actions.propose(
        viewer=None, kind=Kind.CLAIM, person_id=person.pk if person else None, office_id=desk.pk, number_index=index,
        wanted={"name": called, "number": who.masked, "phone": masked_phone(number), "region": region.name},
        secret={"number": who.number, "phone": number}, reason=reason, at=at,
    )  # fmt: skip


@transaction.atomic(durable=True)
def accept_claim(*, viewer: Viewer, request_id: int, reason: str = "", at: datetime) -> ChangeRequest:
    """Agree: the proven phone is the person's, every session and the old password end, the old mailbox is taken off.

    The person sets a new password with a code to that phone. Raises what `request_actions.accept` raises, and
    NobodyToClaim, ClaimMerged, ClaimElsewhere.
    """
    index = ChangeRequest.objects.filter(pk=request_id, kind=Kind.CLAIM).values_list("number_index", flat=True).first()
    held = Person.objects.select_for_update(of=("self",)).select_related("region")
    found = held.filter(id_index=index).first() if index else None
    request = request_actions.accept(viewer=viewer, request_id=request_id, kind=Kind.CLAIM, reason=reason, at=at)
    if found is None:
        raise NobodyToClaim()
    if found.merged_into_id is not None:
        raise ClaimMerged()
    if found.pk == viewer.person_id:
        raise request_actions.OwnRequest()
    if not found.region.code.startswith(request.office.region.code):
        raise ClaimElsewhere(region=found.region.name)
    phone = request_actions.unsealed(request)["phone"]
    old_phone, had_mail = found.phone, bool(found.email)
    found.phone, found.email = phone, ""
    found.save(update_fields=["phone", "email"])
    account = Account.objects.select_for_update().filter(person=found).first()
    account = account or Account(person=found, id_index=found.id_index)
    account.set_unusable_password()  # whoever knew the old one is out
    account.save()
    session_actions.end_sessions(person_id=found.pk, at=at)
    if request.person_id is None:
        request.person = found
        request.save(update_fields=["person"])
    audit.record(viewer, "person.accept_claim", f"person:{found.pk}", at=at, reason=request.reason[:200],
                 request=request.pk, phone_changed=old_phone != phone, mail_removed=had_mail)  # fmt: skip
    said = _("您的账号已认领好。请打开登录页的“忘记密码”，用身份证号和这个手机号收验证码，设一个新密码。")
    request_actions.tell(request, request_actions.say(said, request), at=at, phone=phone)
    if old_phone and old_phone != phone:
        warned = _("您在学时平台的账号已改用另一个手机号。不是您本人申请的，请马上打咨询电话。")
        request_actions.tell(request, request_actions.say(warned, request), at=at, phone=old_phone, about=":before")
    return request
