"""Fill an empty house: the city, a course with films, a bank, the year's plan, and people in every state of the way."""

import os
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from pathlib import Path
from time import monotonic

from django.conf import settings

from demo import cast, media
from demo.asking import the_requests
from demo.bases import the_bases
from demo.bringing import the_rosters
from demo.cast import Member
from demo.content import COURSE_TITLE, lessons
from demo.places import CITY, CONTACTS, DUTIES, INDUSTRIES, NOTICE, PLACES, REGIONS, TRAINING_CENTRE
from demo.walking import Offices, Story
from xueshi.courses import actions as courses
from xueshi.courses.actions import Incoming
from xueshi.courses.models import Course
from xueshi.exams import actions as exams
from xueshi.kernel import clock
from xueshi.people import actions as people
from xueshi.people import (
    contact_actions,
    duty_actions,
    founding_actions,
    organisation_actions,
    place_actions,
    post_actions,
    queries,
)
from xueshi.people.models import Account, Organisation, Person, Region
from xueshi.people.viewer import Viewer
from xueshi.training import plan_actions
from xueshi.training.models import Plan

INSTRUMENT = "cn-50/chongqing-2010"
# Exams are short in the demo, so that one can try them; a city sets its own.
QUESTIONS = {"singles": 20, "multiples": 10, "judgements": 10, "minutes": 60, "pass_mark": 60}


def say(words: str) -> None:
    print(words, flush=True)  # noqa: T201


def needed() -> bool:
    return not Plan.objects.exists()


def everything() -> None:
    """Seed an empty house; a house with a plan is left alone. A seeding that was cut short begins where it stopped."""
    if not needed() and Person.objects.filter(name=cast.LEARNERS[-1].name).exists():
        return
    began = monotonic()
    operator = founded()
    city = places(operator)
    say(f"· demo: {len(city)} organisations in {len(REGIONS)} districts")
    course = the_course(operator)
    say(f"· demo: a course of {len(lessons())} lessons with films, captions and courseware")
    plan = the_plan(operator, course)
    say("· demo: a question bank and this year's plan")
    people_of(city, operator, plan)
    the_bases(city, viewer_of)
    the_requests(city, viewer_of)
    the_rosters(city, viewer_of)
    say(f"· demo: {len(cast.EVERYONE)} people ({monotonic() - began:.0f} s in all)")


def viewer_of(member: Member, capacity: str = "learner") -> Viewer:
    person = Person.objects.get(name=member.name)
    account = Account.objects.get(person=person)
    found = queries.viewer_of(account_id=account.pk, at=clock.now())
    assert found is not None  # noqa: S101  the account was read a line above
    return found.acting_as(capacity)


def founded() -> Viewer:
    """The city, its training centre and the first operator."""
    at = clock.now()
    if not Person.objects.filter(name=cast.OPERATOR.name).exists():
        centre = founding_actions.found(region_code=CITY[0], region=CITY[1], organisation=TRAINING_CENTRE, at=at)
        operator = registered(cast.OPERATOR, {})
        founding_actions.appoint_first_operator(person_id=operator.pk, organisation_id=centre.pk, at=at)
    return viewer_of(cast.OPERATOR, "operator")


def places(operator: Viewer) -> dict[str, int]:
    """Regions and organisations; key of the cast -> organisation id."""
    at = clock.now()
    city = Region.objects.get(code=CITY[0])
    for code, name in REGIONS.items():
        place_actions.add_region(viewer=operator, code=code, name=name, parent_id=city.pk, at=at)
    regions = dict(Region.objects.values_list("code", "pk"))
    industries = {
        code: place_actions.add_industry(viewer=operator, code=code, name=name, at=at).pk
        for code, name in INDUSTRIES.items()
    }
    found: dict[str, int] = {}
    for place in PLACES:
        known = Organisation.objects.filter(region_id=regions[place.region], name=place.name).first()
        kept = organisation_actions.keep_organisation(
            viewer=operator, organisation_id=known.pk if known else None, region_id=regions[place.region], at=at,
            name=place.name, kind=place.kind, level=place.level, phone=place.phone, hours=place.hours,
            address=f"{REGIONS.get(place.region, CITY[1])}示例路 1 号", industry_id=industries.get(place.industry),
            credit_code=place.credit_code, ownership="public" if place.serial in {1, 2, 3} else "",
        )  # fmt: skip
        found[place.key] = kept.pk
    responsible(operator, found, regions, industries)
    return found


def responsible(operator: Viewer, city: dict[str, int], regions: dict[str, int], industries: dict[str, int]) -> None:
    """Who does what in which region, and whom to call, as the notice of the city says."""
    at = clock.now()
    for function, place, region, industry in DUTIES:
        duty_actions.give_duty(
            viewer=operator, organisation_id=city[place], function=function, region_id=regions[region],
            industry_id=industries.get(industry), since=date(2010, 9, 1), basis=NOTICE, replace=False, at=at,
        )  # fmt: skip
    for topic, place, office, about, phone in CONTACTS:
        contact_actions.keep_contact(
            viewer=operator, contact_id=None, region_id=regions[CITY[0]], at=at, topic=topic, office=office,
            about=about, phone=phone, organisation_id=city[place], email="", address="", hours="",
        )  # fmt: skip


def the_course(operator: Viewer) -> Course:
    """The public course; its films are made here and kept under var/demo, so that the next seeding is quick."""
    at = clock.now()
    scale = float(os.environ.get("XUESHI_DEMO_SCALE", "1"))
    course = Course.objects.filter(code="innovation").first() or courses.add_course(
        viewer=operator, code="innovation", title=COURSE_TITLE, at=at,
        summary="公需科目：创新是什么、怎样从问题走到方案、怎样把成果保护好、用起来。三讲，附讲义。",
    )  # fmt: skip
    workshop = Path(settings.VAR) / "demo" / f"{scale:g}"
    workshop.mkdir(parents=True, exist_ok=True)
    for lesson in lessons():
        stem = f"lesson-{lesson.number}"
        _made(workshop / f"{stem}.mp4", partial(media.make_lesson_video, lesson, seconds_scale=scale))
        _made(workshop / f"{stem}.zh.vtt", partial(media.make_captions, lesson, seconds_scale=scale))
        _made(workshop / f"{stem}.en.vtt", partial(media.make_captions, lesson, language="en", seconds_scale=scale))
        _made(workshop / f"{stem}.pdf", partial(media.make_courseware, lesson))
        courses.add_lesson(
            viewer=operator, course_id=course.pk, number=lesson.number, title=lesson.title, summary=lesson.summary,
            video=Incoming(f"{stem}.mp4", (workshop / f"{stem}.mp4").read_bytes()),
            captions=Incoming(f"{stem}.zh.vtt", (workshop / f"{stem}.zh.vtt").read_bytes()),
            captions_en=Incoming(f"{stem}.en.vtt", (workshop / f"{stem}.en.vtt").read_bytes()),
            courseware=Incoming(f"第{lesson.number}讲讲义.pdf", (workshop / f"{stem}.pdf").read_bytes()), at=at,
        )  # fmt: skip
    return course


def _made(path: Path, make: Callable[[Path], object]) -> None:
    """Make a file unless it is there already, whole or not at all."""
    if not path.exists():
        draft = path.with_name(f"draft-{path.name}")
        make(draft)
        draft.rename(path)


def the_plan(operator: Viewer, course: Course) -> Plan:
    """The bank, imported from a sheet like any other, and the plan of this year, published."""
    known = Plan.objects.filter(course=course).first()
    if known:
        return known
    at = clock.now()
    sheet = Path(settings.VAR) / "demo" / "bank.xlsx"
    media.make_bank_sheet(sheet)
    bank = exams.add_bank(viewer=operator, code="innovation", title=f"{COURSE_TITLE}题库", at=at)
    received = exams.receive_sheet(viewer=operator, bank_id=bank.pk, data=sheet.read_bytes(), name="题库.xlsx", at=at)
    exams.confirm_import(viewer=operator, import_id=received.pk, at=at)
    year = clock.day_of(at).year
    opens, closes = shanghai(year, 1, 1), shanghai(year + 1, 1, 1)
    plan = plan_actions.draft_plan(
        viewer=operator, at=at,
        plan=plan_actions.PlanTerms(
            year=year, region_id=Region.objects.get(code=CITY[0]).pk, title=f"{year} 年度公需科目：{COURSE_TITLE}",
            course_id=course.pk, instrument=INSTRUMENT, opens_at=opens, closes_at=closes,
        ),
        exam=plan_actions.ExamTerms(bank_id=bank.pk, opens_at=opens, closes_at=closes, **QUESTIONS),
    )  # fmt: skip
    return plan_actions.publish_plan(viewer=operator, plan_id=plan.pk, at=at)


def shanghai(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=clock.SHANGHAI)


def registered(member: Member, city: dict[str, int]) -> Person:
    """The person, registered like everybody; known ones are left as they are."""
    known = Person.objects.filter(name=member.name).first()
    if known:
        return known
    employer = city.get(member.employer)
    if employer and Organisation.objects.get(pk=employer).kind != "unit":
        employer = None
    return people.register(
        typed_id=member.id_number, name=member.name, phone=f"139{member.serial:08d}",
        email=f"{member.key}@example.test",
        region_code=member.region, employer_id=employer, file_keeper=member.keeper,
        file_agency_id=city.get(member.agency), title_level=member.title, title_obtained_on=date(2019, 6, 1),
        password=cast.PASSWORD, at=clock.now(),
    )  # fmt: skip


def people_of(city: dict[str, int], operator: Viewer, plan: Plan) -> None:
    for member in cast.OFFICERS:
        person = registered(member, city)
        for role, place in member.posts:
            appointed(operator, person, role, city[place])
    desk = offices(city)
    for member in cast.LEARNERS:
        fresh = not Person.objects.filter(name=member.name).exists()
        registered(member, city)
        if fresh:
            Story(viewer_of(member), plan, desk).until(member.state)


def appointed(operator: Viewer, person: Person, role: str, organisation_id: int) -> None:
    """Give a post; where it reaches far, the second operator agrees."""
    made = post_actions.appoint(
        viewer=operator, person_id=person.pk, role=role, organisation_id=organisation_id, at=clock.now()
    )
    if post_actions.in_force(made) is None:
        second = viewer_of(cast.SECOND_OPERATOR, "operator")
        post_actions.confirm_grant(viewer=second, request_id=made.pk, at=clock.now())


def offices(city: dict[str, int]) -> Offices:
    """Who serves whom: counters by affiliation, verifiers by organisation, clerks by unit."""
    by_key = {member.key: member for member in cast.OFFICERS}
    verifiers = {
        city["bureau-500103"]: "cashier", city["institute"]: "unit-verifier", city["agency"]: "agency-verifier",
        city["association"]: "association-verifier",
    }  # fmt: skip

    counters = {"500103": "cashier", "500105": "jiangbei-cashier"}

    def counter(learner: Viewer) -> tuple[Viewer, int]:
        if queries.affiliation(learner.person_id, clock.day_of(clock.now())) == "county_unit":
            region = Person.objects.select_related("region").get(pk=learner.person_id).region.code
            return viewer_of(by_key[counters[region]], "counter"), city[f"bureau-{region}"]
        return viewer_of(by_key["centre-cashier"], "counter"), city["centre"]

    def clerk(learner: Viewer) -> Viewer:
        return viewer_of(by_key["clerk"], "unit_clerk")

    return Offices(counter, lambda organisation: viewer_of(by_key[verifiers[organisation]], "verifier"), clerk)
