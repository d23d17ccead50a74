"""What this floor holds about the viewer: documents issued, with their words and seal."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from xueshi.certificates.models import Document
from xueshi.kernel import files
from xueshi.kernel.holdings import Column, Holding
from xueshi.people.viewer import Viewer


def held_for(viewer: Viewer) -> list[Holding]:
    """The viewer's documents, also those replaced or revoked."""
    return [
        Holding(
            "documents", _("合格单与证书"), _of(viewer),
            (
                Column("number", _("编号")), Column("kind", _("文书"), words=dict(Document.Kind.choices)),
                Column("year", _("年度")), Column("issued_at", _("签发时间")), Column("printed_at", _("首次打印")),
                Column("prints", _("打印次数")), Column("replaced_at", _("被新的代替的时间")),
                Column("revoked_at", _("撤销时间")), Column("revoked_reason", _("撤销原因")),
                Column("words", _("印的内容")), Column("seal", _("电子签章")),
                Column("check_code", _("核验码"), "code"),
            ),
            ("certificates.Document.person",), "document slip",
        ),
    ]  # fmt: skip


def papers_for(viewer: Viewer) -> Iterator[tuple[str, bytes]]:
    """The viewer's documents that have been drawn: a name for the file, and the PDF. One at a time."""
    for one in _of(viewer).exclude(file=None).select_related("file").iterator(chunk_size=50):
        if one.file is not None:
            yield f"{one.year}-{one.kind}-{one.number}.pdf", files.content(one.file)


def _of(viewer: Viewer) -> QuerySet[Document]:
    return Document.objects.filter(person_id=viewer.person_id).order_by("issued_at", "pk")
