"""From 元 to 万元 in a workbook file, with the sheet 单位换算记录.

An .xlsx or .xlsm is patched in place, whoever made it: its amounts, printed units and input sheets
change, everything else in it stays.  Other formats cannot be written back; they go into the
template, as ``import`` does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from ..errors import UserError
from ..fill.ledger import ledger
from ..fill.to_wan import Cell, Converted, ConvertError, convert, corrections
from ..model.book import Book
from ..model.content import content_of
from ..model.edits import CellEdit
from ..model.grid import Grid
from ..model.inputs import load_inputs
from ..model.money import WAN, round_half_up
from ..narrate import FIRST_ROW, reason_edits
from ..ooxml.added_sheet import with_sheet
from ..ooxml.package import PackageError
from ..validate.rules import Rule
from .read import book_from_bytes
from .workbook import Changed, Workbook, apply

_REASON_AMOUNTS = (3, 4, 5)  # columns of 原因说明 that hold amounts


class Conversion(NamedTuple):
    """A converted workbook file.

    ``replaced`` are cells whose formula gave way to its amount.  ``imported`` tells that the
    publication was taken into the template because its file cannot be written back.
    """

    data: bytes
    book: Book
    converted: Converted
    replaced: tuple[CellEdit, ...] = ()
    imported: bool = False
    changed: bool = True
    note: str = ""


def planned(
    book: Book,
    grids: Mapping[str, Grid],
    *,
    balanced: bool = False,
    formulas: Collection[Cell] = (),
    rules: Sequence[Rule] = (),
) -> tuple[Converted, tuple[CellEdit, ...]]:
    """The conversion, and all edits of a workbook with its sheets: 原因说明 follows the figures.

    For a file and for open Excel alike; nothing is read or written.  After writing and
    recalculating, ``corrections`` says which formulas do not come to their amount.  Raises
    ConvertError.
    """
    converted = convert(book, grids, balanced=balanced, formulas=formulas, rules=rules)
    grid = grids.get(load_inputs().reasons_sheet)
    reasons = {
        (edit.row, edit.column): edit
        for edit in (*_reason_amounts(book, grid or ()), *reason_edits(converted.book, grid))
        if (edit.sheet, edit.row, edit.column) not in formulas
    }
    if not converted.edits and not converted.moved:
        return converted, ()
    return converted, (*converted.edits, *reasons.values())


def _reason_amounts(book: Book, grid: Grid) -> Iterator[CellEdit]:
    """Amounts on lines of 原因说明 that nothing brings up to date any more."""
    if book.unit == WAN:
        return
    sheet = load_inputs().reasons_sheet
    for number, row in enumerate(grid, 1):
        if number < FIRST_ROW or not row or not str(row[0]).strip():
            continue
        for column in _REASON_AMOUNTS:
            value = row[column - 1] if column <= len(row) else None
            if isinstance(value, int | float) and not isinstance(value, bool) and value:
                fen = round(Decimal(repr(value)) * book.unit.fen)
                shown = round_half_up(fen, WAN.last_digit)
                yield CellEdit(sheet, number, column, Decimal(WAN.exact_text(shown)))


def convert_workbook(workbook: Workbook, *, balanced: bool = False) -> Conversion:
    """Convert an opened workbook.  Raises UserError with one Chinese sentence."""
    data, name = workbook.data, str(workbook.path)
    package = data[:2] == b"PK" and workbook.path.suffix.lower() in (".xlsx", ".xlsm")
    try:
        found = _patched(workbook, balanced) if package else _rebuilt(workbook, balanced)
    except ConvertError as error:
        raise UserError(f"“{name}”：{error}。") from None
    except PackageError as error:
        raise UserError(f"“{name}”没有改动：{error}。") from None
    for ref, figure in found.converted.book.figures.items():
        after = found.book.figures.get(ref)
        if after is None or after.fen != figure.fen:
            raise UserError(
                f"“{name}”没有换算：写好后再读，{figure.place}的数和换算结果不一致；"
                "多半是这一格的公式算不出来，请先把它改成数值。"
            )
    return found


def _patched(workbook: Workbook, balanced: bool) -> Conversion:
    from ..ooxml.formulas import formula_cells
    from ..ooxml.patch import set_cached_values

    data, name, editions = workbook.data, str(workbook.path), workbook.sheets.editions
    formulas = formula_cells(data)
    converted, edits = planned(
        workbook.book,
        workbook.grids,
        balanced=balanced,
        formulas=formulas,
        rules=workbook.own_rules,
    )
    if not edits and not converted.by_formula:
        return Conversion(data, workbook.book, converted, changed=False)
    # A printed unit by formula shows the old one until it is calculated, and would be believed.
    labelled = set_cached_values(data, converted.labels) if converted.labels else data
    changed = apply(labelled, name, edits, editions=editions)
    replaced = corrections(converted, changed.book)
    if replaced:
        again = apply(changed.data, name, replaced, editions=editions)
        changed = Changed(again.data, again.book, (*changed.edits, *replaced), again.note)
    if not changed.edits:
        return Conversion(data, workbook.book, converted, changed=False)
    return Conversion(
        with_sheet(changed.data, ledger(converted)),
        changed.book,
        converted,
        replaced,
        note=changed.note,
    )


def _rebuilt(workbook: Workbook, balanced: bool) -> Conversion:
    from ..template import build

    converted, _ = planned(
        workbook.book, workbook.grids, balanced=balanced, rules=workbook.own_rules
    )
    plain = build(content_of(converted.book))
    book, _ = book_from_bytes(
        plain, str(workbook.path), editions=workbook.sheets.editions, edition=workbook.book.edition
    )
    # The ledger leads to the cells of the new workbook; what it has no cell for is not compared.
    figures = {n: f for n, f in converted.book.figures.items() if f.fen is not None}
    places = {name: figure.place for name, figure in book.figures.items()}
    kept = converted._replace(
        book=converted.book._replace(figures=figures),
        moved=tuple(m._replace(place=places.get(m.ref, m.place)) for m in converted.moved),
        remainders=tuple(
            r._replace(cells=tuple(book.cell_ref(cell.ref) for cell in r.cells))
            for r in converted.remainders
        ),
    )
    return Conversion(with_sheet(plain, ledger(kept)), book, kept, imported=True)
