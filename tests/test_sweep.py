"""Every address as every role on one's own and on another county's things: what is not in reach is nowhere.

Canaries stand in every name, phone, mailbox and paper of the other county. Whatever is answered is searched for them:
pages, headers, names of files, and the insides of spreadsheets, archives and PDFs.
"""

import io
import itertools
import re
import zipfile
from collections import Counter
from collections.abc import Iterator

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from tests.test_permissions import ABSENT, ROLES, STEPPING_OUT, Row, table, turned_away, urls
from tests.two_counties import CANARIES, Cast, County, county
from xueshi.people.models import Post

MOST = 2  # things of a kind that are tried
# Parameters that name nothing of a person's or an office's: what they name is everybody's, or the operator's alone.
PUBLIC = {
    "name": "chongqing-2010",
    "place": "cn-50",
    "kind": "csv",
    "language": "zh",
    "code": "0" * 32,
    "deed": "suspend",
}
OF_THE_HOUSE = {"bank_id", "course_id", "import_id", "lesson_id", "plan_id", "question_id", "industry_id"}
ABOVE = {"operator"}  # sees every county
UNITS, BASES = ("unit_clerk", "unit_head"), ("base_clerk", "base_head")


@pytest.fixture
def here(make_person, county_unit, county_bureau, association, plan) -> County:
    cast = Cast(make_person, county_unit, county_bureau, association)
    return county(cast, plan, name="示例本区", first=500, phone="13600000", mail="own")


@pytest.fixture
def there(make_person, other_unit, other_bureau, association, plan) -> County:
    cast = Cast(make_person, other_unit, other_bureau, association)
    return county(cast, plan, name="金丝雀", first=600, phone="13987650", mail="canary")


@pytest.fixture
def staff(make_person, here, county_unit, county_bureau, base, signed_in) -> dict[str, Client]:
    """A holder of every role in this county, a learner, and somebody who has not signed in."""
    found = {"visitor": Client(), "learner": signed_in(here.people[-1])}
    for serial, role in enumerate(ROLES, start=700):
        if role in ABOVE or role in ("agency_officer", "industry_officer"):
            continue
        where = county_unit if role in UNITS else base if role in BASES else county_bureau
        found[role] = signed_in(make_person(f"示例本区{role}", serial, post=role, at_organisation=where))
    return found


def addresses(name: str, pattern: object, of: County, most: int = MOST) -> Iterator[str]:
    """The address with each thing of a county that it could name, a few of each kind."""
    converters = pattern.pattern.converters  # type: ignore[attr-defined]
    choices = []
    for key, converter in converters.items():
        if key in PUBLIC:
            choices.append([PUBLIC[key]])
        elif key in OF_THE_HOUSE:
            choices.append([ABSENT[type(converter.to_python("1"))]])
        else:
            keys = of.keys(key)
            choices.append([*keys[:1], *keys[-most + 1 :]] if len(keys) > most else keys)
    for values in itertools.product(*choices):
        yield reverse(name, kwargs=dict(zip(converters, values, strict=True)))


def put_down(answer: object) -> None:
    """Close what it holds open, but not the connection of the test."""
    request_finished.disconnect(close_old_connections)
    answer.close()  # type: ignore[attr-defined]
    request_finished.connect(close_old_connections)


def words_of(answer: object) -> str:
    """Everything that can be read in an answer."""
    headers = "\n".join(f"{k}: {v}" for k, v in answer.headers.items())  # type: ignore[attr-defined]
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    put_down(answer)
    kind = answer.headers.get("Content-Type", "")  # type: ignore[attr-defined]
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            body = b"\n".join(archive.read(one) for one in archive.namelist())
    elif kind == "application/pdf":
        return headers + "".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    return headers + body.decode("utf8", "replace")


def test_every_parameter_of_an_address_names_something_in_both_counties(here: County, there: County) -> None:
    named = {key for one in urls().values() for key in one.pattern.converters}
    known = set(PUBLIC) | OF_THE_HOUSE
    assert {key for key in named - known if not here.keys(key) or not there.keys(key)} == set()


def test_nobody_reaches_into_another_county(
    here: County, there: County, staff: dict[str, Client], record_property
) -> None:
    """Reading: with the other county's keys nothing is found, and lists, exports and errors name nobody of it."""
    tried: Counter[str] = Counter()
    leaks = []
    for name, row in table().items():
        if "GET" not in row.methods or name == STEPPING_OUT:
            continue
        for who, url in itertools.product(kinds(row, staff), addresses(name, urls()[name], there)):
            answer = staff[who].get(url)
            tried[who] += 1
            leaks += [f"{name} {url} as {who}: {found}" for found in _seen(answer)]
            if "_id>" in str(urls()[name].pattern) and _foreign(urls()[name]) and answer.status_code == 200:
                leaks.append(f"{name} {url} as {who}: opened")
    record_property(
        "said", f"reading across counties: {sum(tried.values()):,} requests as {len(tried)} kinds of visitor"
    )
    assert leaks == []


def kinds(row: Row, staff: dict[str, Client]) -> list[str]:
    """Every kind of visitor; where posts make no difference, nobody, a learner and an officer stand for all."""
    return ["visitor", "learner", "officer"] if row.who & {"everyone", "signed in"} else list(staff)


def _foreign(pattern: object) -> bool:
    """Whether the address names somebody's thing at all."""
    return bool(set(pattern.pattern.converters) - set(PUBLIC) - OF_THE_HOUSE)  # type: ignore[attr-defined]


def _seen(answer: object) -> list[str]:
    text = words_of(answer)
    return [canary for canary in CANARIES if canary in text]


def test_nobody_changes_anything_in_another_county(
    here: County, there: County, staff: dict[str, Client], record_property
) -> None:
    """Writing: each form is posted to each of the other county's keys, and nothing there has moved."""
    before = prints(there)
    tried, leaks = 0, []
    for name, row in table().items():
        if "POST" not in row.methods or name == STEPPING_OUT or not _foreign(urls()[name]):
            continue
        for who, url in itertools.product(kinds(row, staff), addresses(name, urls()[name], there)):
            answer = staff[who].post(url, FORM)
            tried += 1
            leaks += [f"{name} {url} as {who}: {found}" for found in _seen(answer)]
            if answer.status_code < 400 and not turned_away(answer) and "/sign-in" not in str(answer.headers):
                leaks.append(f"{name} {url} as {who}: {answer.status_code}")
    record_property("said", f"writing across counties: {tried:,} requests")
    assert leaks == []
    assert prints(there) == before


OPEN = {200, 204, 302, 303, 422, 503}
# A code that nobody can guess; and requests lie on the bureau's desk in this world, not on the unit's or the house's.
NOTHING_THERE = {"public:document", "employer:request", "employer:request_paper", "operator:request_paper"}


# What a form might want: enough for most of them to go through, were it one's own.
FORM = {
    "reason": "看过证件", "name": "示例改名", "phone": "13800000000", "answer": "yes", "verdict": "verified",
    "method": "check_slip", "day": "2026-06-01", "word": "site", "value": "township", "since": "2020-01-01",
    "role": "counter", "text": "示例", "until": "2027-01-01", "seal": "章",
}  # fmt: skip


def prints(of: County) -> dict[str, list[tuple[object, ...]]]:
    """The rows of a county's things as they stand."""
    from tests import two_counties as world

    models = {
        "person_id": world.Person, "fact_id": world.Fact, "enrolment_id": world.Enrolment, "order_id": world.Order,
        "attempt_id": world.Attempt, "document_id": world.Document, "review_id": world.Review, "post_id": world.Post,
        "request_id": world.ChangeRequest, "roster_id": world.RosterImport, "invitation_id": world.Invitation,
        "organisation_id": world.Organisation, "region_id": world.Region, "contact_id": world.HelpContact,
        "duty_id": world.Duty, "simulation_id": world.Simulation,
    }  # fmt: skip
    return {
        key: [tuple(map(str, row)) for row in model.objects.filter(pk__in=of.keys(key)).order_by("pk").values_list()]
        for key, model in models.items()
    }


def test_the_same_addresses_open_for_those_whom_they_are_for(
    here: County, staff: dict[str, Client], operator, signed_in, record_property
) -> None:
    """The sweep would prove nothing if nobody got in: each address opens to some role with this county's things."""
    doors = {**staff, "operator": signed_in(operator)}
    shut = []
    for name, row in table().items():
        if "GET" not in row.methods or set(urls()[name].pattern.converters) & OF_THE_HOUSE:
            continue
        if name in NOTHING_THERE:
            continue
        who = [one for one in doors if row.lets_in(one)][: 3 if row.who & {"everyone", "signed in"} else None]
        statuses = set()
        for one, url in itertools.product(who, addresses(name, urls()[name], here, most=20)):
            answer = doors[one].get(url)
            statuses.add(answer.status_code)
            put_down(answer)
            if statuses & OPEN:
                break
        if who and not statuses & OPEN:
            shut.append(f"{name} {sorted(row.who)}: {statuses}")
    assert shut == []


@pytest.mark.parametrize("ending", ["ended", "run out", "closed", "left"])
def test_a_former_officer_with_an_open_session_is_refused_at_the_next_click(
    ending, here, clerk, county_unit, other_unit, signed_in, viewer, operator
) -> None:
    from django.db import transaction

    from xueshi.kernel import clock
    from xueshi.people import post_actions
    from xueshi.people.actions import placing
    from xueshi.people.models import Organisation

    client = signed_in(clerk)
    wanted = [f"/unit/people/{here.people[-1].pk}/", "/unit/", "/unit/people/", "/unit/people/export.csv"]
    assert [client.get(url).status_code for url in wanted] == [200] * 4
    now, post, desk = clock.now(), Post.objects.get(person=clerk), viewer(operator, "operator")
    if ending == "ended":
        post_actions.end_post(viewer=desk, post_id=post.pk, reason="不再担任", at=now)
    elif ending == "run out":
        Post.objects.filter(pk=post.pk).update(until=now)
    elif ending == "closed":
        Organisation.objects.filter(pk=county_unit.pk).update(closed_at=now)
    else:
        with transaction.atomic():
            placing.employ(clerk, other_unit.pk, clock.day_of(now), viewer=desk, at=now)
    assert [client.get(url).status_code for url in wanted] == [403] * 4


def test_names_are_no_part_of_any_address(here: County, staff: dict[str, Client]) -> None:
    """What is searched for is posted; where the answer sends one, nothing of it stands."""
    looked = 0
    for name, row in table().items():
        if "POST" in row.methods and re.search("search|look_up|posts$|registrants", name):
            for who in staff:
                if row.lets_in(who):
                    answer = staff[who].post(reverse(name), dict.fromkeys(("text", "number", "name"), "示例本区"))
                    looked += 1
                    assert "%E7%A4%BA" not in answer.headers.get("Location", ""), name
    assert looked
