"""Paragraphs as cell edits for 决算说明."""

from __future__ import annotations

import subprocess
import sys

from tests.narrate.books import make_book, seed_book
from xlbudget.narrate import narrate, paragraph_edits


def test_columns_and_old_rows() -> None:
    narrative = narrate(seed_book())
    count = len(narrative.paragraphs)
    edits = paragraph_edits(narrative, "决算说明", 4, 4 + count + 2)
    cells = {(edit.row, edit.column): edit.value for edit in edits}
    assert len(cells) == len(edits) == 3 * (count + 3)
    assert {edit.sheet for edit in edits} == {"决算说明"}
    assert cells[4, 1] == "1"
    assert cells[4, 2] == "一、收入支出决算总体情况说明"
    assert str(cells[5, 2]).startswith("2024年度收入总计")
    for row in range(4 + count, 4 + count + 3):
        assert [cells[row, column] for column in (1, 2, 3)] == [None, None, None]


def test_source_names_sheets_and_cells() -> None:
    book = make_book(
        {"T01.30.amount": "5.00", "T01.60.amount": "5.00", "LAST.T01.30.amount": "4.00"}
    )
    paragraph = narrate(book).section(1)[1]
    assert paragraph.source == "01收入支出总表 C2；上年数 C4"


def test_source_of_list_lines() -> None:
    (meeting,) = [p for p in narrate(seed_book()).section(10) if p.text.startswith("3. ")]
    assert meeting.source.startswith("补充资料 A")


def test_fewer_old_rows_than_new_ones() -> None:
    narrative = narrate(make_book({}))
    edits = paragraph_edits(narrative, "决算说明", 4, 3)
    assert len(edits) == 3 * len(narrative.paragraphs)


def test_importing_does_not_load_jinja() -> None:
    code = "import sys, xlbudget.narrate as n; sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
