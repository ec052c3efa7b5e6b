"""Lines written into the template: as high as their texts, and all of them printed."""

from __future__ import annotations

import re
from io import BytesIO

import openpyxl
import pytest

from tests.template.contents import seed
from xlbudget.files.read import read_sheets
from xlbudget.files.refresh import change
from xlbudget.model.edits import CellEdit
from xlbudget.ooxml.package import Package
from xlbudget.ooxml.row_heights import LINE
from xlbudget.template import build
from xlbudget.template.row_fit import lines_written, row_heights

LONG = "这一格的数和别处不一致。" * 10


@pytest.fixture(scope="module")
def template() -> bytes:
    return build(seed())


def written(data: bytes, *edits: CellEdit) -> bytes:
    fresh, _, _ = change(read_sheets(data, ""), "", edits)
    return fresh


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(data))


def print_area(data: bytes, sheet: str) -> str:
    return str(opened(data)[sheet].print_area)


def test_a_finding_is_as_high_as_its_message(template: bytes) -> None:
    data = written(template, CellEdit("校验结果", 7, 1, 1), CellEdit("校验结果", 7, 6, LONG))
    assert opened(data)["校验结果"].row_dimensions[7].height == 5 * LINE + 1


def test_an_emptied_line_is_an_ordinary_one(template: bytes) -> None:
    data = written(template, CellEdit("校验结果", 7, 6, LONG))
    data = written(data, CellEdit("校验结果", 7, 6, None))
    assert opened(data)["校验结果"].row_dimensions[7].height is None


def test_a_paragraph_in_a_new_row_is_as_high_as_its_text(template: bytes) -> None:
    data = written(template, CellEdit("决算说明", 90, 2, LONG))
    assert opened(data)["决算说明"].row_dimensions[90].height == 3 * LINE + 1


def test_a_typed_reason_counts_beside_a_new_label(template: bytes) -> None:
    grids = read_sheets(template, "").grids
    sheet = "原因说明"
    grids[sheet][3][5] = LONG
    heights = row_heights([CellEdit(sheet, 4, 2, "短"), CellEdit(sheet, 5, 3, 1)], grids)
    assert heights == {(sheet, 4): 4 * LINE + 1}


def test_rows_of_the_nine_tables_keep_their_height() -> None:
    edits = [CellEdit("03支出表", 8, 2, LONG), CellEdit("补充资料", 5, 3, 3)]
    assert row_heights(edits, {}) == {}
    assert lines_written(edits) == {}


def test_all_lines_are_printed(template: bytes) -> None:
    edits = [CellEdit("校验结果", row, 1, row - 6) for row in range(7, 47)]
    assert print_area(template, "校验结果") == "'校验结果'!$A$1:$K$16"
    assert print_area(written(template, *edits), "校验结果") == "'校验结果'!$A$1:$K$46"


def test_a_print_area_of_the_users_own_stays(template: bytes) -> None:
    package = Package(template)
    part = package.workbook_part
    own = re.sub(rb"\$A\$1:\$K\$16(?=<)", b"$B$1:$F$9", package.read(part))
    data = written(package.rewritten({part: own}), CellEdit("校验结果", 40, 1, 34))
    assert print_area(data, "校验结果") == "'校验结果'!$B$1:$F$9"
