"""Notes in workbook files: put in, replaced, taken out again; everybody else's stay."""

from __future__ import annotations

import re
from io import BytesIO

import openpyxl
import pytest

from tests.ooxml.rich import parts_of, rich_workbook
from xlbudget.model.additions import NOTE_HEAD
from xlbudget.ooxml.comments import with_notes, without_notes
from xlbudget.ooxml.package import PackageError

RICH = rich_workbook()  # once: it holds the time at which it was made
# 收入 has a note on B2 of its own, 核对 and 说明 have none.
NOTES = {
    ("收入", "C3"): f"{NOTE_HEAD}疑错：多半是 <1> 应为 2 & 3\n错误：不平",
    ("核对", "A1"): f"{NOTE_HEAD}错误：相差 0.05",
    ("核对", "B7"): f"{NOTE_HEAD}提示：请看一下",
}


def comments(data: bytes) -> dict[tuple[str, str], str]:
    book = openpyxl.load_workbook(BytesIO(data))
    return {
        (sheet.title, cell.coordinate): cell.comment.text
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }


def test_notes_are_read_by_others_as_written() -> None:
    data = with_notes(RICH, NOTES)
    assert comments(data) == {("收入", "B2"): "请核对", **NOTES}


def test_taking_them_out_gives_back_every_part_byte_for_byte() -> None:
    before = RICH
    after = without_notes(with_notes(before, NOTES))
    assert parts_of(after) == parts_of(before)
    assert without_notes(before) is before


def test_writing_them_again_replaces_them() -> None:
    once = with_notes(RICH, NOTES)
    assert with_notes(once, NOTES) == once
    fewer = {("收入", "D1"): f"{NOTE_HEAD}错误：别的"}
    assert comments(with_notes(once, fewer)) == {("收入", "B2"): "请核对", **fewer}
    assert parts_of(with_notes(once, {})) == parts_of(RICH)


def test_a_cell_with_somebody_else_s_note_keeps_it() -> None:
    data = with_notes(RICH, {("收入", "B2"): f"{NOTE_HEAD}错误：不平"})
    assert comments(data) == {("收入", "B2"): "请核对"}


def test_every_note_has_a_box_at_its_cell_with_a_number_of_its_own() -> None:
    parts = parts_of(with_notes(RICH, NOTES))
    boxes, numbers = [], []
    for name, content in parts.items():
        if name.endswith(".vml"):
            text = content.decode()
            boxes += re.findall(r"<x:Row>(\d+)</x:Row>\s*<x:Column>(\d+)</x:Column>", text)
            numbers += re.findall(r'id="(_x0000_s\d+)"', text)
    assert sorted(boxes) == sorted([("1", "1"), ("2", "2"), ("0", "0"), ("6", "1")])
    assert len(set(numbers)) == len(numbers) == 4


def test_a_sheet_that_is_not_there_is_passed_over() -> None:
    before = RICH
    assert with_notes(before, {("没有", "A1"): f"{NOTE_HEAD}错误"}) == before


def test_what_is_no_workbook_is_refused() -> None:
    with pytest.raises(PackageError):
        with_notes(b"PK nothing", NOTES)


def test_the_last_element_before_tables_and_extensions_is_the_drawing_of_the_notes() -> None:
    xml = parts_of(with_notes(RICH, NOTES))["xl/worksheets/sheet2.xml"].decode()
    assert re.search(r"<legacyDrawing [^>]*/>(?=</worksheet>|<tableParts|<extLst)", xml)


def test_boxes_are_numbered_in_blocks_that_no_other_drawing_uses() -> None:
    parts = parts_of(with_notes(RICH, NOTES))
    blocks = [
        found[1]
        for name, content in parts.items()
        if name.endswith(".vml")
        for found in re.finditer(r'<o:idmap[^>]*\sdata="([\d,]+)"', content.decode())
    ]
    assert sorted(blocks) == ["1", "2"]  # 收入 had one, 核对 got one
