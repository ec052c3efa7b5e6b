"""An in-memory Excel with a workbook open, and what pyOpenVBA's Excel lacks: dialogs that are
answered from a list, and conditional formats.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from pyopenvba.apps.excel import ExcelApplication
from pyopenvba.apps.excel._calc import Calculator
from pyopenvba.apps.excel._io import save_workbook
from pyopenvba.apps.excel._model import Application, Cell, Range, Workbooks, Worksheet
from pyopenvba.apps.excel._notes import NoteShape
from pyopenvba.interpreter._objects import MemberSpec, VBAObject, member, method, setter
from pyopenvba.interpreter._values import EMPTY, MISSING, VBAInt, error, to_text

from tests.excel import windows
from xlbudget.model.addresses import address

YES, NO = 6, 7


_HEAD = re.compile(r'="(.*)"&(cover_\w+)')


class _Still(Calculator):
    """Formulas keep the values they were saved with: working out thousands takes minutes here.

    Only what a table's head takes from the cover (单位：元) is worked out.
    """

    def wrote(self, sheet: str, row: int, column: int) -> None:
        pass

    def remember(self, sheet: str, row: int, column: int, cell: Cell) -> None:
        pass

    def value_of(self, sheet: str, row: int, column: int, *, force: bool = False) -> object:
        cell = self.book.sheet_named(sheet).cells_.get((row, column))
        if cell is None:
            return EMPTY
        match = _HEAD.fullmatch(cell.formula)
        if match is None:
            return cell.value
        name = next(e for e in self.book.names_.entries if e.name == match[2])
        place = name.refers_to.lstrip("=").rpartition("!")
        other = self.book.sheet_named(place[0].strip("'"))
        return match[1] + to_text(other.vba_get("Range", [place[2]]).vba_get("Value"))


class Office:
    """Excel with workbooks open; ``said`` is what its message boxes said, ``answers`` what the
    next dialogs come back with."""

    def __init__(self, path: Path) -> None:
        self.excel = ExcelApplication.open(path, with_vba=False)
        self.excel.workbook._calculator = _Still(self.excel.workbook)
        self.said: list[str] = []
        self.answers: list[object] = []
        self.excel.application.office = self
        windows.attach(self.excel.application)

    def open_beside(self, path: Path) -> None:
        """Open another workbook and make it the active one."""
        self.excel.application.workbooks_.Open(str(path))
        self.book._calculator = _Still(self.book)

    @property
    def book(self) -> Any:
        return self.excel.workbook

    def sheet(self, name: str) -> Worksheet:
        found: Worksheet = self.book.sheet_named(name)
        return found

    def value(self, sheet: str, cell: str) -> object:
        return self.excel.sheet(sheet).value(cell)

    def put(self, sheet: str, cell: str, value: object) -> None:
        """Type into a cell, protected or not."""
        target = self.sheet(sheet)
        protection, target.protection = target.protection, None
        self.excel.sheet(sheet).set_value(cell, "" if value is None else value)
        target.protection = protection

    def saved(self) -> Path:
        """What Excel would save, in a file of its own; the open workbook stays as it is."""
        target = Path(tempfile.mkdtemp()) / self.book.name
        save_workbook(self.book, target)
        return target

    def note(self, sheet: str, cell: str) -> str | None:
        comment = self.range(sheet, cell).vba_get("Comment")
        return to_text(comment.vba_get("Text")) if isinstance(comment, VBAObject) else None

    def range(self, sheet: str, cell: str) -> Any:
        return self.sheet(sheet).vba_get("Range", [cell])

    @property
    def selected(self) -> str:
        sheet = self.book.active_sheet
        cell = sheet.active_cell.first
        return f"{sheet.name}!{address(cell.top, cell.left)}"

    def state_of(self, name: str) -> dict[str, Any]:
        """The state of a workbook that is open but not active."""
        return self.state(next(b for b in self.excel.workbooks() if b.name == name))

    def state(self, book: Any = None) -> dict[str, Any]:
        """Everything that 清除标记 must bring back: values, notes, conditional formats, protection."""
        return {
            sheet.name: (
                {
                    place: (cell.value, cell.formula, cell.number_format)
                    for place, cell in sheet.cells_.items()
                    if not cell.is_blank()
                },
                {place: note.text for place, note in sheet.notes.items()},
                [vars(entry) for entry in conditions(sheet)],
                sheet.protection,
                sheet.visible,
            )
            for sheet in (book or self.book).sheets_
        }


# ---------------------------------------------------------------- conditional formats


def conditions(sheet: Worksheet) -> list[FormatCondition]:
    """The conditional formats that were added to a sheet, the first in order of priority first."""
    found: list[FormatCondition] = vars(sheet).setdefault("added_conditions", [])
    return found


class Interior(VBAObject):
    def __init__(self, entry: FormatCondition) -> None:
        self._entry = entry

    @member
    def Color(self) -> object:
        return self._entry.colour

    @setter("Color")
    def _set_color(self, value: object) -> None:
        self._entry.colour = int(value)  # type: ignore[call-overload]


class FormatCondition(VBAObject):
    def __init__(self, target: Range, formula: str) -> None:
        self.sheet = target.sheet
        self.cells = frozenset(target.positions())
        self.formula = formula
        self.colour = 0

    @member
    def Type(self) -> object:
        return VBAInt(2, "Long")

    @member
    def Formula1(self) -> object:
        return self.formula

    @member
    def Interior(self) -> object:
        return Interior(self)

    @method
    def SetFirstPriority(self) -> object:
        conditions(self.sheet).remove(self)
        conditions(self.sheet).insert(0, self)
        return None

    @method
    def Delete(self) -> object:
        _require_open(self.sheet)
        conditions(self.sheet).remove(self)
        return None


class FormatConditions(VBAObject):
    def __init__(self, target: Range) -> None:
        self._target = target

    @member
    def Count(self) -> object:
        return VBAInt(len(conditions(self._target.sheet)), "Long")

    @member(default=True)
    def Item(self, Index: object = MISSING) -> object:
        if Index is MISSING:
            raise error(449)
        return conditions(self._target.sheet)[int(Index) - 1]  # type: ignore[call-overload]

    @method
    def Add(
        self,
        Type: object = MISSING,
        Operator: object = MISSING,
        Formula1: object = MISSING,
    ) -> object:
        assert (Type, Operator) == (2, MISSING)
        _require_open(self._target.sheet)
        entry = FormatCondition(self._target, to_text(Formula1))
        conditions(self._target.sheet).append(entry)
        return entry


def _require_open(sheet: Worksheet) -> None:
    if sheet.protection is not None and sheet.protection.contents:
        raise error(1004, "the sheet is protected")


# ---------------------------------------------------------------- rows and pages


class PageSetup(VBAObject):
    """What is printed; ``values`` are those that were set."""

    def __init__(self, sheet: Worksheet) -> None:
        self.values: dict[str, object] = vars(sheet).setdefault("page", {})

    def vba_set(self, name: str, value: object, args: Any = ()) -> None:
        self.values[name] = value


def fitted(sheet: Worksheet) -> set[int]:
    """The rows that were made as high as their texts."""
    found: set[int] = vars(sheet).setdefault("fitted_rows", set())
    return found


def _auto_fit(self: Any) -> None:
    _require_open(self.sheet)
    for area in self.areas:
        fitted(self.sheet).update(range(area.top, area.bottom + 1))


# ---------------------------------------------------------------- dialogs


def _answer(self: Any, *_: object) -> object:
    return self.office.answers.pop(0)


def _input_box(self: Any, Prompt: object, Title: object, Default: object, *_: object) -> object:
    self.office.said.append(to_text(Prompt))
    return self.office.answers.pop(0)


def _message_box(self: Any, text: str, style: int) -> int:
    self.office.said.append(text)
    if style % 16 == 4:
        return YES if self.office.answers.pop(0) else NO
    return 1


_open_file = Workbooks._vba_members["open"].getter


def _open(self: Any, filename: object, *_: object) -> object:
    assert _open_file is not None
    return _open_file(self, filename)


def _fill_gaps() -> Iterator[tuple[type[VBAObject], MemberSpec]]:
    yield Application, MemberSpec("Hwnd", "property", lambda self: VBAInt(windows.HWND, "Long"))
    box = ("Prompt", "Title", "Default", "Left", "Top", "HelpFile", "HelpContextID", "Type")
    yield Application, MemberSpec("InputBox", "method", _input_box, parameters=box)
    files = ("InitialFilename", "FileFilter", "FilterIndex", "Title", "ButtonText")
    yield Application, MemberSpec("GetOpenFilename", "method", _answer, parameters=files[1:])
    yield Application, MemberSpec("GetSaveAsFilename", "method", _answer, parameters=files)
    rest = tuple(f"Argument{number}" for number in range(2, 16))
    yield Workbooks, MemberSpec("Open", "method", _open, parameters=("Filename", *rest))
    yield Range, MemberSpec("FormatConditions", "property", FormatConditions)
    yield Range, MemberSpec("AutoFit", "method", _auto_fit)
    yield Worksheet, MemberSpec("PageSetup", "property", PageSetup)


def _ignore(self: Any, value: object) -> None:
    """A note's size is not kept."""


for _name in ("width", "height"):
    NoteShape._vba_members[_name] = replace(NoteShape._vba_members[_name], setter=_ignore)
Application.message_box = _message_box
for _kind, _spec in _fill_gaps():
    _kind._vba_members[_spec.name.lower()] = _spec
