"""What this floor holds about the viewer: every line of hours with the provision that gave it."""

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from xueshi.kernel.holdings import Column, Holding
from xueshi.ledger.models import HoursEntry
from xueshi.people.models import Organisation, Person
from xueshi.people.viewer import Viewer


def held_for(viewer: Viewer) -> list[Holding]:
    """The viewer's ledger, reversals included."""
    rows = HoursEntry.objects.filter(person_id=viewer.person_id).annotate(
        verifier=Subquery(Person.objects.filter(pk=OuterRef("verified_by_id")).values("name")[:1]),
        confirmer=Subquery(Person.objects.filter(pk=OuterRef("actor_id")).values("name")[:1]),
        confirmed_for=Subquery(Organisation.objects.filter(pk=OuterRef("organisation_id")).values("name")[:1]),
    )
    return [
        Holding(
            "hours", _("学时"), rows.order_by("year", "earned_on", "pk"),
            (
                Column("id", _("编号")), Column("year", _("计入年度")),
                Column("category", _("科目"), words=dict(HoursEntry.Category.choices)),
                Column("hours", _("学时")), Column("title", _("学了什么")), Column("kind", _("种类")),
                Column("marks", _("标记")), Column("earned_on", _("取得日期")), Column("recorded_at", _("登记时间")),
                Column("verified_by", _("谁审验的"), "verifier"), Column("confirmed_by", _("谁确认的"), "confirmer"),
                Column("organisation", _("代表哪个单位"), "confirmed_for"),
                Column("reverses", _("冲销哪一条"), "reverses_id"), Column("instrument", _("依据的文件")),
                Column("provision", _("依据的条款")), Column("law_digest", _("条款的指纹"), "digest"),
                Column("source", _("来源")),
            ),
            ("ledger.HoursEntry.person",), "hours",
        ),
    ]  # fmt: skip
