"""What a new workbook of the template holds: nothing yet, last year's figures, or another workbook's."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ..errors import UserError
from ..model.book import Book
from ..model.content import Content, content_of
from ..model.forms import Edition, Editions, FormError, edition_given, editions_beside
from ..model.restate import Restated, restated
from .importing import rolled_over


class Started(NamedTuple):
    """The content of a new workbook, its edition, and a sentence about the edition or ""."""

    content: Content
    edition: Edition
    note: str = ""


def started(
    department: str,
    year: int | None,
    *,
    unit: str | None = None,
    edition: str | None = None,
    last: Book | None = None,
    ledger: bool = False,
    folder: Path | None = None,
) -> Started:
    """An empty publication, or next year's with the figures of ``last`` carried over.

    ``folder`` is where the workbook will lie, whose ``editions/`` may hold the office's own.  Raises
    UserError where department or year is known from nowhere.
    """
    note = ""
    if last is not None:
        year = year or (last.year + 1 if last.year else None)
        if edition:
            chosen = wanted_edition(edition, folder)
        else:
            chosen, note = _next_edition(last.edition, year, _editions(folder))
        content = rolled_over(last, chosen)
        content = content._replace(unit=unit) if unit else content
    else:
        chosen = wanted_edition(edition, folder)
        content = Content(edition=chosen, unit=unit or "万元")
    content = content._replace(
        department=department or content.department,
        year=year or (content.year or None),
        ledger=ledger or content.ledger,
    )
    if not content.department or not content.year:
        raise UserError("请给出部门名称和决算年度（命令行用 --department 和 --year）。")
    return Started(content, chosen, note)


def taken_in(
    book: Book,
    *,
    department: str = "",
    year: int | None = None,
    edition: str | None = None,
    folder: Path | None = None,
) -> tuple[Restated, Edition]:
    """What a workbook holds, as an edition prints it: its own, or the one asked for.

    ``department`` and ``year`` count where the workbook does not say.  Raises UserError.
    """
    chosen = wanted_edition(edition, folder) if edition else book.edition
    found = restated(content_of(book), chosen)
    content = found.content._replace(
        department=book.department or department, year=book.year or year
    )
    return found._replace(content=content), chosen


def built(content: Content, *, ribbon: bool) -> bytes:
    """The template workbook holding ``content``, with the ribbon or without."""
    from ..template import build, load_macros

    return build(content, macros=load_macros() if ribbon else None)


def wanted_edition(wanted: str | None, folder: Path | None) -> Edition:
    """The edition asked for, by its id or its folder's path; the usual one where none is.

    Raises UserError for one that there is not.
    """
    known = _editions(folder)
    try:
        return edition_given(wanted, known)[0] if wanted else known.load()
    except FormError as error:
        raise UserError(f"{error}。") from None


def _editions(folder: Path | None) -> Editions:
    """The package's editions and those beside the workbook.  Raises UserError where one is wrong."""
    try:
        return editions_beside(folder)
    except FormError as error:
        raise UserError(f"{error}。") from None


def _next_edition(last: Edition, year: int | None, known: Editions) -> tuple[Edition, str]:
    """The newest edition of the region that is not newer than the year, and a sentence about it."""
    found = (known.for_year(last.region, year) if year else None) or last
    if found.id != last.id:
        return found, f"版式：上年是{last.name}，今年用{found.name}（{found.id}）。"
    if year and year > found.year:
        return found, f"版式：还没有{year}年度的，沿用{found.name}（{found.id}）。"
    return found, ""
