"""One account for one identity number (CQ-03, CQ-04)."""

from datetime import date, datetime
from typing import ClassVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import audit, clock, vault
from xueshi.kernel.errors import Refused
from xueshi.people import pinyin, queries, rules, sentences
from xueshi.people.models import Account, Employment, Organisation, Person, Placement, Region, Title
from xueshi.people.viewer import Viewer


class IdentityTaken(Refused):
    """The number has an account. Whose it is stays unsaid."""

    code = "identity-taken"
    sentence = _("这个身份证号已经有人登记过。")
    next_step = _("是您本人注册的，请直接登录或找回密码；是单位登记的，请填邀请码；都不是，可以在下面申请认领。")


class Misfilled(Refused):
    """Something typed cannot be so; the forms say it first, beside the field."""

    status: ClassVar[int] = 422
    code = "misfilled"
    sentence = "%(why)s"


class NotAnIdNumber(Misfilled):
    """The identity number contradicts itself."""

    code = "not-an-id-number"


class NotAName(Misfilled):
    """Not a name as on a card."""

    code = "not-a-name"


class NotAPhone(Misfilled):
    """Not a mobile number of the mainland."""

    code = "not-a-phone"


class WeakPassword(Misfilled):
    """The password would be guessed."""

    code = "weak-password"


class RegionNotOpen(Refused):
    """The region does not exist, or registration is a level below it."""

    status = 422
    code = "region-not-open"
    sentence = _("请选到具体的区县，再注册。")
    next_step = _("注册地区决定缴费窗口和审验单位。列表里没有您的区县时，请打咨询电话。")


class EmployerNotThere(Refused):
    """The unit is closed, is not a unit, or stands in another region."""

    status = 422
    code = "employer-not-there"
    sentence = _("所选单位不在这个地区。")
    next_step = _("请重新选择单位；找不到时选“不在列表中”，以后可以补上。")


class AgencyNeeded(Refused):
    """A hosted file needs its agency, and only a hosted file names one."""

    status = 422
    code = "agency-needed"
    sentence = _("档案在人才代理机构的，请选是哪一家。")
    next_step = _("成绩合格单由保管档案的机构审验。")


class TitleNotHeld(Refused):
    """A title has a day on which it was obtained, after birth and not in the future."""

    status = 422
    code = "title-not-held"
    sentence = _("请填取得职称的日期，不晚于今天。")
    next_step = _("日期在职称证书上；暂无职称的选“暂无职称”。")


@transaction.atomic(durable=True)
def register(
    *,
    typed_id: str,
    name: str,
    phone: str,
    email: str,
    region_code: str,
    employer_id: int | None,
    file_keeper: str,
    file_agency_id: int | None,
    title_level: str,
    title_obtained_on: date | None,
    password: str,
    at: datetime,
) -> Person:
    """Make the person and the account; the same number in 15 or 18 places is the same person.

    The caller has proved the phone by a code. Somebody whom a unit brought, and who has no account yet, gets hers
    where name and phone are those on record; her record stays as it is. `title_level` is "" or "none" where there is
    none. Raises IdentityTaken, also when two register at once, and the refusals above for what cannot be so.
    """
    who = _identity(typed_id, at)
    number = rules.phone(phone)
    if number is None:
        raise NotAPhone(why=sentences.of_phone())
    called = rules.name(name)
    if called is None:
        raise NotAName(why=sentences.of_name())
    weak = sentences.against(password, number=who.number, phone=number, born_on=who.born_on)
    if weak:
        raise WeakPassword(why=weak)
    region = leaf_region(region_code)
    employer = employer_at(region, employer_id)
    agency = agency_of(file_keeper, file_agency_id)
    title = title_held(title_level, title_obtained_on, born_on=who.born_on, at=at)
    account = Account(id_index=vault.index("id", who.number))
    account.set_password(password)  # slow on purpose, so before anything is looked up or locked
    known = Person.objects.select_for_update().filter(id_index=account.id_index).first()
    if known is not None:
        return _adopted(known, account, called, number, at)
    person = _create(who, account, called, number, rules.mail(email), region, file_keeper, agency, at)
    Placement.objects.create(
        person=person, region=region, file_keeper=file_keeper, file_agency=agency, since=clock.day_of(at)
    )
    if employer:
        Employment.objects.create(person=person, employer=employer, since=clock.day_of(at))
    if title:
        Title.objects.create(person=person, level=title[0], obtained_on=title[1])
    audit.record(Viewer(person.pk, person.name), "person.register", f"person:{person.pk}", at=at, region=region.code)
    return person


def _identity(typed_id: str, at: datetime) -> rules.Identity:
    who = rules.identity(typed_id, today=clock.day_of(at))
    if isinstance(who, rules.NotAnIdentity):
        raise NotAnIdNumber(why=sentences.of_identity(who))
    return who


def _adopted(person: Person, account: Account, name: str, phone: str, at: datetime) -> Person:
    """The account of somebody who is known already, if nobody has it and all that was proven is what is on record."""
    hers = person.name == name and person.phone == phone and person.merged_into_id is None
    if not hers or Account.objects.filter(person=person).exists():
        raise IdentityTaken()
    account.person = person
    account.save()
    audit.record(Viewer(person.pk, person.name), "person.take_account", f"person:{person.pk}", at=at, by="phone")
    return person


def _create(
    who: rules.Identity,
    account: Account,
    name: str,
    phone: str,
    email: str,
    region: Region,
    file_keeper: str,
    agency: Organisation | None,
    at: datetime,
) -> Person:
    try:
        with transaction.atomic():
            person = Person.objects.create(
                name=name,
                pinyin=pinyin.of(name),
                id_index=account.id_index,
                id_cipher=vault.lock("id", who.number),
                id_masked=who.masked,
                id_tail_index=vault.index("id-tail", who.tail),
                sex=who.sex,
                born_on=who.born_on,
                phone=phone,
                email=email,
                region=region,
                file_keeper=file_keeper,
                file_agency=agency,
                registered_at=at,
            )
    except IntegrityError as same:  # registered a moment ago by another request
        raise IdentityTaken() from same
    account.person = person
    account.save()
    return person


def leaf_region(code: str) -> Region:
    """The region of that code, in which one can register; raises RegionNotOpen."""
    region = Region.objects.filter(code=code).first()
    if region is None or not queries.is_leaf(region):
        raise RegionNotOpen()
    return region


def employer_at(region: Region, employer_id: int | None) -> Organisation | None:
    """The unit of that id that one can work for there; raises EmployerNotThere."""
    if employer_id is None:
        return None
    for unit in queries.employers_at(region.code):
        if unit.pk == employer_id:
            return unit
    raise EmployerNotThere()


def agency_of(file_keeper: str, agency_id: int | None) -> Organisation | None:
    """The agency that keeps the file, and none unless an agency does; raises AgencyNeeded."""
    if file_keeper not in Person.FileKeeper.values:
        raise AgencyNeeded()
    if file_keeper != Person.FileKeeper.TALENT_AGENCY:
        return None
    for agency in queries.agencies_at():
        if agency.pk == agency_id:
            return agency
    raise AgencyNeeded()


def title_held(level: str, obtained_on: date | None, *, born_on: date, at: datetime) -> tuple[str, date] | None:
    """The title and its day, or None for none; raises TitleNotHeld."""
    if level in {"", "none"}:
        return None
    if level not in Title.Level.values or obtained_on is None:
        raise TitleNotHeld()
    if not born_on < obtained_on <= clock.day_of(at):
        raise TitleNotHeld()
    return level, obtained_on
