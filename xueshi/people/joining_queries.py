"""Where two accounts of one human contradict each other."""

from xueshi.people.joining_rules import Contradiction, Span
from xueshi.people.models import ChangeRequest, Employment, Fact, Person, Title


def pair(request: ChangeRequest) -> tuple[Person | None, Person | None]:
    """The account that stays and the one that goes into it, of a request to merge or to undo it."""
    if request.wanted.get("survivor") == "other":
        return request.other, request.person
    return request.person, request.other


def contradictions(survivor: Person, duplicate: Person) -> list[Contradiction]:
    """Facts, titles and employers of which only one can be; in a fixed order."""
    return [*_facts(survivor, duplicate), *_titles(survivor, duplicate), *_employers(survivor, duplicate)]


def _facts(survivor: Person, duplicate: Person) -> list[Contradiction]:
    found = []
    known = list(Fact.objects.filter(person=survivor, withdrawn_at=None).order_by("word", "since"))
    for fact in Fact.objects.filter(person=duplicate, withdrawn_at=None).order_by("word", "since"):
        against = [one for one in known if one.word == fact.word and one.value != fact.value
                   and Span(one.since, one.until).overlaps(Span(fact.since, fact.until))]  # fmt: skip
        if against:
            said = "、".join(_said(one) for one in against)
            found.append(Contradiction(f"fact:{fact.pk}", fact.word, said, _said(fact)))
    return found


def _said(fact: Fact) -> str:
    until = fact.until.isoformat() if fact.until else ""
    return f"{fact.value or '—'} ({fact.since.isoformat()}–{until})"


def _titles(survivor: Person, duplicate: Person) -> list[Contradiction]:
    known = dict(Title.objects.filter(person=survivor).values_list("level", "obtained_on"))
    return [
        Contradiction(
            f"title:{title.level}",
            title.get_level_display(),
            known[title.level].isoformat(),
            title.obtained_on.isoformat(),
        )
        for title in Title.objects.filter(person=duplicate).order_by("level")
        if title.level in known and known[title.level] != title.obtained_on
    ]


def _employers(survivor: Person, duplicate: Person) -> list[Contradiction]:
    now = {
        job.person_id: job.employer
        for job in Employment.objects.filter(person__in=[survivor, duplicate], until=None, main=True).select_related(
            "employer"
        )
    }
    here, there = now.get(survivor.pk), now.get(duplicate.pk)
    if here is None or there is None or here.pk == there.pk:
        return []
    return [Contradiction("employer", "employer", here.name, there.name)]
