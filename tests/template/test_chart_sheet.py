"""图表: five charts that people can edit, whose numbers follow the tables."""

from __future__ import annotations

import zipfile
from decimal import Decimal
from io import BytesIO

from samples.contents import liling
from xlbudget.files.read import book_from_bytes
from xlbudget.model.content import Content
from xlbudget.model.edits import CellEdit
from xlbudget.model.forms import load_edition
from xlbudget.ooxml.package import Package
from xlbudget.ooxml.patch import patch_workbook
from xlbudget.template import build
from xlbudget.template.chart_sheet import FIRST, PITCH, blocks
from xlbudget.template.formula_results import refresh

from .recalc import cells_of

EDITION = load_edition()


def rows(data: bytes, title: str) -> list[list[object]]:
    """The rows that feed a chart: label and amounts."""
    index = [block.title for block in blocks(EDITION)].index(title)
    block = blocks(EDITION)[index]
    top = FIRST + PITCH * index + 1
    grid = cells_of(data)["图表"]
    return [grid[top + n][: 1 + len(block.heads)] for n in range(block.shown)]


def test_every_block_has_its_chart() -> None:
    with zipfile.ZipFile(BytesIO(build(Content()))) as archive:
        charts = [name for name in archive.namelist() if name.startswith("xl/charts/chart")]
    assert len(charts) == len(blocks(EDITION)) == 5


def test_the_numbers_are_the_tables() -> None:
    data = build(liling())
    assert rows(data, "收支与上年对比")[0] == ["收、支总计", 1910.86, 1512.83]
    assert rows(data, "支出构成")[:2] == [["基本支出", 1331.67], ["项目支出", 181.16]]
    assert rows(data, "“三公”经费")[2] == ["公务用车运行维护费", 10.0, 8.0, 4.11]


def test_classes_stand_largest_first_and_only_those_with_spending_are_named() -> None:
    found = rows(build(liling()), "一般公共预算财政拨款支出（按功能分类）")
    assert found[:2] == [["一般公共服务支出", 1218.19], ["社会保障和就业支出", 105.31]]
    assert [row[1] for row in found] == sorted((row[1] for row in found), reverse=True)  # type: ignore[type-var]
    assert [row[0] for row in found if not row[1]] == ["", "", ""]


def test_a_change_in_a_table_reaches_its_chart() -> None:
    data = build(liling())
    place = book_from_bytes(data, "")[0].figures["T04.40.general"].place
    edit = CellEdit(place.sheet, place.row, place.column, Decimal("2000.00"))
    patched = patch_workbook(data, [edit])
    fresh = refresh(Package(patched), book_from_bytes(patched, "")[0])
    assert fresh is not None
    assert fresh.others == ()
    first = rows(fresh.package.data, "一般公共预算财政拨款支出（按功能分类）")[0]
    assert first == ["社会保障和就业支出", 2000.0]
