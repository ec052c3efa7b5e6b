"""Changing a workbook: what is foreseen, what is written, what is read again."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from tests.ooxml.rich import one_sheet, parts_of, rich_workbook
from tests.template.contents import made_up, rounded, seed
from tests.template.recalc import cells_of, differences
from xlbudget.files.read import book_and_sheets, book_from_bytes
from xlbudget.files.refresh import change
from xlbudget.files.workbook import fill_workbook, open_workbook
from xlbudget.fill import derived_names
from xlbudget.model.content import Content
from xlbudget.model.edits import CellEdit
from xlbudget.model.inputs import load_inputs
from xlbudget.ooxml.formulas import formulas_of, scanned_formulas
from xlbudget.ooxml.package import Package
from xlbudget.template import build

CHECKS = load_inputs().checks_sheet
RICH = rich_workbook()


def typed_only(content: Content) -> Content:
    """A content as an accountant types it: nothing that follows from other figures."""
    derived = derived_names(book_from_bytes(build(content), "")[0])
    return content._replace(
        figures={name: fen for name, fen in content.figures.items() if name not in derived}
    )


def edits_of(data: bytes, values: dict[str, Decimal | str | None]) -> list[CellEdit]:
    figures = book_from_bytes(data, "")[0].figures
    places = {name: figures[name].place for name in values}
    return [CellEdit(p.sheet, p.row, p.column, values[name]) for name, p in places.items()]


@pytest.mark.parametrize("content", [seed(), rounded(made_up(80))], ids=["seed", "80 rows"])
def test_the_checks_of_a_filled_workbook_are_those_of_one_built_full(
    content: Content, tmp_path: Path
) -> None:
    path = tmp_path / "typed.xlsx"
    path.write_bytes(build(typed_only(content)))
    changed, filled = fill_workbook(open_workbook(path))
    assert len(filled.values) > 60
    full = {**typed_only(content).figures, **filled.values}
    built = cells_of(build(content._replace(figures=full)))
    fresh = cells_of(changed.data)
    assert differences({CHECKS: built[CHECKS]}, fresh) == []


@pytest.mark.parametrize(
    "values",
    [
        {"T03.2010301.basic": Decimal("1092.50")},
        {"T02.2010301.superior": "—", "T01.2.amount": None},
        {"T02.2010301.other": "待核实"},
        {},
    ],
    ids=["number", "emptied", "text", "nothing"],
)
def test_the_book_after_edits_is_what_the_file_holds(
    values: dict[str, Decimal | str | None],
) -> None:
    data = build(seed())
    book, sheets = book_and_sheets(data, "决算.xlsx")
    assert book.tables
    fresh, after, note = change(sheets, "决算.xlsx", edits_of(data, values))
    assert note == ""
    assert after == book_from_bytes(fresh, "决算.xlsx")[0]


def test_an_edit_outside_what_was_used_is_foreseen_too() -> None:
    data = build(Content())
    _, sheets = book_and_sheets(data, "")
    sheet = load_inputs().reasons_sheet
    edits = [CellEdit(sheet, 400, 9, Decimal("1.5")), CellEdit(sheet, 2, 12, "注")]
    fresh, book, _ = change(sheets, "", edits)
    assert book == book_from_bytes(fresh, "")[0]
    grid = CalamineWorkbook.from_filelike(BytesIO(fresh)).get_sheet_by_name(sheet)
    assert grid.to_python(skip_empty_area=False)[399][8] == 1.5


def test_a_workbook_with_a_formula_of_somebody_s_gets_its_result() -> None:
    data = build(seed())
    with_total = openpyxl.load_workbook(BytesIO(data))
    with_total.create_sheet("我的").append(["=SUM('03支出表'!D8:D9)"])
    buffer = BytesIO()
    with_total.save(buffer)
    _, sheets = book_and_sheets(buffer.getvalue(), "")
    edits = edits_of(buffer.getvalue(), {"T03.2010301.basic": Decimal(7)})
    fresh, book, _ = change(sheets, "", edits)
    rows = CalamineWorkbook.from_filelike(BytesIO(fresh)).get_sheet_by_name("我的").to_python()
    below = book.value("T03.2010302.basic") / book.unit.fen
    assert rows[0][0] in (pytest.approx(7 + below), pytest.approx(7))


def test_only_sheets_with_changed_cells_or_results_are_written() -> None:
    data = build(seed())
    _, sheets = book_and_sheets(data, "")
    fresh, _, _ = change(sheets, "", edits_of(data, {"T03.2010301.basic": Decimal("1029.51")}))
    before, after = parts_of(data), parts_of(fresh)
    names = {sheet.part: sheet.name for sheet in Package(data).sheets}
    changed = {names[part] for part in before if before[part] != after[part]}
    assert changed == {"03支出表", CHECKS, load_inputs().cover_sheet} & changed
    assert {"03支出表", CHECKS} <= changed


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="B2" s="3"><f>A1*2</f><v>4</v></c>',
        '<c r="B2" t="str"><f>A1&amp;"x"</f><v></v></c>',
        '<c r="B2"><f>A1</f></c>',
        '<c s="3" r="B2"><f>A1</f><v>1</v></c>',
        '<c r="B2"><f t="shared" si="0" ref="B2:B3">A1</f><v>1</v></c>',
        '<!-- <c r="A9"><f>1</f><v>1</v></c> --><c r="B2"><f>A1</f><v>1</v></c>',
    ],
)
def test_scanning_finds_what_the_full_look_finds(cell: str) -> None:
    data = one_sheet(f'<sheetData><row r="2">{cell}</row></sheetData>')
    xml = Package(data).read(Package(data).sheets[0].part)
    slow = [(cell.formula, cell.value) for cell in formulas_of(xml)]
    fast = scanned_formulas(xml)
    assert [(formula, value) for _, _, formula, value in fast] == slow
    assert [place for place, *_ in fast] == [b"B2"]


def test_packages_with_other_parts_do_not_change_the_first() -> None:
    package = Package(RICH)
    part = package.sheets[0].part
    one = package.with_parts({part: b"<x/>"})
    two = one.with_parts({package.sheets[1].part: b"<y/>", "xl/new.xml": b"<z/>"})
    assert package.data == RICH
    assert (one.read(part), package.read(part)) == (b"<x/>", parts_of(RICH)[part])
    assert two.data == package.rewritten(
        {part: b"<x/>", package.sheets[1].part: b"<y/>", "xl/new.xml": b"<z/>"}
    )
    assert two.find("XL/new.xml") == "xl/new.xml"
    assert two.with_parts({"xl/new.xml": None}).find("xl/new.xml") is None
