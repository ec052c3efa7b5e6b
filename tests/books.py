"""Small books and grids for tests, from a mapping of figure names to amounts.

An *example* (``good`` and ``bad`` of the catalogue) holds figures (``T05.2010301.total``, also
``LAST.``, ``BUDGET.`` and ``FACT.``) and, under other keys, parts of a workbook:

    edition, department, kind   on 封面                 codes    {T05 = [...]} printed rows
    heads   {T01 = {...}}   what stands above a table    names    {code = printed name}
    notes   {T07 = [...]}   texts below a table          reasons  {key = text}
    facts   {id = text}     texts of 补充资料             records  [{list = "trips", ...}]
    order   [T01, ...]      the sheets' order            numbers  {T04 = ["栏次3 印 3", ...]}

and for what reading reports: ``beside`` {table = [head, amount]} a column that no form has, ``cells`` {figure or "T05.2010301" = raw value}, ``without`` tables or
``T05.total``, ``formula`` a rule of the office's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from xlbudget.files.read import book_from_bytes, read_bytes
from xlbudget.model.book import (
    Book,
    Fact,
    Figure,
    Numbered,
    Place,
    Reason,
    Record,
    TableRows,
)
from xlbudget.model.codes import function_codes
from xlbudget.model.forms import DEFAULT_EDITION, Edition, Table, load_edition
from xlbudget.model.inputs import load_inputs
from xlbudget.model.money import WAN, Unit, parse_amount

PARTS = frozenset(
    [
        "edition",
        "department",
        "kind",
        "heads",
        "codes",
        "names",
        "notes",
        "reasons",
        "facts",
        "records",
        "order",
        "numbers",
        "cells",
        "beside",
        "without",
        "formula",
    ]
)
DEPARTMENT = "某市水利局"


def book_of(
    example: Mapping[str, Any], *, unit: Unit = WAN, edition_id: str = DEFAULT_EDITION
) -> Book:
    """A book with these figures; every other figure of the fixed forms is blank."""
    edition = load_edition(example.get("edition", edition_id))
    codes = _codes(example, edition)
    figures: dict[str, Figure] = {}
    for name in (*_fixed(edition), *(k for k in example if k not in PARTS)):
        value = example.get(name)
        count = name.startswith("FACT.") and load_inputs().facts[name[5:]].kind != "amount"
        parsed = None if value is None else parse_amount(value, unit)
        fen = parsed[0] if parsed else None
        half = unit.half if fen and not count and not fen % unit.last_digit else 0
        figures[name] = Figure(name, fen, half, Place(_sheet(name, edition), len(figures) + 1, 3))
    names = example.get("names", {})
    notes, heads = example.get("notes", {}), example.get("heads", {})
    order = example.get("order", ())
    tables = {}
    for table in edition.tables:
        rows = codes.get(table.id, ())
        head = {**heads.get("*", {}), **heads.get(table.id, {})}
        if "*" in heads:
            head.setdefault("number", table.number)
            head = {key: text for key, text in head.items() if key in edition.prints}
        empty = (table.empty_note,) if table.empty_note else ()
        tables[table.id] = TableRows(
            table.id,
            table.sheet,
            tuple(rows),
            {code: names.get(code, _name(code)) for code in rows} if table.kind == "list" else {},
            {code: Place(table.sheet, 9 + i, 1) for i, code in enumerate(rows)},
            tuple(notes.get(table.id, (*table.notes, *empty))),
            head,
            position=order.index(table.id) + 1 if table.id in order else 0,
            numbers=tuple(_numbers(table, example.get("numbers", {}).get(table.id, ()))),
        )
    place = Place(load_inputs().reasons_sheet, 4, 6)
    facts = dict(example.get("facts", {}))
    if "department" in example:
        facts["department"] = example["department"]
    return Book(
        file="例",
        edition=edition,
        unit=unit,
        department=example.get("department", DEPARTMENT),
        year=2024,
        kind=example.get("kind", ""),
        tables=tables,
        figures=figures,
        unreadable={},
        facts={k: Fact(k, v, Place(load_inputs().facts_sheet, 4, 3)) for k, v in facts.items()},
        reasons={k: Reason(k, v, place) for k, v in example.get("reasons", {}).items()},
        records=tuple(_records(example.get("records", ()))),
        findings=(),
    )


def _fixed(edition: Edition) -> Iterator[str]:
    for table in edition.tables:
        yield from table.fixed_names


def _codes(example: Mapping[str, Any], edition: Edition) -> dict[str, list[str]]:
    """The rows that the example's figures name, and those it lists."""
    codes: dict[str, list[str]] = {k: list(v) for k, v in example.get("codes", {}).items()}
    for name in example:
        head, _, rest = name.partition(".")
        table = edition.by_id.get(head)
        if table is None:
            continue
        row = rest.partition(".")[0]
        if row not in table.fixed_rows and row.isdigit():
            found = codes.setdefault(head, [])
            if row not in found:
                found.append(row)
    return codes


def _numbers(table: Table, entries: Sequence[str]) -> Iterator[Numbered]:
    for column, entry in enumerate(entries, 3):
        wanted, _, printed = entry[2:].partition(" 印 ")
        yield Numbered(entry[:2], wanted, printed, Place(table.sheet, 6, column))


def _sheet(name: str, edition: Edition) -> str:
    head = name.partition(".")[0]
    inputs = load_inputs()
    own = {
        "LAST": inputs.last_year_sheet,
        "BUDGET": inputs.budget_sheet,
        "FACT": inputs.facts_sheet,
        "LEDGER": inputs.ledger_sheet,
    }
    return own.get(head) or edition.by_id[head].sheet


def _name(code: str) -> str:
    entry = function_codes().get(code)
    return entry.name if entry else ""


def _records(records: Iterable[Mapping[str, str]]) -> Iterator[Record]:
    for index, fields in enumerate(records):
        rest = {key: value for key, value in fields.items() if key != "list"}
        yield Record(fields["list"], rest, Place(load_inputs().facts_sheet, 80 + index, 1))


def read_book(path: Path) -> Book:
    """The book in a workbook file."""
    return book_from_bytes(read_bytes(path), str(path))[0]


# ---------------------------------------------------------------- grids


def grids_of(
    example: Mapping[str, Any],
    *,
    unit: str = "万元",
    department: str = DEPARTMENT,
    edition_id: str = DEFAULT_EDITION,
) -> dict[str, list[list[object]]]:
    """The nine tables as cells, printed as the national form prints them."""
    edition = load_edition(edition_id)
    without = set(example.get("without", ()))
    cells = {k: v for k, v in example.items() if k not in PARTS and not k.startswith("FACT.")}
    raw = example.get("cells", {})
    values: dict[str, object] = {
        **{name: _number(value) for name, value in cells.items()},
        **raw,
    }
    codes = _codes({**example, **raw}, edition)
    return {
        table.sheet: _beside(
            _grid(table, values, codes.get(table.id, []), unit, department, without),
            example.get("beside", {}).get(table.id),
        )
        for table in edition.tables
        if table.id not in without
    }


def _beside(grid: list[list[object]], more: Sequence[str] | None) -> list[list[object]]:
    """A grid with a column at its right: a head that no form has, and an amount on the first code's line."""
    if not more:
        return grid
    head, amount = more
    first = next(
        n
        for n, row in enumerate(grid)
        if any(str(v)[:7].isdigit() and len(str(v)) == 7 for v in row)
    )
    top = next(n for n, row in enumerate(grid) if any("代码" in str(v) for v in row))
    texts: dict[int, object] = {top: head, first: float(amount)}
    return [[*row, texts.get(n, "")] for n, row in enumerate(grid)]


def _number(value: Any) -> object:
    return float(value) if isinstance(value, str) else value


def _grid(
    table: Table,
    values: Mapping[str, object],
    codes: Sequence[str],
    unit: str,
    department: str,
    without: set[str],
) -> list[list[object]]:
    top: list[list[object]] = [
        [table.title],
        ["", "", table.number],
        [f"部门：{department}", "", f"单位：{unit}"],
    ]
    body = {"form": _form, "list": _list, "items": _items, "row": _row}[table.kind](
        table, values, codes, without
    )
    notes: list[list[object]] = [[note] for note in table.notes]
    if table.empty_note and not any(v for n, v in values.items() if n.startswith(f"{table.id}.")):
        notes.append([table.empty_note])
    width = max(len(row) for row in (*top, *body))
    return [row + [""] * (width - len(row)) for row in (*top, *body, *notes)]


def _heads(paths: Sequence[Sequence[str]]) -> list[list[object]]:
    """Head rows; a merged head keeps its text in its first cell."""
    depth = max(map(len, paths))
    rows: list[list[object]] = [["" for _ in paths] for _ in range(depth)]
    for column, path in enumerate(paths):
        for level, text in enumerate(path):
            merged = column > 0 and list(paths[column - 1][: level + 1]) == list(path[: level + 1])
            rows[level][column] = "" if merged else text
    return rows


def _value(values: Mapping[str, object], name: str) -> object:
    value = values.get(name)
    return "" if value is None else value


def _form(
    table: Table, values: Mapping[str, object], codes: Sequence[str], without: set[str]
) -> list[list[object]]:
    del codes
    paths: list[tuple[str, ...]] = []
    for side in table.sides:
        paths += [(side.head, "项目")] + [(side.head, "行次")] * table.line_numbers
        paths += [(side.head, *column.head) for column in side.columns]
    rows = _heads(paths)
    height = max(len(side.lines) for side in table.sides)
    for index in range(height):
        row: list[object] = []
        for side in table.sides:
            width = 1 + table.line_numbers + len(side.columns)
            if index >= len(side.lines) or f"{table.id}.{side.lines[index].id}" in without:
                row += [""] * width
                continue
            line = side.lines[index]
            row += [line.label] + [line.id] * table.line_numbers
            row += [_value(values, f"{table.id}.{line.id}.{c.id}") for c in side.columns]
        rows.append(row)
    return rows


def _list(
    table: Table, values: Mapping[str, object], codes: Sequence[str], without: set[str]
) -> list[list[object]]:
    columns = [c for c in table.columns if f"{table.id}.*.{c.id}" not in without]
    rows = _heads([table.code_head, table.name_head, *(c.head for c in columns)])
    ordinals: list[object] = [str(c.ordinal) for c in columns]
    if any(c.ordinal for c in columns):
        rows.append(["栏次", "", *ordinals])
    first = table.total_place == "first"
    for code in (table.total.id, *codes) if first else (*codes, table.total.id):
        if f"{table.id}.{code}" in without:
            continue
        amounts = [_value(values, f"{table.id}.{code}.{c.id}") for c in columns]
        shown = values.get(f"{table.id}.{code}", "" if code == table.total.id else code)
        name = table.total.label if code == table.total.id else _name(code)
        rows.append([shown, name, *amounts])
    return rows


def _items(
    table: Table, values: Mapping[str, object], codes: Sequence[str], without: set[str]
) -> list[list[object]]:
    del codes, without
    heads = [table.code_head[-1], table.name_head[-1], table.amount_head[-1]]
    tops: list[object] = []
    for at, stack in enumerate(table.stacks):
        same = at > 0 and table.stacks[at - 1].head == stack.head
        tops += ["" if same else stack.head, "", ""]
    rows: list[list[object]] = [tops, heads * len(table.stacks)]
    for index in range(max(len(stack.codes) for stack in table.stacks)):
        row: list[object] = []
        for stack in table.stacks:
            if index >= len(stack.codes):
                row += ["", "", ""]
                continue
            code = stack.codes[index]
            row += [code, table.row_label(code), _value(values, f"{table.id}.{code}.amount")]
        rows.append(row)
    personnel, public = (_value(values, f"{table.id}.{n}.amount") for n in ("personnel", "public"))
    between = [""] * (3 * len(table.stacks) - 5)
    rows.append(["人员经费合计", "", personnel, "公用经费合计", *between, public])
    return rows


def _row(
    table: Table, values: Mapping[str, object], codes: Sequence[str], without: set[str]
) -> list[list[object]]:
    del codes
    columns = [c for c in table.columns if f"{table.id}.{c.row}.{c.id}" not in without]
    rows = _heads([c.head for c in columns])
    if any(c.ordinal for c in columns):
        rows.append([str(c.ordinal) for c in columns])
    rows.append([_value(values, f"{table.id}.{c.row}.{c.id}") for c in columns])
    return rows
