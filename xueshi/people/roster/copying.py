"""Rows of a table into PostgreSQL by COPY: one statement for thousands."""

import polars as pl
from django.db import connection


def copy(table: str, rows: pl.DataFrame) -> None:
    """Add the rows; the frame's columns are the table's. "" is a text, null is null."""
    if rows.is_empty():
        return
    text = rows.write_csv(include_header=False, quote_style="non_numeric")
    names = ", ".join(f'"{name}"' for name in rows.columns)
    into = f"COPY {table} ({names}) FROM STDIN WITH (FORMAT csv)"
    # Django translates the errors of calls alone, and those of a COPY come at its end.
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(into) as out:
        out.write(text)


def numbers(table: str, count: int) -> list[int]:
    """So many ids that nobody else gets."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return [number for (number,) in cursor.fetchall()]
