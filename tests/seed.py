"""The published sample as a Book, without any file: figures of the nine tables only."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from xlbudget.model.book import Book, Figure, Place, TableRows
from xlbudget.model.codes import function_codes
from xlbudget.model.forms import load_edition
from xlbudget.model.money import WAN

_DATA = Path(__file__).parent / "data" / "seed_figures.json"


@lru_cache(maxsize=1)
def book_of_seed() -> Book:
    """The nine tables as published, in 万元; every figure has a place of its own."""
    data = json.loads(_DATA.read_text("utf-8"))
    edition = load_edition("hunan-2024")
    figures = {}
    for index, (name, hundredths) in enumerate(data["figures"].items()):
        fen = None if hundredths is None else hundredths * WAN.last_digit
        sheet = edition.by_id[name[:3]].sheet
        figures[name] = Figure(name, fen, WAN.half if fen else 0, Place(sheet, index + 1, 3))
    names = function_codes()
    tables = {}
    for table in edition.tables:
        codes = tuple(data["codes"].get(table.id, ()))
        tables[table.id] = TableRows(
            table.id,
            table.sheet,
            codes,
            {code: names[code].name for code in codes},
            {code: Place(table.sheet, 8 + i, 1) for i, code in enumerate(codes)},
            (*table.notes, *((table.empty_note,) if table.empty_note else ())),
        )
    return Book(
        file="seed", edition=edition, unit=WAN, department="醴陵市人民政府办公室", year=2024,
        kind="行政单位", tables=tables, figures=figures, unreadable={}, facts={}, reasons={},
        records=(), findings=(),
    )  # fmt: skip
