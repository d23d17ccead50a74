"""What a floor holds about one person, told so that it can be written as JSON and read as a table.

Each floor says it in `held_queries.held_for(viewer)`; `web/public/my_download.py` gathers. A suite walks all models:
a field that leads to a person belongs to a holding, or stands on a list with the reason why not.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

Words = Mapping[Any, Any]
AT_ONCE = 2000  # rows fetched together: however much somebody has, no more stands in memory


@dataclass(frozen=True)
class Column:
    """One column: its key in the file, what people call it, where it stands, and what its values mean."""

    key: str
    says: str | Promise
    path: str = ""  # "employer__name"; empty: the key
    words: Words = field(default_factory=dict)  # "male" -> 男

    @property
    def source(self) -> str:
        return self.path or self.key


@dataclass(frozen=True)
class Holding:
    """The rows of one kind that the house holds about a person, in their order."""

    key: str
    says: str | Promise
    rows: QuerySet[Any]
    columns: tuple[Column, ...]
    through: tuple[str, ...]  # the fields that make them his: "people.Placement.person"
    subject: str = ""  # how audit lines name such a row: "order" for "order:12", "document slip" for either

    def values(self) -> Iterator[dict[str, Any]]:
        """Row by row, as JSON values."""
        paths = [column.source for column in self.columns]
        keys = [column.key for column in self.columns]
        for row in self.rows.values_list(*paths).iterator(chunk_size=AT_ONCE):
            yield {key: plain(value) for key, value in zip(keys, row, strict=True)}

    def subjects(self) -> list[str]:
        """These rows as audit lines name them."""
        names = self.subject.split()
        keys = list(self.rows.values_list("pk", flat=True)) if names else []
        return [f"{name}:{pk}" for name in names for pk in keys]


def plain(value: Any) -> Any:
    """A value as JSON has it: moments with their zone, days as 2026-06-01, numbers with their decimals as text."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value
