"""What this floor holds about the viewer: verifications, with who decided and why."""

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from xueshi.kernel.holdings import Column, Holding
from xueshi.people.models import Person
from xueshi.people.viewer import Viewer
from xueshi.recognition.models import Review


def held_for(viewer: Viewer) -> list[Holding]:
    """The viewer's verifications."""
    decider = Person.objects.filter(pk=OuterRef("decided_by_id"))
    rows = Review.objects.filter(person_id=viewer.person_id).annotate(decider=Subquery(decider.values("name")[:1]))
    return [
        Holding(
            "reviews", _("审验"), rows.order_by("submitted_at", "pk"),
            (
                Column("subject", _("审验什么")), Column("organisation", _("由谁审验"), "organisation__name"),
                Column("state", _("状态"), words=dict(Review.State.choices)), Column("submitted_at", _("送审时间")),
                Column("decided_at", _("决定时间")), Column("decided_by", _("谁决定的"), "decider"),
                Column("method", _("怎样核查的"), words=dict(Review.Method.choices)), Column("seal", _("谁盖的章")),
                Column("reason", _("原因")), Column("instrument", _("依据的文件")),
                Column("provision", _("依据的条款")),
            ),
            ("recognition.Review.person",), "review",
        ),
    ]  # fmt: skip
