"""A made-up department as it is published in 万元, and as the Book that reading it gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from xlbudget.model.book import Book, Fact, Figure, Place, Reason, Record, TableRows
from xlbudget.model.codes import function_codes
from xlbudget.model.content import Content
from xlbudget.model.forms import Edition, Table
from xlbudget.model.inputs import load_inputs
from xlbudget.model.money import UNITS, WAN, YUAN, Unit, round_half_up


@lru_cache(maxsize=1)
def _counts() -> frozenset[str]:
    """Names of the FACT figures that are no amounts of money."""
    return frozenset(f"FACT.{e.id}" for e in load_inputs().facts.values() if e.kind != "amount")


def publication(content: Content) -> Content:
    """The 万元 publication of a content in 元: every figure rounded half-up by itself."""
    counts = _counts()
    figures = {
        name: fen * WAN.fen // YUAN.fen if name in counts else round_half_up(fen, WAN.last_digit)
        for name, fen in content.figures.items()
    }
    records = [
        (
            list_id,
            {
                key: WAN.text(_fen(value)) if key == "amount" else value
                for key, value in fields.items()
            },
        )
        for list_id, fields in content.records
    ]
    return content._replace(unit=WAN.name, figures=figures, records=records)


def _fen(yuan: str) -> int:
    whole, _, cents = yuan.partition(".")
    return int(whole) * 100 + int(cents)


def _head(table: Table, edition: Edition, unit: Unit, department: str) -> dict[str, str]:
    """What the edition prints above a table."""
    head = {"number": table.number, "unit": f"单位:{unit.name}", "department": department}
    return {key: text for key, text in head.items() if key in edition.prints}


def book_of(content: Content) -> Book:
    """The book that reading a workbook with this content would give; places are made up."""
    edition, inputs, unit = content.form, load_inputs(), UNITS[content.unit]
    figures: dict[str, Figure] = {}
    tables: dict[str, TableRows] = {}
    known = function_codes()
    for table in edition.tables:
        codes = tuple(content.codes.get(table.id, ()))
        names = list(table.fixed_names)
        if table.kind == "list":
            names += [
                f"{table.id}.{code}.{column.id}" for code in codes for column in table.columns
            ]
        if table.kind == "items":
            names += [f"{table.id}.{c}.amount" for c in codes if c not in table.fixed_rows]
        found = _figures(names, content.figures, unit, table.sheet)
        figures.update(found)
        empty = table.empty_note and not any(figure.fen for figure in found.values())
        printed = {c: content.names.get(c) or (known[c].name if c in known else "") for c in codes}
        tables[table.id] = TableRows(
            table.id,
            table.sheet,
            codes,
            printed,
            {code: Place(table.sheet, 8 + index, 1) for index, code in enumerate(codes)},
            (*table.notes, *((table.empty_note,) if empty else ())),
            _head(table, edition, unit, content.department),
            position=len(tables) + 1,
        )
    for prefix, sheet in (
        ("LAST.", inputs.last_year_sheet),
        ("BUDGET.", inputs.budget_sheet),
        ("FACT.", inputs.facts_sheet),
    ):
        names = [name for name in content.figures if name.startswith(prefix)]
        figures.update(_figures(names, content.figures, unit, sheet))
    texts = {
        **content.facts,
        "department": content.department,
        "year": str(content.year or ""),
        "unit": unit.name,
        "edition": content.edition,
        "kind": content.kind,
    }
    return Book(
        file="",
        edition=edition,
        unit=unit,
        department=content.department,
        year=content.year,
        kind=content.kind,
        tables=tables,
        figures=figures,
        unreadable={},
        facts={
            key: Fact(key, text or None, Place(inputs.cover_sheet, index, 3))
            for index, (key, text) in enumerate(texts.items(), 4)
        },
        reasons={
            key: Reason(key, text, Place(inputs.reasons_sheet, index, 6))
            for index, (key, text) in enumerate(content.reasons.items(), 4)
        },
        records=tuple(
            Record(list_id, fields, Place(inputs.facts_sheet, 100 + index, 1))
            for index, (list_id, fields) in enumerate(content.records)
        ),
        findings=(),
    )


def _figures(
    names: Iterable[str], amounts: Mapping[str, int], unit: Unit, sheet: str
) -> dict[str, Figure]:
    counts = _counts()
    return {
        name: figure_of(name, amounts.get(name), unit, Place(sheet, row, 3), name in counts)
        for row, name in enumerate(names, 5)
    }


def figure_of(
    name: str, fen: int | None, unit: Unit, place: Place, is_count: bool = False
) -> Figure:
    """A figure as reading would give it: a zero, a count and what still holds its 分 are exact."""
    rounded = bool(fen) and not is_count and fen % unit.last_digit == 0
    return Figure(name, fen, unit.half if rounded else 0, place)
