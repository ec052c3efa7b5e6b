"""Books for the narrator's tests, made without any file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from xlbudget.model.book import Book, Fact, Figure, Place, Reason, Record, TableRows
from xlbudget.model.forms import load_edition
from xlbudget.model.inputs import load_inputs
from xlbudget.model.money import UNITS

DATA = Path(__file__).parent.parent / "data" / "seed_book.json"


@lru_cache(maxsize=1)
def seed() -> dict[str, Any]:
    """The published sample: figures, codes, facts, records, reasons."""
    loaded: dict[str, Any] = json.loads(DATA.read_text("utf-8"))
    return loaded


def make_book(
    figures: Mapping[str, str | None],
    *,
    unit: str = "万元",
    kind: str = "行政单位",
    year: int | None = 2024,
    codes: Mapping[str, Sequence[str]] | None = None,
    names: Mapping[str, str] | None = None,
    facts: Mapping[str, str] | None = None,
    records: Sequence[tuple[str, Mapping[str, str]]] = (),
    reasons: Mapping[str, str] | None = None,
    without: Sequence[str] = (),
    unreadable: Mapping[str, str] | None = None,
) -> Book:
    """A book with these figures (amounts and counts as decimal texts, None for a blank cell).

    Every table of the edition is there unless named in ``without``.  Each figure has a place of its
    own on the sheet where the template would have it.
    """
    edition, inputs, scale = load_edition("hunan-2024"), load_inputs(), UNITS[unit]
    sheets = {
        "LAST": inputs.last_year_sheet,
        "BUDGET": inputs.budget_sheet,
        "FACT": inputs.facts_sheet,
    }
    found = {}
    for row, (name, text) in enumerate(figures.items(), 2):
        sheet = sheets.get(name.partition(".")[0]) or edition.by_id[name[:3]].sheet
        fen = None if text is None else int(Decimal(text) * scale.fen)
        found[name] = Figure(name, fen, scale.half if fen else 0, Place(sheet, row, 3))
    tables = {
        table.id: TableRows(
            table.id, table.sheet, tuple((codes or {}).get(table.id, ())), names or {}
        )
        for table in edition.tables
        if table.id not in without
    }
    return Book(
        file="test.xlsx",
        edition=edition,
        unit=scale,
        department="某市某局",
        year=year,
        kind=kind,
        tables=tables,
        figures=found,
        unreadable=unreadable or {},
        facts={
            key: Fact(key, value, Place(inputs.facts_sheet, row, 2))
            for row, (key, value) in enumerate((facts or {}).items(), 100)
        },
        reasons={
            key: Reason(key, text, Place(inputs.reasons_sheet, row, 6))
            for row, (key, text) in enumerate((reasons or {}).items(), 3)
        },
        records=tuple(
            Record(list_id, fields, Place(inputs.facts_sheet, row, 1))
            for row, (list_id, fields) in enumerate(records, 150)
        ),
        findings=(),
    )


def seed_book(**changes: Any) -> Book:
    """The published sample; ``figures``, ``facts``, ``reasons`` are laid over the sample's own.

    A value of ``...`` takes an entry out.  Other keywords go to ``make_book``.
    """
    data = seed()

    def laid_over(part: str) -> dict[str, Any]:
        merged = {**data[part], **changes.pop(part, {})}
        return {key: value for key, value in merged.items() if value is not ...}

    merged = {part: laid_over(part) for part in ("figures", "facts", "reasons", "codes")}
    rest = {
        "unit": data["unit"],
        "kind": data["kind"],
        "year": data["year"],
        "names": data["names"],
        "records": [(list_id, fields) for list_id, fields in data["records"]],
    }
    return make_book(**{**merged, **rest, **changes})
