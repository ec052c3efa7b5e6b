"""The work on one workbook file: open, check, fill, narrate, mark.  Bytes in, bytes out.

The command line and the samples use these; what they change is a list of cell edits that comes from
the core, the same as in open Excel.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..model.book import Book, Finding
from ..model.edits import CellEdit
from ..model.forms import PACKAGED, Editions, FormError, edition_given, editions_beside
from ..model.grid import Grid
from ..model.inputs import load_inputs
from ..ooxml.formulas import Place, formula_cells
from ..validate import Report, Rule, validate
from ..validate.local import load_local, rules_from_sheet
from .collector import unbroken
from .errors import ReadError
from .read import (
    Sheets,
    book_and_sheets,
    book_from_bytes,
    read_bytes,
    read_sheets,
)

if TYPE_CHECKING:
    from ..fill import Filled

# What only writing needs is imported where it is used: checking a clean workbook is the commonest
# job, and its start-up is half its time.


class Workbook(NamedTuple):
    """An opened workbook.

    ``own_rules`` come from ``rules.toml`` and sheet 自定义公式; ``sheets`` is all that was read.
    In open Excel ``data`` is empty and ``path`` is the workbook's name.
    """

    path: Path
    data: bytes
    book: Book
    grids: dict[str, Grid]
    own_rules: tuple[Rule, ...]
    own_findings: tuple[Finding, ...]
    sheets: Sheets


class Changed(NamedTuple):
    """A workbook after edits: its bytes, the book read back from them, and what could not be done.

    ``note`` says in Chinese why formulas were not recalculated, or is empty.
    """

    data: bytes
    book: Book
    edits: tuple[CellEdit, ...]
    note: str = ""


@unbroken
def open_workbook(path: Path, *, edition: str | None = None) -> Workbook:
    """Open a workbook file.  Raises ReadError with one Chinese sentence.

    Editions of the office's own are looked for in the folder ``editions`` beside the workbook;
    ``edition`` is the id of one, or the path of its folder, that a person asks for.
    """
    data = read_bytes(path)
    try:
        known, chosen = editions_beside(path.parent), None
        if edition:
            chosen, known = edition_given(edition, known)
    except FormError as error:
        raise ReadError(f"{error}。") from None
    book, sheets = book_and_sheets(data, str(path), editions=known, edition=chosen)
    return assembled(path, data, book, sheets, path.parent)


def assembled(path: Path, data: bytes, book: Book, sheets: Sheets, folder: Path | None) -> Workbook:
    """A workbook with its office's own rules, from a file or (``data`` empty) from open Excel.

    Raises ReadError when none of the nine tables is there.
    """
    if not book.tables:
        raise ReadError(
            f"“{path}”里没有找到九张表中的任何一张；请检查是不是决算公开的工作簿，"
            "各表的标题（例如“收入支出决算总表”）还在不在。"
        )
    rules, findings = own_rules(book, sheets.grids, folder)
    book = book._replace(own=tuple(_own(book, sheets, folder)))
    return Workbook(path, data, book, sheets.grids, rules, findings, sheets)


def _own(book: Book, sheets: Sheets, folder: Path | None) -> Iterator[str]:
    """What lies beside the workbook and is used: said to whoever reads what came of it."""
    edition = sheets.editions.own.get(book.edition.id)
    if edition is not None:
        yield f"版式“{book.edition.name}”（{edition}）"
    if folder and (folder / "rules.toml").is_file():
        yield f"自定义规则（{folder / 'rules.toml'}）"


def own_rules(
    book: Book, grids: dict[str, Grid], folder: Path | None
) -> tuple[tuple[Rule, ...], tuple[Finding, ...]]:
    """An office's own rules, from ``rules.toml`` in the folder and from sheet 自定义公式.

    Also the findings about those that cannot be read.  ``folder`` is None where there is none.
    """
    rules: list[Rule] = []
    findings: list[Finding] = []
    beside = folder / "rules.toml" if folder else None
    if beside and beside.is_file():
        found, wrong = load_local(beside, book.edition)
        rules.extend(found)
        findings.extend(wrong)
    sheet = load_inputs().local_rules_sheet
    if sheet in grids:
        found, wrong = rules_from_sheet(grids[sheet], sheet, book.edition)
        rules.extend(found)
        findings.extend(wrong)
    return tuple(rules), tuple(findings)


@unbroken
def check(
    workbook: Workbook, *, select: Collection[str] = (), ignore: Collection[str] = ()
) -> Report:
    """Validate an opened workbook with the catalogue and its own rules."""
    return validate(
        workbook.book,
        local_rules=workbook.own_rules,
        local_findings=workbook.own_findings,
        select=select,
        ignore=ignore,
    )


def require_package(path: Path, data: bytes) -> None:
    """Raise ReadError unless the file can be written back losslessly (.xlsx, .xlsm)."""
    if data[:2] != b"PK" or path.suffix.lower() == ".ods":
        raise ReadError(
            f"“{path}”是{path.suffix or '旧'}格式，不能直接写回；"
            f"请先运行 xlbudget import “{path}” -o 新文件.xlsx，再对新文件操作。"
        )


def apply(
    data: bytes,
    name: str,
    edits: Sequence[CellEdit],
    sheets: Sheets | None = None,
    *,
    editions: Editions = PACKAGED,
) -> Changed:
    """Write edits into a workbook and bring its formulas up to date.

    ``sheets`` is what was read of the file, where it was; else it follows one of ``editions``.  The changed sheets are read back: the
    returned book is what stands in the new bytes.  Raises ReadError.
    """
    from ..ooxml.package import PackageError
    from ..ooxml.patch import PatchError
    from .refresh import change

    if not edits:
        book, _ = book_from_bytes(data, name, editions=sheets.editions if sheets else editions)
        return Changed(data, book, ())
    try:
        known = sheets or read_sheets(data, name)._replace(editions=editions)
        fresh, book, note = change(known, name, edits)
    except (PackageError, PatchError) as error:
        raise ReadError(f"“{name}”没有改动：{error}。") from None
    return Changed(fresh, book, tuple(edits), note)


def fill_edits(
    book: Book,
    grids: dict[str, Grid],
    formulas: Callable[[set[str]], Collection[Place]],
    *,
    overwrite: bool = False,
) -> tuple[tuple[CellEdit, ...], Filled]:
    """What filling changes: amounts, names and the lines of 原因说明; and what was filled.

    ``formulas`` gives the formula cells (sheet, row, column) of some sheets: they are left alone.
    """
    from ..fill import fill, with_values
    from ..narrate import reason_edits

    filled = fill(book, overwrite=overwrite)
    kept = formulas({edit.sheet for edit in filled.edits})
    edits = tuple(e for e in filled.edits if (e.sheet, e.row, e.column) not in kept)
    # Which reasons are asked for follows from the filled figures.
    reasons = reason_edits(with_values(book, filled.values), grids.get(load_inputs().reasons_sheet))
    return (*edits, *reasons), filled._replace(edits=edits)


@unbroken
def fill_workbook(workbook: Workbook, *, overwrite: bool = False) -> tuple[Changed, Filled]:
    """Fill the derivable cells of a workbook file."""
    require_package(workbook.path, workbook.data)
    formulas = partial(formula_cells, workbook.sheets.package or workbook.data)
    edits, filled = fill_edits(workbook.book, workbook.grids, formulas, overwrite=overwrite)
    return apply(workbook.data, str(workbook.path), edits, workbook.sheets), filled


def reopened(workbook: Workbook) -> Workbook:
    """The workbook with its sheets read again from its bytes, after these have changed."""
    before = workbook.sheets
    book, sheets = book_and_sheets(
        workbook.data,
        str(workbook.path),
        editions=before.editions,
        edition=before.edition or workbook.book.edition,
    )
    return assembled(workbook.path, workbook.data, book, sheets, workbook.path.parent)
