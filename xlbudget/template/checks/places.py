"""Where everything stands on 勾稽检查.

Left to right: the lines people read (A:I), then, outside the print area, what the formulas rest
on: breaks found elsewhere (J), whether a line's conditions hold (K), the precision of each table,
and the row-by-row results of the lists.  Those stand here and not beside the lists: a few thousand
formula cells on the nine tables' sheets would triple the time it takes to read a workbook.
"""

from __future__ import annotations

from typing import NamedTuple

from xlbudget.model.addresses import address
from xlbudget.model.inputs import Inputs
from xlbudget.model.layout import Area, Layout, TableLayout
from xlbudget.validate.rules import rules_for

from ...model.severity import Severity
from ..input_places import input_layout
from .lines import Line, LineMaker, RowsLine, codes_name, column_name, keys_name
from .values import Value

HEAD = 6
FIRST = HEAD + 1
HELPER_FIRST = 5
"""First row of the row-by-row results: no list starts higher, so relative names never leave the sheet."""
LEFT, RIGHT, DIFFERENCE, TOLERANCE, VERDICT, LINK, EXTRA, STATE = 4, 5, 6, 7, 8, 9, 10, 11
PRECISION, DASHES, HELPERS = 12, 17, 19
"""First columns of the precision block, the list of dashes and the row-by-row results."""
DASH_TEXTS = ("-", "--", "---", "—", "——", "―", "–", "−", "－", "/", "无")


class Cell(NamedTuple):
    """A formula with the value it comes to."""

    row: int
    column: int
    formula: str
    value: Value


class CheckGrid:
    """The lines of one layout and the places of all that they rest on."""

    def __init__(self, layout: Layout, inputs: Inputs) -> None:
        self.layout = layout
        self.sheet = inputs.checks_sheet
        self.inputs = input_layout(inputs)
        self.maker = LineMaker(layout, self.inputs)
        self.lines = _lines(layout, self.maker)
        self.lists = [t for t in layout.tables.values() if t.table.kind == "list"]
        self.helper_of: dict[int, int] = {}
        """Number of a rows line → column of its row-by-row results."""
        self.capacity = max((t.rows[1] - t.rows[0] + 1 for t in self.lists), default=0)
        at = HELPERS + len(self.lists)
        for index, line in enumerate(self.lines):
            if isinstance(line, RowsLine):
                self.helper_of[index] = at + 1
                at += 2
        self.last_row = HEAD + len(self.lines)

    def key_column(self, table: str) -> int:
        """The column that holds a list's keys."""
        return HELPERS + [t.table.id for t in self.lists].index(table)

    def helper_area(self, column: int, table: TableLayout) -> Area:
        """The cells of a helper column, one for each code row of a list."""
        rows = table.rows[1] - table.rows[0]
        return Area(self.sheet, HELPER_FIRST, column, HELPER_FIRST + rows, column)

    def state(self, index: int) -> str:
        """The cell that says whether a rows line applies; "" where it always does."""
        line = self.lines[index]
        is_conditional = isinstance(line, RowsLine) and line.conditions
        return address(FIRST + index, STATE) if is_conditional else ""

    def rows_name(self, index: int) -> str:
        """Defined name of a rows line's results."""
        return f"rows_{self.short_name(index)}"

    def short_name(self, index: int) -> str:
        """``t02_1``, or ``t03_3_2`` for the second expression of a rule with several."""
        line = self.lines[index]
        same = [i for i in self.helper_of if self.lines[i].rule.id == line.rule.id]
        name = line.rule.id.lower().replace("-", "_")
        return name if len(same) == 1 else f"{name}_{same.index(index) + 1}"

    def defined_names(self) -> dict[str, Area]:
        """Names the formulas use, and those of the verdict."""
        names = {
            "check_verdict": Area(self.sheet, 2, 2, 2, 2),
            "check_counts": Area(self.sheet, 3, 2, 3, 2),
            "check_worst": Area(self.sheet, 4, 2, 4, 2),
            "dashes": Area(self.sheet, FIRST, DASHES, FIRST + len(DASH_TEXTS) - 1, DASHES),
        }
        at = PRECISION + 3
        for row, table_id in enumerate((*self.layout.tables, "input"), FIRST):
            names[f"half_{table_id.lower()}"] = Area(self.sheet, row, at, row, at)
        for offset, table in enumerate(self.lists):
            table_id = table.table.id
            names[codes_name(table_id)] = table.code_area()
            names[keys_name(table_id)] = self.helper_area(HELPERS + offset, table)
            for column in table.column_of:
                names[column_name(table_id, column)] = table.column_area(column)
        for index, at in self.helper_of.items():
            line = self.lines[index]
            if isinstance(line, RowsLine):
                host = self.layout.tables[line.host]
                names[self.rows_name(index)] = self.helper_area(at, host)
        return names


_LINES: dict[object, tuple[Line, ...]] = {}


def _lines(layout: Layout, maker: LineMaker) -> tuple[Line, ...]:
    """The catalogue's lines, errors first; made once for all workbooks of the same layout."""
    rules = rules_for(layout.edition)
    key = layout.signature, layout.edition
    if key not in _LINES:
        if len(_LINES) > 8:
            _LINES.clear()
        ordered = sorted(rules, key=lambda rule: (rule.severity != Severity.ERROR, bool(rule.when)))
        _LINES[key] = tuple(maker.lines(ordered))
    return _LINES[key]
