"""Workbooks as a reporting system exports them: nine plain sheets, heads and marks of its own.

Other sheet names, four rows above the data, a row of column numbers, 合计 below the detail, amounts in
元 or divided by 10,000 without rounding; when ``messy``, “—” for nothing and some numbers as text.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from io import BytesIO

import xlsxwriter

from xlbudget.model.codes import function_codes
from xlbudget.model.content import Content
from xlbudget.model.forms import Table
from xlbudget.model.money import UNITS, Unit

Cell = str | float | int | None
_CREATED = datetime(2024, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_DASH = "—"
_BODY = 3  # rows above the heads, which have no borders


def export(
    content: Content,
    unit: Unit | None = None,
    *,
    without: Collection[str] = (),
    messy: bool = False,
) -> bytes:
    """The nine tables as .xlsx, amounts in ``unit`` (the content's own where None) to the 分."""
    buffer = BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
    workbook.set_properties({"title": "决算公开表", "author": "报表系统", "created": _CREATED})
    bold = workbook.add_format({"bold": True, "align": "center"})
    boxed = workbook.add_format({"border": 1})
    number = workbook.add_format({"border": 1, "num_format": "#,##0.00##"})
    for table in content.form.tables:
        if table.id in without:
            continue
        name = f"{table.number.removesuffix('表')}_{table.title}"[:31]
        sheet = workbook.add_worksheet(name)
        sheet.set_column(0, 20, 16)
        rows = _Writer(content, table, unit or UNITS[content.unit], messy=messy).rows()
        width = max(map(len, rows))
        for row, cells in enumerate(rows):
            if row < _BODY or len(cells) == 1:
                for column, value in enumerate(cells):
                    sheet.write(row, column, value)
                continue
            for column, value in enumerate(cells + [None] * (width - len(cells))):
                sheet.write(row, column, value, number if isinstance(value, float) else boxed)
        sheet.write(0, 0, table.title, bold)
    workbook.close()
    return buffer.getvalue()


class _Writer:
    def __init__(self, content: Content, table: Table, unit: Unit, *, messy: bool) -> None:
        self.content, self.table, self.unit, self.messy = content, table, unit, messy
        self.written = 0

    def amount(self, row: str, column: str) -> Cell:
        """An amount; when messy every seventh as a text, and a dash for nothing."""
        fen = self.content.figures.get(f"{self.table.id}.{row}.{column}")
        if not fen:
            return _DASH if self.messy else None
        self.written += 1
        if self.messy and self.written % 7 == 0:
            return f"{self.unit.decimal(fen):,}"
        return float(self.unit.decimal(fen))

    def rows(self) -> list[list[Cell]]:
        """The sheet from its title down."""
        body = getattr(self, f"_{self.table.kind}")()
        width = max(map(len, body))
        heads: list[list[Cell]] = [
            [self.table.title],
            [*[None] * (width - 1), self.table.number],
            [
                f"编制单位：{self.content.department}",
                *[None] * (width - 2),
                f"金额单位：{self.unit.name}",
            ],
        ]
        notes: list[list[Cell]] = [[note] for note in self.table.notes]
        prefix = self.table.id + "."
        empty = not any(v for n, v in self.content.figures.items() if n.startswith(prefix))
        if self.table.empty_note and empty:
            notes.append([self.table.empty_note])
        return [*heads, *body, *notes]

    def _form(self) -> list[list[Cell]]:
        sides = self.table.sides
        rows: list[list[Cell]] = [
            [c for s in sides for c in (s.head, *[None] * (len(s.columns) + 1))],
            [c for s in sides for c in ("项目", "行次", *("-".join(k.head) for k in s.columns))],
        ]
        for index in range(max(len(side.lines) for side in sides)):
            row: list[Cell] = []
            for side in sides:
                if index < len(side.lines):
                    line = side.lines[index]
                    row += [line.label, int(line.id)]
                    row += [self.amount(line.id, column.id) for column in side.columns]
                else:
                    row += [None] * (len(side.columns) + 2)
            rows.append(row)
        return rows

    def _list(self) -> list[list[Cell]]:
        columns, known = self.table.columns, function_codes()
        rows: list[list[Cell]] = []
        if any(len(column.head) > 1 for column in columns):
            rows.append(["项目", None, *(c.head[0] if len(c.head) > 1 else None for c in columns)])
        else:
            rows.append(["项目"])
        rows.append(["功能分类科目编码", "科目名称", *(column.head[-1] for column in columns)])
        rows.append(["栏次", None, *range(1, len(columns) + 1)])
        for code in self.content.codes.get(self.table.id, ()):
            name = self.content.names.get(code) or (known[code].name if code in known else "")
            rows.append([code, name, *(self.amount(code, column.id) for column in columns)])
        rows.append(["合计", None, *(self.amount("total", column.id) for column in columns)])
        return rows

    def _items(self) -> list[list[Cell]]:
        stacks = self.table.stacks
        rows: list[list[Cell]] = [
            [c for stack in stacks for c in (stack.head, None, None)],
            [c for _ in stacks for c in ("经济分类科目编码", "科目名称", "金额")],
        ]
        for index in range(max(len(stack.codes) for stack in stacks)):
            row: list[Cell] = []
            for stack in stacks:
                if index < len(stack.codes):
                    code = stack.codes[index]
                    row += [code, self.table.row_label(code), self.amount(code, "amount")]
                else:
                    row += [None] * 3
            rows.append(row)
        last: list[Cell] = [None] * (3 * len(stacks))
        last[0], last[2] = "人员经费合计", self.amount("personnel", "amount")
        last[3], last[-1] = "公用经费合计", self.amount("public", "amount")
        return [*rows, last]

    def _row(self) -> list[list[Cell]]:
        columns = self.table.columns
        return [
            [column.head[0] for column in columns],
            [column.head[1] for column in columns],
            [column.head[-1] for column in columns],
            [column.ordinal for column in columns],
            [self.amount(column.row, column.id) for column in columns],
        ]
