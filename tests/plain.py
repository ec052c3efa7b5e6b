"""A workbook as others make them: nine plain sheets, no template, no input sheets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO

import xlsxwriter

from xlbudget.model.book import Book
from xlbudget.model.forms import Table, load_edition

Cell = str | float | int | None


def table_rows(table: Table, book: Book) -> list[list[Cell]]:
    """A table's rows from its title down, as an export prints them."""

    def amount(name: str) -> Cell:
        figure = book.figures.get(name)
        return (
            None if figure is None or figure.fen is None else float(book.unit.decimal(figure.fen))
        )

    rows: list[list[Cell]] = [
        [table.title],
        [None, table.number],
        ["部门：" + book.department, f"单位：{book.unit.name}"],
    ]
    if table.kind == "form":
        rows.append(
            [
                c
                for side in table.sides
                for c in ("项目", "行次", *("-".join(k.head) for k in side.columns))
            ]
        )
        height = max(int(side.lines[-1].id) - int(side.lines[0].id) for side in table.sides) + 1
        for index in range(height):
            row: list[Cell] = []
            for side in table.sides:
                number = int(side.lines[0].id) + index
                line = next((entry for entry in side.lines if entry.id == str(number)), None)
                row += [line.label if line else None, number]
                row += [
                    amount(f"{table.id}.{number}.{c.id}") if line else None for c in side.columns
                ]
            rows.append(row)
    elif table.kind == "list":
        deep = max(len(c.head) for c in table.columns)
        if deep == 2:
            rows.append(
                [None, None, *(c.head[0] if len(c.head) == 2 else None for c in table.columns)]
            )
        rows.append(["科目代码", "科目名称", *(c.head[-1] for c in table.columns)])
        rows.append(["栏次", None, *range(1, len(table.columns) + 1)])
        found = book.tables[table.id]
        rows.append([None, "合计", *(amount(f"{table.id}.total.{c.id}") for c in table.columns)])
        for code in found.codes:
            rows.append(
                [
                    code,
                    found.names.get(code, ""),
                    *(amount(f"{table.id}.{code}.{c.id}") for c in table.columns),
                ]
            )
        rows.append(list(table.notes[:1]))
    elif table.kind == "items":
        rows.append([word for _ in table.stacks for word in ("科目代码", "科目名称", "决算数")])
        for index in range(max(len(stack.codes) for stack in table.stacks)):
            row = []
            for stack in table.stacks:
                code = stack.codes[index] if index < len(stack.codes) else None
                row += [
                    code,
                    table.row_label(code) if code else None,
                    amount(f"{table.id}.{code}.amount") if code else None,
                ]
            rows.append(row)
        rows.append(
            [
                "人员经费合计",
                None,
                amount("T06.personnel.amount"),
                "公用经费合计",
                None,
                None,
                None,
                None,
                amount("T06.public.amount"),
            ]
        )
    else:
        rows.append([c.head[0] for c in table.columns])
        rows.append([c.head[-1] for c in table.columns])
        rows.append([c.ordinal for c in table.columns])
        rows.append([amount(f"T09.{c.row}.{c.id}") for c in table.columns])
    return rows


def plain_workbook(
    book: Book,
    changes: Mapping[tuple[str, int, int], Cell] | None = None,
    decorate: Callable[[xlsxwriter.Workbook], None] | None = None,
) -> bytes:
    """The nine tables as .xlsx; ``changes`` maps (sheet, row, column), 1-based, to other values.

    ``decorate`` adds to the workbook whatever else is to be in it.
    """
    buffer = BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
    for table in load_edition(book.edition.id).tables:
        name = f"Z{table.id[1:]}"
        sheet = workbook.add_worksheet(name)
        cells = {
            (r, c): value
            for r, row in enumerate(table_rows(table, book), 1)
            for c, value in enumerate(row, 1)
        }
        cells.update({(r, c): v for (s, r, c), v in (changes or {}).items() if s == name})
        for (row, column), value in sorted(cells.items()):
            if value is not None and value != "":
                sheet.write(row - 1, column - 1, value)
    if decorate:
        decorate(workbook)
    workbook.close()
    return buffer.getvalue()
