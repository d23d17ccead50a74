"""Rows of a table into PostgreSQL by COPY: one statement for thousands."""

import polars as pl
from django.db import connection


def copy(table: str, rows: pl.DataFrame) -> None:
    """Add the rows; the frame's columns are the table's. "" is a text, null is null."""
    if rows.is_empty():
        return
    text = rows.write_csv(include_header=False, quote_style="non_numeric")
    names = ", ".join(f'"{name}"' for name in rows.columns)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN WITH (FORMAT csv)") as into:
        into.write(text)


def numbers(table: str, count: int) -> list[int]:
    """So many ids that nobody else gets."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return [number for (number,) in cursor.fetchall()]
