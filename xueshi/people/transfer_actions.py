"""A change of unit, region or file custody, asked by the person or by the unit that takes somebody on.

Two sides have to agree, and asking is one of them. Asked by the person: the new unit's desk agrees, which knows whom it
takes on. Asked by the new unit with its roster: the unit that would lose the person. Where nobody holds that desk, and
where no unit is concerned, the bureau of the region decides.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import audit, clock
from xueshi.kernel.errors import Refused
from xueshi.people import request_actions, request_queries
from xueshi.people.actions import placing
from xueshi.people.actions.registering import agency_of, employer_at, leaf_region
from xueshi.people.correction_actions import NothingToCorrect, asked_before, office, same_or_refused
from xueshi.people.models import ChangeRequest, Employment, Organisation, Person, Placement, Region
from xueshi.people.request_rules import LIVE, Paper
from xueshi.people.viewer import Viewer

Kind = ChangeRequest.Kind


class TransferDay(Refused):
    """A change begins on a day that has come, and not before the last change."""

    status = 422
    code = "transfer-day"
    sentence = _("变动日期要在 %(first)s 和 %(last)s 之间。")
    next_step = _("早于上一次变动的，请申请更正；还没到的，到那天再提。")


@transaction.atomic(durable=True)
def ask_transfer(
    *,
    viewer: Viewer,
    region_code: str,
    employer_id: int | None,
    file_keeper: str,
    file_agency_id: int | None,
    day: date,
    reason: str,
    papers: tuple[Paper, ...] = (),
    at: datetime,
) -> ChangeRequest:
    """Ask to be moved to a unit, a region or a keeper of the file from a day on. The same again returns the first.

    Raises RegionNotOpen, EmployerNotThere, AgencyNeeded, TransferDay, NothingToCorrect, AlreadyAsked, NoOffice.
    """
    person = Person.objects.select_for_update(of=("self",)).select_related("region").get(pk=viewer.person_id)
    region = leaf_region(region_code)
    employer = employer_at(region, employer_id)
    agency = agency_of(file_keeper, file_agency_id)
    now = _present(person)
    if now == (region.pk, employer_id, file_keeper, agency.pk if agency else None):
        raise NothingToCorrect()
    _check_day(person, day, at, moves_unit=now[1] != employer_id)
    wanted: dict[str, Any] = {
        "region": region.code, "employer": employer_id, "file_keeper": file_keeper,
        "file_agency": agency.pk if agency else None, "day": day.isoformat(),
        "names": {"region": region.name, "employer": employer.name if employer else "",
                  "file_agency": agency.name if agency else ""},
    }  # fmt: skip
    known = asked_before(person, Kind.TRANSFER)
    if known is not None:
        return same_or_refused(known, wanted, "")
    agrees = employer if employer and now[1] != employer_id else None
    return request_actions.propose(
        viewer=viewer, kind=Kind.TRANSFER, wanted=wanted, person_id=person.pk,
        office_id=_desk(agrees, region, person.pk, at).pk, reason=reason, papers=papers, at=at,
    )  # fmt: skip


def _present(person: Person) -> tuple[int, int | None, str, int | None]:
    job = Employment.objects.filter(person=person, until=None, main=True).values_list("employer_id", flat=True).first()
    return person.region_id, job, person.file_keeper, person.file_agency_id


def _check_day(person: Person, day: date, at: datetime, *, moves_unit: bool) -> None:
    """Not in the future, and not before the last change of what is changed."""
    last = list(Placement.objects.filter(person=person, until=None).values_list("since", flat=True))
    if moves_unit:
        last += Employment.objects.filter(person=person, until=None, main=True).values_list("since", flat=True)
    first = max(last, default=date.min)
    if not first <= day <= clock.day_of(at):
        raise TransferDay(first=first.isoformat(), last=clock.day_of(at).isoformat())


def _desk(unit: Organisation | None, region: Region, person_id: int, at: datetime) -> Organisation:
    """Who decides: the unit where somebody other than the person sits, else the bureau."""
    if unit is not None and request_queries.acts_for(unit, at, besides=[person_id]):
        return unit
    return office(region.code, day=clock.day_of(at))


@transaction.atomic
def ask_transfers(
    *, viewer: Viewer, organisation_id: int, people: Iterable[tuple[int, date]], reason: str, at: datetime
) -> int:
    """A unit asks for people whom another one employs, each from a day on; how many were asked for.

    Made to be called by the action that applies a roster. People who have an open request for a move, who work for
    nobody, or who work there already are left alone.
    """
    unit = Organisation.objects.select_related("region").get(pk=organisation_id)
    wanted = dict(people)
    held = list(Person.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
    live = ChangeRequest.objects.filter(person__in=wanted, kind=Kind.TRANSFER, state__in=LIVE)
    asked = set(live.values_list("person_id", flat=True))
    present = Employment.objects.filter(person__in=wanted, until=None, main=True).select_related("employer__region")
    jobs = {job.person_id: job for job in present}
    done = 0
    for person in held:
        job = jobs.get(person.pk)
        if person.pk in asked or job is None or job.employer_id == unit.pk or person.merged_into_id:
            continue
        day = max(job.since, min(wanted[person.pk], clock.day_of(at)))
        request_actions.propose(
            viewer=viewer, kind=Kind.TRANSFER, person_id=person.pk, reason=reason, at=at,
            office_id=_desk(job.employer, job.employer.region, person.pk, at).pk,
            wanted={"employer": unit.pk, "day": day.isoformat(), "names": {"employer": unit.name}},
        )  # fmt: skip
        done += 1
    return done


@transaction.atomic(durable=True)
def accept_transfer(*, viewer: Viewer, request_id: int, reason: str = "", at: datetime) -> ChangeRequest:
    """Agree: the person is placed and employed from the day on; posts that rested on the old unit end with it.

    Raises what `request_actions.accept` raises, and NotBefore, RegionNotOpen, EmployerNotThere, AgencyNeeded.
    """
    request = request_actions.accept(viewer=viewer, request_id=request_id, kind=Kind.TRANSFER, reason=reason, at=at)
    person = Person.objects.select_related("region", "file_agency").get(pk=request.person_id or 0)
    wanted, day = request.wanted, date.fromisoformat(request.wanted["day"])
    before = request_queries.present_of(person)
    if "region" in wanted:
        region = leaf_region(wanted["region"])
        agency = agency_of(wanted["file_keeper"], wanted["file_agency"])
        placing.place(person, region, wanted["file_keeper"], agency, day)
    unit = Organisation.objects.filter(pk=wanted["employer"], closed_at=None).first() if wanted["employer"] else None
    if wanted["employer"] and unit is None:
        employer_at(person.region, wanted["employer"])  # says that it is closed
    placing.employ(person, wanted["employer"], day, viewer=viewer, at=at)
    request.wanted = {**wanted, "before": before}
    request.save(update_fields=["wanted"])
    audit.record(viewer, "person.accept_transfer", f"person:{person.pk}", at=at, reason=request.reason[:200],
                 request=request.pk, employer=wanted["employer"], day=wanted["day"])  # fmt: skip
    said = request_actions.say(_("您申请的“%(kind)s”已同意，从登记的日期起生效。"), request)
    request_actions.tell(request, said, at=at, phone=person.phone)
    return request
