"""Every figure of a publication as a flat row: for ``xlbudget figures`` and for data frames."""

from __future__ import annotations

from ..fill import derived_names
from ..model.book import Book
from ..model.inputs import load_inputs
from ..model.money import YUAN
from ..validate.wording import INPUT_SHEETS


def figure_rows(book: Book) -> list[dict[str, str]]:
    """One row a figure: name, table, row and column label, sheet, cell, value, unit, input/derived."""
    derived = derived_names(book)
    names = book.names_of_codes()
    facts = load_inputs(book.edition).facts
    rows = []
    for name, figure in book.figures.items():
        head, _, rest = name.partition(".")
        table = book.edition.by_id.get(head)
        unit = book.unit.name
        value = "" if figure.fen is None else book.unit.exact_text(figure.fen)
        if table:
            title, label = table.title, book.edition.label(name, names)
        elif head == "FACT" and rest in facts:
            title, label = load_inputs(book.edition).sheet_of(rest), facts[rest].label
            if facts[rest].kind != "amount":
                unit, value = facts[rest].measure, value.removesuffix(".00")
        else:
            title = INPUT_SHEETS.get(head, head)
            if head == "LEDGER" and figure.fen is not None:  # in 元, whatever the workbook's unit
                unit, value = YUAN.name, YUAN.exact_text(figure.fen)
            label = title + (book.edition.label(rest, names) if rest.startswith("T") else rest)
        rows.append(
            {
                "name": name,
                "table": title,
                "label": label,
                "sheet": figure.place.sheet,
                "cell": figure.place.cell,
                "value": value,
                "unit": unit,
                "kind": "derived" if name in derived else "input",
            }
        )
    return rows
