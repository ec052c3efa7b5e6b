"""Writing values into a workbook file.

Only the cells that change are written anew.  Charts, pictures, comments, conditional formats,
macros, every other byte of the sheet and every other part of the file stay as they are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from xlbudget.errors import UserError
from xlbudget.model.addresses import address
from xlbudget.model.edits import CellEdit
from xlbudget.ooxml.formulas import (
    LAST_COLUMN,
    LAST_ROW,
    Area,
    FormulaCell,
    Place,
    array_areas,
    formula_attributes,
    formulas_of,
    shifted,
    without_chain_entries,
    without_reference,
)
from xlbudget.ooxml.package import Package, SheetPart, elements, unescaped
from xlbudget.ooxml.sheetxml import EMPTY, Content, SheetXml

LONGEST_TEXT = 32_767
"""Characters a cell can hold, counted as Excel counts them (UTF-16 units)."""


class PatchError(UserError):
    """The edit cannot be made; the message is one Chinese sentence for the user."""


class CellError(NamedTuple):
    """An error as a formula's value, such as ``#DIV/0!``."""

    code: str


CellValue = Decimal | int | str | None
CachedValue = Decimal | int | float | str | bool | CellError


class Result(NamedTuple):
    """A formula as its cell holds it (the whole ``<f>`` element), and what it comes to."""

    formula: bytes
    value: CachedValue


def patch_workbook(data: bytes, edits: Iterable[CellEdit]) -> bytes:
    """The workbook with those cells changed, as ``patch_package`` changes them."""
    return patch_package(Package(data), edits).data


def patch_package(
    package: Package,
    edits: Iterable[CellEdit],
    heights: Mapping[tuple[str, int], float | None] | None = None,
) -> Package:
    """The workbook with those cells changed; of several edits of one cell the last counts.

    Texts are written as inline strings, without the characters XML cannot hold; an empty text
    empties the cell, as None does.  Formats stay.  A formula in an edited cell is removed, a
    hidden row that receives a value is shown.  Formulas that depend on the cells keep their old
    values until they are recalculated.  ``heights`` are those of rows with edited cells, in points.

    PackageError if the file cannot be read, PatchError if an edit cannot be made (no such sheet,
    a text too long, part of an array formula).  TypeError for a value that is none of
    ``CellEdit``'s kinds.
    """
    by_sheet: dict[str, dict[tuple[int, int], CellValue]] = {}
    for edit in edits:
        by_sheet.setdefault(edit.sheet, {})[edit.row, edit.column] = edit.value
    changes: dict[str, bytes | None] = {}
    removed: set[tuple[int, str]] = set()
    for name, values in by_sheet.items():
        part = _part(package, name)
        sheet = SheetXml(package.read(part.part))
        _release_formulas(name, sheet, values.keys())
        for (row, column), value in values.items():
            if not (1 <= row <= LAST_ROW and 1 <= column <= LAST_COLUMN):
                raise PatchError(f"工作表“{name}”没有第 {row} 行第 {column} 列，无法写入")
            sheet.put(row, column, _content(value, sheet, f"{name}!{address(row, column)}"))
        for (sheet_name, row), points in (heights or {}).items():
            if sheet_name == name:
                sheet.set_height(row, points)
        _note(changes, part, sheet)
        removed |= {(part.sheet_id, address(*place)) for place in sheet.dropped}
    if removed:
        changes |= shortened_chain(package, removed)
    return package.with_parts(changes) if changes else package


def set_cached_values(data: bytes, values: Mapping[Place, CachedValue]) -> bytes:
    """The workbook with other results in its formula cells; the formulas stay.

    Cells inside an array formula's range count as formula cells.  PatchError for a cell that is
    none, or a sheet that is not there; PackageError if the file cannot be read.
    """
    package = Package(data)
    results: dict[Place, Result] = {}
    for name in dict.fromkeys(place[0] for place in values):
        cells = formulas_of(package.read(_part(package, name).part))
        formulas = {(cell.row, cell.column): cell.formula for cell in cells}
        areas = array_areas(cells)
        for place, value in values.items():
            if place[0] != name:
                continue
            formula = formulas.get(place[1:])
            if formula is None and not any(area.covers(*place[1:]) for area in areas):
                where = f"{name}!{address(*place[1:])}"
                raise PatchError(f"{where} 不是公式单元格，没有可更新的计算结果")
            results[place] = Result(formula or b"", value)
    return with_results(package, results).data


def with_results(package: Package, results: Mapping[Place, Result]) -> Package:
    """The workbook with other results in cells whose formulas are known; PatchError as above."""
    by_sheet: dict[str, dict[tuple[int, int], Result]] = {}
    for (name, row, column), result in results.items():
        by_sheet.setdefault(name, {})[row, column] = result
    changes: dict[str, bytes | None] = {}
    for name, cells in by_sheet.items():
        part = _part(package, name)
        sheet = SheetXml(package.read(part.part), results_only=True)
        for place, (formula, value) in cells.items():
            kind, inner = _cached_content(value, sheet, f"{name}!{address(*place)}")
            sheet.put(*place, Content(kind, formula + inner))
        _note(changes, part, sheet)
    return package.with_parts(changes) if changes else package


def _part(package: Package, name: str) -> SheetPart:
    for part in package.sheets:
        if part.name == name:
            return part
    raise PatchError(f"工作簿里没有名为“{name}”的工作表，请核对表名")


def _note(changes: dict[str, bytes | None], part: SheetPart, sheet: SheetXml) -> None:
    result = sheet.result()
    if result != sheet.xml:
        changes[part.part] = result


# ---------------------------------------------------------------- what goes into a cell

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Excel reads `_x000D_` in a text as the character of that number; a literal one is written so.
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_KEEP_SPACE = b' xml:space="preserve"'


def _content(value: CellValue, sheet: SheetXml, where: str) -> Content:
    if value is None:
        return EMPTY
    if isinstance(value, str):
        text = _writable(value, where)
        if not text:
            return EMPTY
        inner = sheet.element(b"t", text, _KEEP_SPACE)
        return Content(b"inlineStr", b"<%bis>%b</%bis>" % (sheet.prefix, inner, sheet.prefix))
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError(f"not a value for a cell: {value!r}")
    return Content(b"", sheet.element(b"v", _digits(value, where)))


def _cached_content(value: CachedValue, sheet: SheetXml, where: str) -> Content:
    if isinstance(value, bool):
        return Content(b"b", sheet.element(b"v", "1" if value else "0"))
    if isinstance(value, CellError):
        return Content(b"e", sheet.element(b"v", value.code))
    if isinstance(value, str):
        text = _writable(value, where)
        space = _KEEP_SPACE if text != text.strip() else b""
        return Content(b"str", sheet.element(b"v", text, space))
    return Content(b"", sheet.element(b"v", _digits(value, where)))


def _digits(value: Decimal | int | float, where: str) -> str:
    """The number as XML holds it: a Decimal's own digits, a float's shortest that read back."""
    if not math.isfinite(value):
        raise PatchError(f"要写入 {where} 的不是有效的数字，请核对")
    if isinstance(value, Decimal):
        return format(value, "f") if -30 < value.adjusted() < 30 else str(value)
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return str(value)


def _writable(text: str, where: str) -> str:
    text = _NOT_IN_XML.sub("", text.replace("\r\n", "\n"))
    units = len(text) + sum(character > "\uffff" for character in text)
    if units > LONGEST_TEXT:
        raise PatchError(
            f"要写入 {where} 的文字有 {units} 个字符，"
            f"超过 Excel 单元格的上限 {LONGEST_TEXT} 个，请缩短"
        )
    return _LOOKS_ESCAPED.sub("_x005F_", text)


# ---------------------------------------------------------------- formulas that give way


def _release_formulas(name: str, sheet: SheetXml, edited: Collection[tuple[int, int]]) -> None:
    """Prepare the formulas in edited cells for removal.

    PatchError for part of an array formula.  A shared formula is handed to the next cell.
    """
    # Plain formulas concern their own cell only; most sheets hold no others.
    if not any(kind in sheet.xml for kind in (b"array", b"dataTable", b"shared")):
        return
    cells = formulas_of(sheet.xml)
    for area in array_areas(cells):
        touched = [place for place in edited if area.covers(*place)]
        # An array of one cell may go; of any other Excel would be left with half.
        if touched and not area.is_single:
            raise PatchError(
                f"{name}!{address(*touched[0])} 属于数组公式区域 {area.text()}，"
                "不能只改其中一格，请在 Excel 中处理"
            )
    gone = [cell for cell in cells if (cell.row, cell.column) in edited]
    for cell in gone:
        attributes = formula_attributes(cell.formula)
        if attributes.get("t") == "shared" and "ref" in attributes:
            followers = _followers(attributes.get("si", ""), cells, edited)
            if followers:
                _hand_over(name, sheet, cell, attributes.get("si", ""), followers)


def _followers(
    group: str, cells: Iterable[FormulaCell], edited: Collection[tuple[int, int]]
) -> list[FormulaCell]:
    """The cells that take their formula from the group's first cell and keep it."""
    found = []
    for cell in cells:
        if b"shared" in cell.formula and (cell.row, cell.column) not in edited:
            attributes = formula_attributes(cell.formula)
            if attributes.get("si") == group and "ref" not in attributes:
                found.append(cell)
    return found


def _hand_over(
    name: str, sheet: SheetXml, master: FormulaCell, group: str, followers: list[FormulaCell]
) -> None:
    """Write a shared formula into the first of the cells that go on sharing it."""
    heir = followers[0]
    written = master.formula[master.formula.find(b">") + 1 : master.formula.rfind(b"</")]
    try:
        text = shifted(
            unescaped(written.decode()), heir.row - master.row, heir.column - master.column
        )
    except ValueError as error:
        raise PatchError(
            f"{name}!{address(master.row, master.column)} 的公式与其他单元格共用，"
            "不能单独替换，请在 Excel 中改写这一格"
        ) from error
    area = Area(
        min(cell.row for cell in followers),
        min(cell.column for cell in followers),
        max(cell.row for cell in followers),
        max(cell.column for cell in followers),
    )
    marks = f' t="shared" ref="{area.text()}" si="{group}"'.encode()
    sheet.splice(heir.at, heir.at + len(heir.formula), sheet.element(b"f", text, marks))


def shortened_chain(
    package: Package, removed: Collection[tuple[int, str]]
) -> dict[str, bytes | None]:
    """The parts to change so that the calculation chain no longer names those cells."""
    chain = package.find(package.workbook_part.rpartition("/")[0] + "/calcChain.xml")
    if chain is None:
        return {}
    old = package.read(chain)
    new = without_chain_entries(old, removed)
    if new == old:
        return {}
    changes: dict[str, bytes | None] = {chain: new}
    types = package.find("[Content_Types].xml")
    if new is None and types is not None:
        # An empty chain is not allowed: the part goes, and what points to it.
        name = "/" + chain.lstrip("/")
        changes[types] = without_reference(package.read(types), "Override", "PartName", name)
        xml = package.read(package.relations_part)
        for relation in elements(xml, "Relationship"):
            if relation.get("Type", "").endswith("/calcChain"):
                xml = without_reference(xml, "Relationship", "Id", relation.get("Id", ""))
        changes[package.relations_part] = xml
    return changes
