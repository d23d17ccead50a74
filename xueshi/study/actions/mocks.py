"""Mock exams: open as soon as the enrolment is, as often as one likes, never counted (CQ-10)."""

from datetime import datetime

from django.db import transaction

from xueshi.exams import actions as exams
from xueshi.exams.models import Attempt
from xueshi.kernel.errors import NotYours
from xueshi.people.viewer import Viewer
from xueshi.study.actions.playing import NotOpened
from xueshi.training.models import Enrolment


@transaction.atomic(durable=True)
def start_mock(*, viewer: Viewer, enrolment_id: int, device: str = "", at: datetime) -> Attempt:
    """Begin a mock exam of an enrolment, or go on with the one that runs.

    Raises NotYours, NotOpened, and what exams.actions.start_mock raises.
    """
    enrolment = (
        Enrolment.objects.filter(pk=enrolment_id, person_id=viewer.person_id, withdrawn_at=None)
        .select_related("plan")
        .first()
    )
    if enrolment is None:
        raise NotYours()
    if enrolment.opened_at is None:
        raise NotOpened()
    return exams.start_mock(viewer=viewer, exam_id=enrolment.plan.exam_id, device=device)
