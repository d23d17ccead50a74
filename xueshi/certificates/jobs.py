"""Drawing after the commit that issued, and forgetting old tallies."""

from xueshi.certificates import actions
from xueshi.kernel import clock, jobs


@jobs.job
def draw(document_id: int) -> None:
    """Draw and keep the PDF of a document; twice does nothing."""
    actions.keep_file(document_id=document_id, at=clock.now())


@jobs.every("17 3 * * *")
def forget_tallies(timestamp: int) -> None:
    """Tallies of checks are of no use after a day."""
    actions.forget_tallies(at=clock.now())
