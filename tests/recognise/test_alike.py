"""Sheets printed alike are read as if each were the first: cells changed at random, one after the other."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.recognise.test_tables import seed_grids
from xlbudget.model.forms import load_edition
from xlbudget.recognise.alike import read_alike, words_of
from xlbudget.recognise.block import Block
from xlbudget.recognise.forms import read_form
from xlbudget.recognise.table_cells import Cells
from xlbudget.recognise.words import head_word

FORMS = {table.sheet: table for table in load_edition().tables if table.kind == "form"}
GRIDS = {sheet: seed_grids()[sheet] for sheet in FORMS}

VALUES = st.one_of(
    st.sampled_from(
        ["", "—", "一、一般公共服务支出", "项目", "行次", "12.50", None, 0.0, 7.0, 31.0]
    ),
    st.floats(-1e6, 1e6).map(lambda number: round(number, 2)),
)


@given(
    sheet=st.sampled_from(sorted(FORMS)),
    changes=st.lists(
        st.tuples(st.integers(0, 40), st.integers(0, 9), VALUES), min_size=1, max_size=4
    ),
)
def test_a_sheet_like_another_is_read_as_if_it_were_the_first(
    sheet: str, changes: list[tuple[int, int, object]]
) -> None:
    grid = copy.deepcopy(GRIDS[sheet])
    for row, column, value in changes:
        cells = grid[row % len(grid)]
        cells[column % len(cells)] = value
    block = Block(sheet, grid)
    wanted = Cells(block)
    read_form(FORMS[sheet], block, wanted)
    for _ in range(2):  # unknown as yet, then known
        found = Cells(block)
        read_alike(read_form, FORMS[sheet], block, found)
        assert vars(found) == vars(wanted)


@pytest.mark.parametrize("sheet", FORMS)
def test_amounts_and_the_department_s_name_do_not_make_a_sheet_another_one(sheet: str) -> None:
    grid = copy.deepcopy(GRIDS[sheet])
    before = words_of(grid)
    for row in grid:
        row[:] = [v + 1 if isinstance(v, float) else v for v in row]
        row[:] = ["部门：另一个单位" if str(v).startswith("部门") else v for v in row]
    assert words_of(grid) == before
    grid[3][0] = "别的字"
    assert words_of(grid) != before


@pytest.mark.parametrize("head", ["附属单位缴款", "附属单位缴款收入", "附属单位上缴"])
def test_older_heads_are_today_s(head: str) -> None:
    assert head_word(head) == "附属单位上缴收入"
