"""Kaifeng in 2013: the city's bureau and university, a county with its bureau, and who sits there."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from xueshi.people.models import Account, Organisation, Person, Region
from xueshi.people.queries import viewer_of
from xueshi.people.viewer import Viewer
from xueshi.training import base_actions
from xueshi.training.base_actions import Scope
from xueshi.training.base_models import Accreditation
from xueshi.training.base_rules import READINGS

NOW = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)
TODAY = date(2026, 6, 15)
DOCUMENT = "汴人社〔2013〕96号"
PUBLIC = Scope(["public"], [], READINGS["restored"]["municipal"])
MEDICINE = Scope(["public", "professional"], ["临床医学"], READINGS["restored"]["municipal"])
OF_COUNTY = Scope(["public"], [], READINGS["restored"]["county"])


@dataclass
class Kaifeng:
    """Two officers of the city, two of the county of Lankao, one of another city, the university's head and clerk."""

    city: Organisation
    university: Organisation
    county: Organisation
    school: Organisation  # a county base to be
    first: Viewer
    second: Viewer
    county_first: Viewer
    county_second: Viewer
    elsewhere: Viewer
    head: Viewer
    school_head: Viewer
    people: dict[str, Person]

    def applied(self, scope: Scope = PUBLIC) -> Accreditation:
        return base_actions.apply(viewer=self.head, base_id=self.university.pk, scope=scope, at=NOW)

    def approved(self, scope: Scope = PUBLIC, since: date = TODAY, until: date | None = None) -> Accreditation:
        return self.approve(self.applied(scope), since=since, until=until)

    def approve(self, one: Accreditation, viewer: Viewer | None = None, **changes: object) -> Accreditation:
        said = {"batch_id": None, "since": TODAY, "until": None, "scope": None} | changes
        return base_actions.approve(viewer=viewer or self.first, accreditation_id=one.pk, at=NOW, **said)

    def batch(self, name: str = "第一批") -> int:
        return base_actions.found_batch(
            viewer=self.first,
            bureau_id=self.city.pk,
            name=name,
            decided_on=date(2013, 6, 15),
            document=DOCUMENT,
            at=NOW,
        )


def seen(person: Person, capacity: str) -> Viewer:
    found = viewer_of(account_id=Account.objects.get(person=person).pk, at=datetime.now(UTC))
    assert found
    return found.acting_as(capacity)


def city_of(make_person) -> Kaifeng:
    """The whole of it; `make_person` is the fixture."""
    kaifeng = Region.objects.get_or_create(code="4102", defaults={"name": "开封市"})[0]
    lankao = Region.objects.get_or_create(code="410225", defaults={"name": "兰考县", "parent": kaifeng})[0]
    luoyang = Region.objects.get_or_create(code="4103", defaults={"name": "洛阳市"})[0]

    def place(name: str, kind: str, level: str, region: Region) -> Organisation:
        return Organisation.objects.create(name=name, kind=kind, level=level, region=region)

    city = place("开封市人力资源和社会保障局", "municipal_hrss", "municipal", kaifeng)
    university = place("开封大学", "unit", "municipal", kaifeng)
    county = place("兰考县人力资源和社会保障局", "county_hrss", "county", lankao)
    school = place("兰考县示例进修学校", "training_base", "county", lankao)
    other = place("洛阳市人力资源和社会保障局", "municipal_hrss", "municipal", luoyang)
    people = {
        name: make_person(f"示例{name}", serial, region=region, post=role, at_organisation=where)
        for serial, (name, role, where, region) in enumerate(
            [
                ("市局甲", "officer", city, kaifeng), ("市局乙", "officer", city, kaifeng),
                ("县局甲", "officer", county, lankao), ("县局乙", "officer", county, lankao),
                ("外市", "officer", other, luoyang), ("开大负责人", "base_head", university, kaifeng),
                ("进修负责人", "base_head", school, lankao), ("开大经办", "base_clerk", university, kaifeng),
            ],
            start=700,
        )
    }  # fmt: skip
    officers = {name: seen(person, "officer") for name, person in people.items()}
    return Kaifeng(
        city, university, county, school, officers["市局甲"], officers["市局乙"], officers["县局甲"],
        officers["县局乙"], officers["外市"],
        seen(people["开大负责人"], "base_head"), seen(people["进修负责人"], "base_head"),
        people,
    )  # fmt: skip
