"""The lines of 勾稽检查 against the Python checks, and bringing a workbook up to date."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from xlbudget.files.read import book_from_bytes
from xlbudget.model.content import Content
from xlbudget.model.edits import CellEdit
from xlbudget.model.forms import load_edition
from xlbudget.model.inputs import load_inputs
from xlbudget.ooxml.package import Package
from xlbudget.ooxml.patch import patch_workbook
from xlbudget.template import Layout, build
from xlbudget.template.checks.lines import BudgetLine, FixedLine
from xlbudget.template.checks.sheet import CheckSheet
from xlbudget.template.formula_results import refresh
from xlbudget.validate.check import constraints_of
from xlbudget.validate.rules import load_rules

from ..contents import made_up, moved, rounded, seed, spent_at_once, with_inputs
from ..recalc import cells_of, differences

INPUTS = {"上年数", "年初预算", "补充资料"}


def sheet_of(content: Content) -> CheckSheet:
    layout = Layout(load_edition(), content.codes)
    return CheckSheet(layout, content, load_inputs())


def test_every_identity_of_the_seed_is_on_the_sheet() -> None:
    """Each identity is a line, or a row of a line: conditional ones and comparisons too."""
    sheet = sheet_of(seed())
    rules = [rule for rule in load_rules() if rule.expressions]
    found = constraints_of(sheet.values.book, rules, compare=True)
    wanted = {(rule.id, constraint.place) for rule, constraint in found}
    found = {
        (line.rule.id, place)
        for line in sheet.grid.lines
        if not isinstance(line, BudgetLine)
        for place in sheet.values.checks(line.rule, line.expression)
    }
    assert wanted - found == set()


def test_the_seed_has_exact_and_rounded_lines_but_no_broken_one() -> None:
    counts = Counter(value.verdict for value in sheet_of(seed()).results)
    assert counts["不平"] == counts["未核对"] == 0
    assert counts["平"] > 60
    assert counts["尾差"] == 18


def test_formulas_fit_into_a_cell_and_values_are_never_missing() -> None:
    for cell in sheet_of(seed()).cells():
        assert len(cell.formula) < 8000
        assert cell.value is not None
    assert max(map(len, sheet_of(seed()).helpers.row_formulas().values())) < 8000


def test_each_fixed_line_links_to_its_left_cell() -> None:
    sheet = sheet_of(Content())
    for line in sheet.grid.lines:
        if isinstance(line, FixedLine):
            sheets = {table.sheet for table in sheet.grid.layout.tables.values()}
            assert line.target[0] in (sheets if not line.rule.compare else sheets | INPUTS)


def verdicts(content: Content, *rules: str) -> list[str]:
    sheet = sheet_of(content)
    lines = zip(sheet.grid.lines, sheet.results, strict=True)
    return [value.verdict for line, value in lines if line.rule.id in rules]


def test_comparisons_wait_until_the_input_sheets_are_filled() -> None:
    blank = made_up(12)._replace(figures={}, codes={})
    assert set(verdicts(blank, "J01", "J02", "J02-2", "K01", "L02", "L03", "L05", "H08")) == {
        "待填"
    }
    assert sheet_of(blank).summary()["verdict"] == "未填"


@pytest.mark.parametrize(
    ("content", "rule", "verdict"),
    [
        (with_inputs(), "J02", "平"),
        (with_inputs(LAST__T01__59__amount=1), "J02", "关注"),
        (with_inputs(), "K01", "平"),
        (with_inputs(BUDGET__T05__total__total=1), "K01", "不平"),
        (with_inputs(BUDGET__T05__total__total=None), "K01", "待填"),
        (with_inputs(), "L03", "平"),
        (with_inputs(FACT__asset__vehicles=3), "L03", "不平"),
        (with_inputs(), "C10", "不适用"),
        (spent_at_once(), "C10", "平"),
        (rounded(spent_at_once()), "D08", "平"),
        (moved(spent_at_once()), "C10", "关注"),
        (moved(spent_at_once()), "D08", "关注"),
    ],
)
def test_comparisons_and_conditional_relations(content: Content, rule: str, verdict: str) -> None:
    assert verdicts(content, rule) == [verdict]


def test_the_cover_shows_an_error_outside_the_nine_tables_under_a_name_that_covers_it() -> None:
    data = build(with_inputs(BUDGET__T05__total__total=1))
    grid = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_name("封面").to_python()
    label, _, remark = next(row[1:4] for row in grid if row[2] == "不平")
    assert label == "全部勾稽关系"
    assert remark.startswith("九张表，连同上年数、年初预算、补充资料。")
    worst = [row[2] for row in grid if str(row[2]).startswith("先看：")]
    assert worst == [f"先看：{sheet_of(with_inputs()).statement(_line_of('K01'))}"]


def _line_of(rule: str) -> int:
    lines = sheet_of(with_inputs()).grid.lines
    return next(index for index, line in enumerate(lines) if line.rule.id == rule)


@pytest.mark.parametrize("rows", [12, 300])
def test_refreshing_what_is_fresh_changes_nothing(rows: int) -> None:
    data = build(rounded(made_up(rows)))
    fresh = refresh(Package(data), book_from_bytes(data, "")[0])
    assert fresh is not None
    assert fresh.package.data == data
    assert fresh.others == ()


def test_refreshing_gives_what_building_gives() -> None:
    """A cell typed into an old workbook, and the same figure built: the same results."""
    data = build(seed())
    place = book_from_bytes(data, "")[0].figures["T03.2010301.basic"].place
    edit = CellEdit(place.sheet, place.row, place.column, Decimal("1092.50"))
    patched = patch_workbook(data, [edit])
    fresh = refresh(Package(patched), book_from_bytes(patched, "")[0])
    assert fresh is not None
    figures = {**seed().figures, "T03.2010301.basic": 1_092_500_000}
    built = build(seed()._replace(figures=figures))
    assert differences(cells_of(built), cells_of(fresh.package.data)) == []


def test_a_foreign_workbook_is_left_to_an_engine() -> None:
    from tests.plain import plain_workbook
    from tests.seed import book_of_seed

    data = plain_workbook(book_of_seed())
    assert refresh(Package(data), book_from_bytes(data, "")[0]) is None
