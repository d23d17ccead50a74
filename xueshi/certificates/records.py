"""The recorded lines of a person, as certificate and card print them."""

from django.utils import translation

from xueshi.certificates.models import Document
from xueshi.certificates.wording import Recorded, plain
from xueshi.kernel import clock
from xueshi.ledger import queries as hours
from xueshi.recognition import queries as reviews


def recorded_lines(person_id: int) -> list[Recorded]:
    """Lines that count, the oldest year first; reversed ones are not printed. Four queries."""
    with translation.override("zh-hans"):  # a document is in Chinese, whatever the page speaks
        lines = [line for line in hours.statement_of(person_id).lines if line.counts]
    slips = {f"slip:{slip.pk}": slip for slip in Document.objects.filter(person_id=person_id, kind=Document.Kind.SLIP)}
    known = reviews.latest(slips)
    recorded = []
    for line in sorted(lines, key=lambda one: (one.year, one.earned_on, one.id)):
        review, slip = known.get(line.source), slips.get(line.source)
        verified_on = clock.day_of(review.decided_at).isoformat() if review and review.decided_at else ""
        recorded.append(
            Recorded(
                year=str(line.year),
                title=line.title,
                category=line.category_name,
                hours=plain(line.hours),
                earned_on=line.earned_on.isoformat(),
                verified_by=review.organisation if review else "",
                seal=review.seal if review else "",
                verified_on=verified_on,
                confirmed_by=line.confirmed_by,
                confirmed_on=clock.day_of(line.recorded_at).isoformat(),
                slip=slip.number if slip else "",
            )
        )
    return recorded
