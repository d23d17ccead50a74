"""Tables as files, with what people type into names and reasons."""

import io

import openpyxl
import pytest

from xueshi.web import spreadsheets


def cells_of(rows):
    sent = spreadsheets.xlsx_file("表", [("表", ["列"], rows)])
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(sent.streaming_content))).active
    return [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows()]


def test_a_sign_that_no_workbook_may_hold_does_not_cost_everybody_the_file():
    """A form takes a vertical tab or an escape in a reason; the export of a whole office must not fail for it."""
    assert cells_of([["原因\x0b一\x1b[0m"]])[1] == [("原因一[0m", "s")]


@pytest.mark.parametrize("typed", ["=1+1", "+86", "-1", "@SUM(A1)", "\t=1", "＝1+1", "＋1", "－1", "＠x"])
def test_nothing_that_was_typed_is_computed(typed):
    (_, line) = b"".join(spreadsheets.csv_file("表", ["列"], [[typed]])).decode("utf-8-sig").splitlines()
    assert line.strip('"') == f"'{typed}"
    assert cells_of([[typed]])[1][0][1] == "s"
