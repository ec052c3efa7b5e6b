"""The active workbook of the Excel that called: sheets in as grids, cell edits out as blocks.

Everything that talks to Excel's object model stands here and in ``marking``; it is written against
the model of Excel for Windows.  Whatever happens, screen updating, events, calculation and the
protection of sheets are as they were afterwards.  Nothing is ever saved.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..errors import UserError
from ..files.bounds import MAX_CELLS
from ..files.errors import ReadError
from ..files.read import Sheets, book_of
from ..files.workbook import Workbook, assembled
from ..model.edits import CellEdit, CellValue
from ..model.forms import FormError, editions_beside
from ..model.grid import Grid
from ..model.inputs import load_inputs
from ..ooxml.formulas import Place
from ..template.row_fit import lines_written
from .blocks import Block, blocks, texts_to_keep
from .cell_values import as_rows, grid_of, holds_currency, without_end
from .com import ComError
from .dialogs import Dialogs, ExcelDialogs
from .list_formats import fit_rows

_VISIBLE = -1
_AUTOMATIC = -4105
_MANUAL = -4135
_NO_PASSWORD = " "  # a sheet without a password opens to any; left out, Excel would ask for one
_ALLOWED = (
    "AllowFormattingCells",
    "AllowFormattingColumns",
    "AllowFormattingRows",
    "AllowInsertingColumns",
    "AllowInsertingRows",
    "AllowInsertingHyperlinks",
    "AllowDeletingColumns",
    "AllowDeletingRows",
    "AllowSorting",
    "AllowFiltering",
    "AllowUsingPivotTables",
)
_TEMPLATE_NAME = "mark_cells"


class Session:
    """One click's dealings with the active workbook."""

    def __init__(self, book: Any, dialogs: Dialogs | None = None) -> None:
        """``book`` is an xlwings Book."""
        self.app = book.app
        self.api = book.api
        self.dialogs = dialogs or ExcelDialogs(book.app)
        self.locked: list[str] = []
        """Sheets that a password kept us from."""
        self._depth = 0

    # ---------------------------------------------------------------- the workbook

    @property
    def name(self) -> str:
        """The workbook's name as its window shows it."""
        return str(self.api.Name)

    @property
    def folder(self) -> Path | None:
        """Where the workbook is saved; None for one never saved or on OneDrive or SharePoint."""
        path = str(self.api.Path)
        return None if not path or "://" in path else Path(path)

    @property
    def is_template(self) -> bool:
        """Whether the workbook is one of ours, with its lists of marks and its check sheet."""
        try:
            return self.api.Names.Item(_TEMPLATE_NAME) is not None
        except ComError:
            return False

    def sheets(self) -> dict[str, Any]:
        """Sheet name → Excel's worksheet, chart sheets left out."""
        all_sheets = self.api.Worksheets
        found = (all_sheets.Item(index) for index in range(1, all_sheets.Count + 1))
        return {str(sheet.Name): sheet for sheet in found}

    def sheet(self, name: str) -> Any:
        """A worksheet by name.  Raises UserError."""
        try:
            return self.api.Worksheets.Item(name)
        except ComError:
            raise UserError(f"工作簿“{self.name}”里没有“{name}”这张工作表。") from None

    # ---------------------------------------------------------------- reading

    def read(self, *, calculate: bool = True) -> Sheets:
        """The sheets that matter, each in one call, as a file's reader gives them.

        ``calculate`` first where the user has switched that off; a function in a cell may not.
        Raises UserError for a sheet that is too large to be one of ours.
        """
        if calculate and self.app.api.Calculation != _AUTOMATIC:
            self.calculate()
        ignored = load_inputs().sheets_not_read
        sheets = {n: sheet for n, sheet in self.sheets().items() if n not in ignored}
        grids = {name: self.grid(name, sheet) for name, sheet in sheets.items()}
        hidden = frozenset(n for n, sheet in sheets.items() if sheet.Visible != _VISIBLE)
        return Sheets(grids, hidden, (), b"", None)

    def calculate(self) -> None:
        """Bring formulas up to date, also where the user has switched that off."""
        self.app.api.Calculate()

    def grid(self, name: str, sheet: Any) -> Grid:
        """The cells of one sheet from A1 on."""
        area = self._used(name, sheet)
        values = area.Value
        raw = area.Value2 if holds_currency(values) else None
        return without_end(grid_of(values, raw))

    def _used(self, name: str, sheet: Any) -> Any:
        area = sheet.Range("A1", sheet.UsedRange)
        rows, columns = area.Rows.Count, area.Columns.Count
        if rows * columns > MAX_CELLS:
            raise ReadError(
                f"“{self.name}”的工作表“{name}”用到了第{rows}行、第{columns}列，太大了；"
                "多半是格式或误填的内容到了最边上，请删掉表格下方和右侧的行列。"
            )
        return area

    def workbook(self, *, calculate: bool = True) -> Workbook:
        """The workbook as the core sees it.  Raises UserError when it holds none of the tables."""
        sheets = self.read(calculate=calculate)
        try:
            sheets = sheets._replace(editions=editions_beside(self.folder))
        except FormError as error:
            raise ReadError(f"{error}。") from None
        book = book_of(sheets, self.name)
        return assembled(Path(self.name), b"", book, sheets, self.folder)

    def formulas(self, names: Collection[str]) -> frozenset[Place]:
        """(sheet, row, column) of the formula cells of these sheets."""
        found: set[Place] = set()
        for name in sorted(names):
            area = self._used(name, self.sheet(name))
            if area.HasFormula is False:
                continue
            found.update(
                (name, row, column)
                for row, line in enumerate(as_rows(area.Formula), 1)
                for column, text in enumerate(line, 1)
                if isinstance(text, str) and text.startswith("=")
            )
        return frozenset(found)

    def last_row(self, name: str) -> int:
        """The last used row of a sheet."""
        used = self.sheet(name).UsedRange
        return int(used.Row + used.Rows.Count - 1)

    # ---------------------------------------------------------------- writing

    def write(self, edits: Sequence[CellEdit]) -> None:
        """Write cell edits in blocks, texts as texts; lines of ours become as high as they need.

        Raises UserError before anything is written where a sheet's password forbids it.
        """
        if not edits:
            return
        names = dict.fromkeys(edit.sheet for edit in edits)
        sheets = {name: self.sheet(name) for name in names}
        with self.quiet(), self.unprotected(names):
            for block in blocks(texts_to_keep(edits)):
                sheets[block.sheet].Range(block.address).NumberFormat = "@"
            for block in blocks(edits):
                sheets[block.sheet].Range(block.address).Value = _values(block)
            for name, lines in lines_written(edits).items():
                fit_rows(sheets[name], *lines)

    def fill_sheet(self, sheet: Any, rows: Sequence[Sequence[CellValue]]) -> None:
        """Write a new sheet from A1 on, texts as texts."""
        name = str(sheet.Name)
        self.write(
            [
                CellEdit(name, r, c, value)
                for r, row in enumerate(rows, 1)
                for c, value in enumerate(row, 1)
                if value is not None
            ]
        )

    def show_rows(self, rows: Sequence[tuple[str, int, int]]) -> None:
        """Take hidden rows (sheet, first, last) out of hiding."""
        with self.quiet(), self.unprotected(dict.fromkeys(sheet for sheet, _, _ in rows)):
            for sheet, first, last in rows:
                self.sheet(sheet).Range(f"A{first}:A{last}").EntireRow.Hidden = False

    def show_used(self, rows: Collection[tuple[str, int]]) -> None:
        """Take these rows (sheet, row), all in use, out of hiding.

        Excel is not asked first: of several rows it tells the first one's state.  Sheets that a password protects stay as they are.
        """
        runs: list[tuple[str, int, int]] = []
        for name, row in sorted(rows):
            if runs and runs[-1][0] == name and runs[-1][2] == row - 1:
                runs[-1] = (name, runs[-1][1], row)
            else:
                runs.append((name, row, row))
        names = dict.fromkeys(name for name, _, _ in runs)
        with self.quiet(), self.unprotected(names, skip=True) as writable:
            for name, first, last in runs:
                if name in writable:
                    self.sheet(name).Range(f"A{first}:A{last}").EntireRow.Hidden = False

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """No flicker, no events and no recalculation meanwhile; all as it was afterwards."""
        if self._depth:
            yield
            return
        api = self.app.api
        before = api.ScreenUpdating, api.EnableEvents, api.Calculation
        self._depth += 1
        try:
            api.ScreenUpdating, api.EnableEvents = False, False
            api.Calculation = _MANUAL
            yield
        finally:
            self._depth -= 1
            api.Calculation = before[2]
            api.EnableEvents = before[1]
            api.ScreenUpdating = before[0]

    @contextmanager
    def unprotected(
        self, names: Collection[str], *, skip: bool = False
    ) -> Iterator[frozenset[str]]:
        """These sheets open to writing, and protected again with the same options afterwards.

        Gives the sheets that can be written.  One that a password protects raises UserError, or
        with ``skip`` is left out and noted in ``locked``.
        """
        opened: list[tuple[Any, tuple[Any, ...], Any]] = []
        writable = set(names)
        try:
            for name in names:
                sheet = self.sheet(name)
                if not _is_protected(sheet):
                    continue
                options, selection = _protection(sheet), sheet.EnableSelection
                if not _opens(sheet):
                    if not skip:
                        raise UserError(
                            f"工作表“{name}”设了保护密码，写不进去；"
                            "请先在“审阅”里撤消工作表保护，再点一次。"
                        )
                    writable.discard(name)
                    self.locked.append(name)
                    continue
                opened.append((sheet, options, selection))
            yield frozenset(writable)
        finally:
            for sheet, options, selection in opened:
                sheet.Protect("", *options)
                sheet.EnableSelection = selection

    def add_sheet(self, name: str) -> Any:
        """A new sheet at the end.  Raises UserError where the workbook's structure is protected."""
        if self.api.ProtectStructure:
            raise UserError(
                f"工作簿“{self.name}”的结构受保护，加不进工作表“{name}”；"
                "请先在“审阅”里点“保护工作簿”取消保护，再点一次。"
            )
        sheets = self.api.Worksheets
        sheet = sheets.Add(After=sheets.Item(sheets.Count))
        sheet.Name = name
        return sheet

    def delete_sheet(self, name: str) -> None:
        """Take a sheet out without asking."""
        api = self.app.api
        before = api.DisplayAlerts
        try:
            api.DisplayAlerts = False
            self.sheet(name).Delete()
        finally:
            api.DisplayAlerts = before

    # ---------------------------------------------------------------- where the user is

    def select(self, sheet: str, cell: str) -> None:
        """Show a cell and select it, as far as the workbook lets us."""
        target = self.sheet(sheet)
        if target.Visible != _VISIBLE:
            raise UserError(f"{sheet}!{cell} 在隐藏的工作表上；请先取消隐藏“{sheet}”。")
        try:
            target.Activate()
            target.Range(cell).Select()
        except ComError:  # a protected sheet may forbid the selection of locked cells
            return

    def selected(self) -> tuple[str, int, int]:
        """Sheet, row and column of the active cell; of merged cells the first one."""
        cell = self.app.api.ActiveCell
        if cell is None:
            return "", 0, 0
        return str(self.api.ActiveSheet.Name), int(cell.Row), int(cell.Column)

    def status(self, text: str) -> None:
        """A line in Excel's status bar."""
        self.app.api.StatusBar = text


def _values(block: Block) -> Any:
    rows = tuple(tuple(_value(value) for value in row) for row in block.rows)
    return rows[0][0] if len(rows) == len(rows[0]) == 1 else rows


def _value(value: object) -> Any:
    """As Excel takes it: numbers as floats (a Decimal would be rounded to four digits)."""
    if value is None:
        return ""
    return value if isinstance(value, str) else float(value)  # type: ignore[arg-type]


def _is_protected(sheet: Any) -> bool:
    """Whether a macro is kept from writing; not where protection is for the user's hand only."""
    return bool(sheet.ProtectContents or sheet.ProtectDrawingObjects) and not sheet.ProtectionMode


def _protection(sheet: Any) -> tuple[Any, ...]:
    """The arguments of Protect after the password, as the sheet has them."""
    allowed = sheet.Protection
    return (
        sheet.ProtectDrawingObjects,
        sheet.ProtectContents,
        sheet.ProtectScenarios,
        sheet.ProtectionMode,
        *(getattr(allowed, name) for name in _ALLOWED),
    )


def _opens(sheet: Any) -> bool:
    try:
        sheet.Unprotect(_NO_PASSWORD)
    except ComError:
        return False
    return True


def attach() -> Session:
    """The active workbook of the Excel that started this Python.  Raises UserError."""
    import xlwings

    if sys.platform == "darwin":
        raise UserError("功能区按钮只支持 Windows 版 Excel；请在终端里用 xlbudget 命令处理文件。")
    app: Any
    try:
        app = xlwings.Book.caller().app
    except KeyError:  # a name with “=” reaches us cut short
        app = xlwings.apps.active
    if app is None or app.api.ActiveWorkbook is None:
        raise UserError("没有打开的工作簿，或者它在“受保护的视图”里；请点“启用编辑”后再试。")
    return Session(app.books.active)
