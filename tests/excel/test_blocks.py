"""Edits as rectangles, and texts that must stay texts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlbudget.excel.blocks import blocks, would_change
from xlbudget.model.edits import CellEdit

EDITS = st.lists(
    st.builds(
        CellEdit, st.sampled_from(["甲", "乙"]), st.integers(1, 6), st.integers(1, 6), st.integers()
    )
)


@given(EDITS)
def test_blocks_write_each_edited_cell_once_and_no_other(edits: list[CellEdit]) -> None:
    written = [
        ((block.sheet, block.top + i, block.left + j), value)
        for block in blocks(edits)
        for i, row in enumerate(block.rows)
        for j, value in enumerate(row)
    ]
    assert sorted(written) == sorted({(e.sheet, e.row, e.column): e.value for e in edits}.items())


def test_a_table_is_one_block() -> None:
    edits = [CellEdit("甲", r, c, r * c) for r in range(5, 305) for c in range(2, 8)]
    assert [block.address for block in blocks(edits)] == ["B5:G304"]


def test_a_column_and_a_row_that_crosses_it() -> None:
    edits = [CellEdit("甲", row, 3, row) for row in range(1, 6)] + [CellEdit("甲", 3, 4, 0)]
    assert [b.address for b in blocks(edits)] == ["C1:C2", "C3:D3", "C4:C5"]


@pytest.mark.parametrize(
    "text",
    ["2010301", "1", "1-2", "3/4", "=1", "+1", "-5%", "1,000", "TRUE", "2024年5月1日", "5月1日",
     "9:30", "1E5", "May 5", "3-Mar", "@x", "'1", "#N/A", "(5)", "￥5", " 12 "],
)  # fmt: skip
def test_excel_would_change(text: str) -> None:
    assert would_change(text)


@pytest.mark.parametrize(
    "text",
    [
        "行政运行",
        "T05-2",
        "E9",
        "D8",
        "03支出表",
        "2024年度有错误",
        "1. 03支出表!D8",
        "一、收入",
        "",
    ],
)
def test_excel_would_not_change(text: str) -> None:
    assert not would_change(text)


def test_values_stay_as_they_are() -> None:
    edit = CellEdit("甲", 1, 1, Decimal("1029.50"))
    assert next(iter(blocks([edit]))).rows == ((Decimal("1029.50"),),)
