"""The built workbook: sheets, names, protection, validations, capacity, and that it reads back."""

from __future__ import annotations

import zipfile
from functools import lru_cache
from io import BytesIO

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from xlbudget.files.read import book_from_bytes
from xlbudget.model.content import Content
from xlbudget.model.forms import load_edition
from xlbudget.model.inputs import load_inputs
from xlbudget.model.layout import CAPACITY, SHOWN_BLANK, SPARE
from xlbudget.template import Layout, build, defined_name

from .contents import made_up, rounded, seed, unrounded

EDITION = load_edition()
INPUTS = load_inputs()
LISTS = [table for table in EDITION.tables if table.kind == "list"]


@lru_cache(maxsize=4)
def opened(name: str) -> openpyxl.Workbook:
    content = {"blank": Content(), "seed": seed(), "long": rounded(made_up(300))}[name]
    return openpyxl.load_workbook(BytesIO(build(content)))


def cell_of(name: str) -> tuple[str, str]:
    """Sheet and cell of a defined name in the blank template."""
    destinations = list(opened("blank").defined_names[name].destinations)
    assert len(destinations) == 1
    sheet, cell = destinations[0]
    return sheet, cell.replace("$", "")


def test_same_content_same_bytes() -> None:
    assert build(seed()) == build(seed())


def test_sheets_in_order() -> None:
    tables = [table.sheet for table in EDITION.tables]
    assert opened("blank").sheetnames == [
        "封面", *tables, "上年数", "年初预算", "补充资料", "原因说明", "部门概况",
        "勾稽检查", "校验结果", "决算说明", "图表", "科目字典", "自定义公式", "使用说明",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["blank", "seed"])
def test_file_stays_small(name: str) -> None:
    assert len(build(Content() if name == "blank" else seed())) < 600_000


# ---------------------------------------------------------------- defined names


def test_every_fixed_figure_has_a_name() -> None:
    names = opened("blank").defined_names
    assert [n for n in sorted(EDITION.fixed_names) if defined_name(n) not in names] == []


@pytest.mark.parametrize(
    "figure", [n for n in sorted(EDITION.fixed_names) if n[:3] in ("T01", "T04")]
)
def test_names_of_forms_stand_beside_their_label(figure: str) -> None:
    sheet, cell = cell_of(defined_name(figure))
    table, row, _ = figure.split(".")
    line = opened("blank")[sheet][cell].row
    texts = [c.value for c in opened("blank")[sheet][line]]
    assert EDITION.by_id[table].row_label(row) in texts
    assert row in texts


@pytest.mark.parametrize("figure", [n for n in sorted(EDITION.fixed_names) if n.startswith("T06.")])
def test_names_of_06_stand_beside_their_code(figure: str) -> None:
    sheet, cell = cell_of(defined_name(figure))
    place = opened("blank")[sheet][cell]
    row = figure.split(".")[1]
    left = [opened("blank")[sheet].cell(place.row, c).value for c in range(1, place.column)]
    assert (row if row.isdigit() else EDITION.by_id["T06"].row_label(row)) in left[-5:]


@pytest.mark.parametrize(
    ("figure", "head"),
    [
        ("T09.budget.total", "1"),
        ("T09.budget.reception", "6"),
        ("T09.actual.abroad", "8"),
        ("T09.actual.reception", "12"),
        ("T05.total.basic", "2"),
        ("T07.total.closing", "6"),
    ],
)
def test_names_stand_under_their_column_number(figure: str, head: str) -> None:
    sheet, cell = cell_of(defined_name(figure))
    place = opened("blank")[sheet][cell]
    assert opened("blank")[sheet].cell(place.row - 1, place.column).value == head


# ---------------------------------------------------------------- sheets as printed


@pytest.mark.parametrize("table", EDITION.tables, ids=lambda t: t.id)
def test_tables_are_frozen_protected_and_set_up_for_a4(table: object) -> None:
    sheet: Worksheet = opened("seed")[table.sheet]  # type: ignore[attr-defined]
    assert sheet.freeze_panes
    assert sheet.protection.sheet
    assert not sheet.protection.password
    assert not sheet.protection.formatRows  # False means allowed
    assert sheet.page_setup.paperSize == 9
    assert sheet.page_setup.orientation == table.orientation  # type: ignore[attr-defined]
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToWidth in (None, 1)  # one is the default
    assert sheet.print_title_rows


def test_labels_are_locked_and_amounts_are_not() -> None:
    layout = Layout(EDITION)
    for table in layout.tables.values():
        sheet = opened("blank")[table.sheet]
        for head in table.heads:
            assert sheet.cell(head.top, head.left).protection.locked
        for row, column in table.places.values():
            cell = sheet.cell(row, column)
            assert not cell.protection.locked
            assert cell.number_format == "#,##0.00"


def test_derived_cells_are_tinted_differently() -> None:
    sheet = opened("blank")["01收入支出总表"]
    total, carried = cell_of("t01_27_amount")[1], cell_of("t01_29_amount")[1]
    assert sheet[total].fill.start_color.rgb != sheet[carried].fill.start_color.rgb


def test_printed_lines_and_blank_lines_of_01() -> None:
    sheet = opened("blank")["01收入支出总表"]
    numbers = {str(c.value) for row in sheet.iter_rows() for c in row if c.column in (2, 5)}
    assert {str(n) for n in range(1, 61)} <= numbers


def test_merged_heads_of_07() -> None:
    merges = {str(area) for area in opened("blank")["07政府性基金表"].merged_cells.ranges}
    assert {"A4:B4", "E4:G4", "C4:C5", "H4:H5", "A6:B6", "A7:B7"} <= merges


def test_empty_note_only_without_data() -> None:
    def notes(name: str, sheet: str) -> list[object]:
        book = openpyxl.load_workbook(BytesIO(build(name_content[name])), data_only=True)
        return [row[0].value for row in book[sheet].iter_rows(max_col=1)]

    name_content = {"seed": seed(), "full": made_up(12)}
    note = EDITION.by_id["T07"].empty_note
    assert note in notes("seed", "07政府性基金表")
    assert note not in notes("full", "07政府性基金表")


# ---------------------------------------------------------------- details


@pytest.mark.parametrize("table", LISTS, ids=lambda t: t.id)
def test_detail_tables_hold_three_hundred_rows(table: object) -> None:
    for name, shown in (("blank", SHOWN_BLANK), ("seed", None)):
        sheet = opened(name)[table.sheet]  # type: ignore[attr-defined]
        layout = Layout(EDITION, {} if name == "blank" else seed().codes)
        rows = layout.tables[table.id].rows  # type: ignore[attr-defined]
        assert rows[1] - rows[0] + 1 >= CAPACITY
        visible = [r for r in range(rows[0], rows[1] + 1) if not sheet.row_dimensions[r].hidden]
        used = len(seed().codes.get(table.id, ()))  # type: ignore[attr-defined]
        assert len(visible) == (shown or used + SPARE)


def test_long_tables_print_every_row_and_their_total() -> None:
    content = rounded(made_up(300))
    sheet = opened("long")["03支出表"]
    layout = Layout(EDITION, content.codes).tables["T03"]
    first = layout.rows[0]
    printed = [sheet.cell(first + i, 1).value for i in range(len(layout.codes))]
    assert printed == list(content.codes["T03"])
    total = sheet.cell(layout.total_row, layout.column_of["total"]).value
    assert round(total * 100) * 10_000 == content.figures["T03.total.total"]


def test_codes_are_text_and_chosen_from_the_dictionary() -> None:
    sheet = opened("blank")["05一般公共预算支出表"]
    found = [v for v in sheet.data_validations.dataValidation if v.type == "list"]
    assert [v.formula1 for v in found] == ["dictionary_choices"]
    assert found[0].errorStyle == "warning"
    assert "字典" in found[0].error
    assert sheet["A8"].number_format == "@"
    assert not sheet["A8"].protection.locked


@pytest.mark.parametrize("table", EDITION.tables, ids=lambda t: t.id)
def test_amounts_are_validated_in_chinese(table: object) -> None:
    sheet = opened("blank")[table.sheet]  # type: ignore[attr-defined]
    found = [v for v in sheet.data_validations.dataValidation if v.type == "decimal"]
    assert found
    assert all("数字" in v.error for v in found)


@pytest.mark.parametrize("figure", ["T09.budget.total", "T01.28.amount", "T06.30299.amount"])
def test_cells_often_filled_wrongly_carry_a_note(figure: str) -> None:
    sheet, cell = cell_of(defined_name(figure))
    assert opened("blank")[sheet][cell].comment is not None


def test_marks_follow_the_list_on_the_findings_sheet() -> None:
    for table in EDITION.tables:
        rules = [
            rule.formula[0]
            for area in opened("blank")[table.sheet].conditional_formatting
            for rule in area.rules
        ]
        assert any("mark_cells" in text and table.sheet in text for text in rules)


def test_formulas_use_functions_of_excel_2010_only() -> None:
    with zipfile.ZipFile(BytesIO(build(seed()))) as archive:
        parts = [n for n in archive.namelist() if "worksheets/sheet" in n or "workbook.xml" in n]
        text = "".join(archive.read(name).decode("utf-8") for name in parts)
    for word in ("_xlfn", "XLOOKUP(", "TEXTJOIN(", "IFS(AND", "LET(", "FILTER("):
        assert word not in text


# ---------------------------------------------------------------- reading back


@pytest.mark.parametrize(
    "content",
    [seed(), made_up(60), rounded(made_up(30)), unrounded(made_up(30))],
    ids=["seed", "yuan", "rounded", "unrounded"],
)
def test_what_is_written_is_read(content: Content) -> None:
    book, _ = book_from_bytes(build(content), "")
    assert [f for f in book.findings if f.severity == "error"] == []
    given = {n: fen for n, fen in content.figures.items() if fen is not None}
    read = {n: f.fen for n, f in book.figures.items() if f.fen is not None}
    assert {n: read.get(n) for n in given} == given
    assert book.department == content.department
    assert book.unit.name == content.unit
    codes = {t: tuple(c) for t, c in content.codes.items() if c and t != "T06"}
    assert {t: book.tables[t].codes for t in codes} == codes


def test_longer_texts_keep_their_paragraphs() -> None:
    texts = {
        "overview.duties": "\n".join(f"第{n}项职责。" for n in range(1, 41)),
        "overview.units": "只有本级 <A&B> 😀",
    }
    book, _ = book_from_bytes(build(Content(facts=texts)), "")
    assert {key: book.facts[key].value for key in texts} == texts
    assert book.facts["overview.bodies"].value is None


def test_the_blank_template_reads_as_nine_empty_tables() -> None:
    book, _ = book_from_bytes(build(Content()), "")
    assert sorted(book.tables) == [f"T{n:02}" for n in range(1, 10)]
    assert {f.fen for f in book.figures.values()} == {None}
    assert book.unreadable == {}
