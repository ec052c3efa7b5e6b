"""The lines of 原因说明 that a new template starts with: what needs a reason, with its amounts."""

from __future__ import annotations

from typing import NamedTuple

from xlbudget.model.book import Book, Figure, Place
from xlbudget.model.content import Content
from xlbudget.narrate.figures import ASKED
from xlbudget.narrate.reasons import required_reasons


class ReasonRow(NamedTuple):
    """A line as printed: its amounts in 分, ``None`` where none are compared."""

    key: str
    label: str
    amounts: tuple[int, int, int] | None
    reason: str


def reason_rows(content: Content, book: Book) -> list[ReasonRow]:
    """The lines for a content: those the figures ask for, then reasons given for anything else.

    ``book`` is what the nine tables of the content read as.
    """
    figures = dict(book.figures)
    for name, fen in content.figures.items():
        if name.startswith(ASKED):
            figures[name] = Figure(name, fen, 0, Place("", 0, 0))
    tables = {
        table: rows._replace(names={c: content.names.get(c, "") for c in rows.codes})
        for table, rows in book.tables.items()
    }
    whole = book._replace(figures=figures, tables=tables)
    rows = [
        ReasonRow(
            line.key,
            line.label,
            (line.current, line.base, line.difference),
            content.reasons.get(line.key, ""),
        )
        for line in required_reasons(whole)
    ]
    asked = {row.key for row in rows}
    return rows + [
        ReasonRow(key, "", None, reason)
        for key, reason in content.reasons.items()
        if key not in asked
    ]
