"""Rows that leave the database as one value are the rows that stand in it."""

import pytest
from django.db import connection

from xueshi.kernel import records
from xueshi.kernel.records import Column

pytestmark = pytest.mark.django_db

ROWS = (
    "FROM (VALUES (1::int8 << 40, -7, 3, date '1969-12-31'), (2, 2147483647, -1, 'infinity')) AS t (a, b, c, d)"
    " WHERE a > %s"
)
COLUMNS = {
    "far": Column("a", "int8"),
    "long": Column("b", "int4"),
    "short": Column("c::int2", "int2"),
    "day": Column("d", "date"),
}


def test_every_kind_of_column_comes_back_as_it_was() -> None:
    with connection.cursor() as cursor:
        found = records.block(cursor, COLUMNS, ROWS, [0])
    assert {name: column.tolist() for name, column in found.items()} == {
        "far": [1 << 40, 2],
        "long": [-7, 2147483647],
        "short": [3, -1],
        "day": [-1, records.FOREVER],
    }
    assert all(column.dtype.isnative for column in found.values())


def test_no_rows_are_columns_without_a_row() -> None:
    with connection.cursor() as cursor:
        found = records.block(cursor, COLUMNS, ROWS, [1 << 50])
    assert [len(column) for column in found.values()] == [0, 0, 0, 0]
