"""The cast: the same fixture people in every test and in the demo. All names begin with 示例."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import translation

from xueshi.kernel import vault
from xueshi.people import pinyin, rules
from xueshi.people.models import Account, Employment, Industry, Organisation, Person, Placement, Post, Region, Title
from xueshi.people.queries import viewer_of
from xueshi.people.viewer import Viewer

pytest_plugins = ["tests.paying"]

# A noisy machine is no defect: no deadlines. On a build machine the examples are the same every time, so that a change
# is judged by what it changed; on a developer's they are new every time.
hypothesis.settings.register_profile(
    "house",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
hypothesis.settings.load_profile("house")

NINE = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)  # nine o'clock in Shanghai
PASSWORD = "一句自己记得住的话2026"


@pytest.fixture(autouse=True)
def _own_keys_and_files(tmp_path_factory: pytest.TempPathFactory, settings: LazySettings) -> None:
    """Keys and files of the suite live in a folder of its own."""
    shared = tmp_path_factory.getbasetemp() / "house"
    settings.KEYS_DIR = shared / "keys"
    settings.MEDIA_ROOT = shared / "files"
    settings.SNAPSHOTS_DIR = shared / "snapshots" / uuid4().hex  # each test has its own population


@pytest.fixture(autouse=True)
def _chinese_first() -> None:
    """A test begins in Chinese, whatever language the one before it asked for."""
    translation.activate("zh-hans")


def id_number(serial: int, *, born: date = date(1980, 3, 7), place: str = "500199") -> str:
    """A valid number of a place that does not exist; an even serial is a woman's."""
    first17 = f"{place}{born:%Y%m%d}{serial:03d}"
    return first17 + rules.check_character(first17)


@pytest.fixture
def chongqing(db: None) -> Region:
    return Region.objects.get_or_create(code="50", defaults={"name": "重庆市"})[0]


@pytest.fixture
def yuzhong(chongqing: Region) -> Region:
    return Region.objects.get_or_create(code="500103", defaults={"name": "渝中区", "parent": chongqing})[0]


MakeOrganisation = Callable[..., Organisation]
MakePerson = Callable[..., Person]


@pytest.fixture
def make_organisation(yuzhong: Region) -> MakeOrganisation:
    def make(name: str, kind: str = "unit", level: str = "county", region: Region = yuzhong) -> Organisation:
        return Organisation.objects.get_or_create(
            name=name,
            region=region,
            defaults={
                "kind": kind,
                "level": level,
                "address": "示例路 1 号",
                "phone": "023-00000000",
            },
        )[0]

    return make


@pytest.fixture
def county_bureau(make_organisation: MakeOrganisation) -> Organisation:
    return make_organisation("渝中区人力社保局（示例）", "county_hrss", "county")


@pytest.fixture
def training_centre(make_organisation: MakeOrganisation, chongqing: Region) -> Organisation:
    return make_organisation("重庆市人事培训中心（示例）", "training_centre", "municipal", chongqing)


@pytest.fixture
def association(make_organisation: MakeOrganisation, chongqing: Region) -> Organisation:
    return make_organisation("重庆继续教育协会（示例）", "ce_association", "municipal", chongqing)


@pytest.fixture
def agency(make_organisation: MakeOrganisation, chongqing: Region) -> Organisation:
    return make_organisation("示例人才服务中心", "talent_agency", "municipal", chongqing)


@pytest.fixture
def county_unit(make_organisation: MakeOrganisation) -> Organisation:
    return make_organisation("渝中区示例中学", "unit", "county")


@pytest.fixture
def municipal_unit(make_organisation: MakeOrganisation, chongqing: Region) -> Organisation:
    return make_organisation("重庆市示例设计院", "unit", "municipal", chongqing)


@pytest.fixture
def make_person(yuzhong: Region) -> MakePerson:
    """`make_person("示例教师", 2, employer=unit, title="junior")`: a registered person with an account."""

    def make(
        name: str,
        serial: int,
        *,
        employer: Organisation | None = None,
        title: str = "",
        region: Region = yuzhong,
        file_keeper: str = "unit",
        file_agency: Organisation | None = None,
        post: str = "",
        at_organisation: Organisation | None = None,
        phone: str = "13800000000",
        email: str = "",
        born: date = date(1980, 3, 7),
    ) -> Person:
        who = rules.identity(id_number(serial, born=born), today=NINE.date())
        assert isinstance(who, rules.Identity)
        index = vault.index("id", who.number)
        person = Person.objects.create(
            name=name,
            pinyin=pinyin.of(name),
            id_index=index,
            id_cipher=vault.lock("id", who.number),
            id_masked=who.masked,
            id_tail_index=vault.index("id-tail", who.tail),
            sex=who.sex,
            born_on=who.born_on,
            phone=phone,
            email=email,
            region=region,
            file_keeper=file_keeper,
            file_agency=file_agency,
            registered_at=NINE,
        )
        Placement.objects.create(
            person=person, region=region, file_keeper=file_keeper, file_agency=file_agency, since=date(2010, 1, 1)
        )
        account = Account(person=person, id_index=index)
        account.set_password(PASSWORD)
        account.save()
        if employer:
            Employment.objects.create(person=person, employer=employer, since=date(2015, 7, 1))
        if title:
            Title.objects.create(person=person, level=title, obtained_on=date(2018, 1, 1))
        if post:
            assert at_organisation
            Post.objects.create(person=person, role=post, organisation=at_organisation, since=NINE)
        return person

    return make


@pytest.fixture
def law_changed(settings: LazySettings, tmp_path: Path) -> Callable[[str, str], None]:
    """`law_changed("attempts: 2", "attempts: 3")`: the Chongqing notice, had it said something else."""

    def change(old: str, new: str) -> None:
        copy = tmp_path / "policies"
        shutil.copytree(settings.POLICIES_DIR, copy)
        file = copy / "cn-50" / "chongqing-2010.yaml"
        words = file.read_text(encoding="utf8")
        assert words.count(old) == 1
        file.write_text(words.replace(old, new), encoding="utf8")
        settings.POLICIES_DIR = copy

    return change


@pytest.fixture
def wang(make_person: MakePerson, county_unit: Organisation) -> Person:
    """A teacher of a district school."""
    return make_person("示例王老师", 2, employer=county_unit, title="intermediate")


@pytest.fixture
def stranger(make_person: MakePerson) -> Person:
    """Somebody who has no business here."""
    return make_person("示例陌生人", 4)


@pytest.fixture
def cashier(make_person: MakePerson, county_bureau: Organisation) -> Person:
    return make_person("示例窗口人员", 6, post="counter", at_organisation=county_bureau)


@pytest.fixture
def verifier(make_person: MakePerson, county_bureau: Organisation) -> Person:
    return make_person("示例审验人员", 8, post="verifier", at_organisation=county_bureau)


@pytest.fixture
def clerk(make_person: MakePerson, county_unit: Organisation) -> Person:
    return make_person("示例单位经办", 10, employer=county_unit, post="unit_clerk", at_organisation=county_unit)


@pytest.fixture
def operator(make_person: MakePerson, training_centre: Organisation) -> Person:
    return make_person("示例管理员", 12, post="operator", at_organisation=training_centre)


# ---- the same offices at other levels and places ------------------------------------------------------------------


@pytest.fixture
def jiangbei(chongqing: Region) -> Region:
    return Region.objects.get_or_create(code="500105", defaults={"name": "江北区", "parent": chongqing})[0]


@pytest.fixture
def education(db: None) -> Industry:
    section = Industry.objects.get_or_create(code="P", defaults={"name": "教育"})[0]
    return Industry.objects.get_or_create(code="P83", defaults={"name": "教育", "parent": section})[0]


@pytest.fixture
def municipal_bureau(make_organisation: MakeOrganisation, chongqing: Region) -> Organisation:
    return make_organisation("重庆市人力社保局（示例）", "municipal_hrss", "municipal", chongqing)


@pytest.fixture
def other_bureau(make_organisation: MakeOrganisation, jiangbei: Region) -> Organisation:
    return make_organisation("江北区人力社保局（示例）", "county_hrss", "county", jiangbei)


@pytest.fixture
def other_unit(make_organisation: MakeOrganisation, jiangbei: Region) -> Organisation:
    return make_organisation("江北区示例医院", "unit", "county", jiangbei)


@pytest.fixture
def base(make_organisation: MakeOrganisation, chongqing: Region) -> Organisation:
    return make_organisation("示例大学继续教育基地", "training_base", "municipal", chongqing)


@pytest.fixture
def authority_of_education(
    make_organisation: MakeOrganisation, chongqing: Region, education: Industry, county_unit: Organisation
) -> Organisation:
    """The city's education authority; the district school is one of its units."""
    office = make_organisation("重庆市教育主管部门（示例）", "industry_authority", "municipal", chongqing)
    Organisation.objects.filter(pk__in=[office.pk, county_unit.pk]).update(industry=education)
    office.refresh_from_db()
    return office


@pytest.fixture
def officer(make_person: MakePerson, county_bureau: Organisation) -> Person:
    return make_person("示例区科室", 14, post="officer", at_organisation=county_bureau)


@pytest.fixture
def municipal_officer(make_person: MakePerson, municipal_bureau: Organisation, chongqing: Region) -> Person:
    return make_person("示例市科室", 16, post="officer", at_organisation=municipal_bureau, region=chongqing)


@pytest.fixture
def other_officer(make_person: MakePerson, other_bureau: Organisation, jiangbei: Region) -> Person:
    return make_person("示例江北科室", 18, post="officer", at_organisation=other_bureau, region=jiangbei)


@pytest.fixture
def industry_officer(make_person: MakePerson, authority_of_education: Organisation) -> Person:
    return make_person("示例教育主管", 20, post="industry_officer", at_organisation=authority_of_education)


@pytest.fixture
def unit_head(make_person: MakePerson, county_unit: Organisation) -> Person:
    return make_person("示例校长", 22, employer=county_unit, post="unit_head", at_organisation=county_unit)


@pytest.fixture
def other_clerk(make_person: MakePerson, other_unit: Organisation, jiangbei: Region) -> Person:
    return make_person(
        "示例江北经办", 24, employer=other_unit, post="unit_clerk", at_organisation=other_unit, region=jiangbei
    )


@pytest.fixture
def base_clerk(make_person: MakePerson, base: Organisation) -> Person:
    return make_person("示例基地经办", 26, post="base_clerk", at_organisation=base)


@pytest.fixture
def agency_officer(make_person: MakePerson, agency: Organisation) -> Person:
    return make_person("示例代理人员", 28, post="agency_officer", at_organisation=agency)


@pytest.fixture
def auditor(make_person: MakePerson, county_bureau: Organisation) -> Person:
    return make_person("示例审计", 30, post="auditor", at_organisation=county_bureau)


@pytest.fixture
def viewer() -> Callable[..., Viewer]:
    """`viewer(wang)` is what the door makes of her; `viewer(cashier, "counter")` in that capacity."""

    def see(person: Person, capacity: str = "learner") -> Viewer:
        found = viewer_of(account_id=Account.objects.get(person=person).pk, at=datetime.now(UTC))
        assert found
        return found.acting_as(capacity)

    return see


@pytest.fixture
def signed_in() -> Callable[..., Client]:
    """`signed_in(wang)` is a client in which she has signed in, `second_factor=False` with the password alone."""

    def enter(person: Person, *, second_factor: bool = True) -> Client:
        client = Client()
        client.force_login(Account.objects.get(person=person), backend="xueshi.people.backend.AccountBackend")
        session, now = client.session, int(time.time())
        session.update({"began": now, "seen": now, "password_at": now})
        if second_factor:
            session["second_factor_at"] = now
        session.save()
        return client

    return enter


@pytest.fixture
def plan(chongqing: Region) -> Iterator[object]:
    """The year's plan with a course of two short lessons and a small bank, open now."""
    from tests import scenery

    return scenery.plan(region=chongqing)


__all__ = ["NINE", "PASSWORD", "Decimal", "Path"]
