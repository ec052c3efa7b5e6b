"""校验 in open Excel: the list on 校验结果, colours and notes on the cells, and all of it taken away.

Nothing of the user's is changed, so nothing has to be remembered: in our template the colours come
from the conditional formats that look the cells up on 校验结果; in anybody else's workbook from a
conditional format of our own, which is known by its formula; our notes are known by how they begin,
and a cell that has a note already keeps it.  All of it moves with its cells when rows are inserted.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from ..errors import UserError
from ..files.result_sheets import mark_edits
from ..model.additions import NOTE_HEAD
from ..model.addresses import address, column_letters
from ..model.edits import CellEdit
from ..model.inputs import load_inputs
from ..ooxml.conditional_formats import COLOUR_FORMULA, FILLED_FORMULA
from ..template.text_sheets import (
    ADDED,
    CELL_COLUMN,
    FILLED_COLOUR,
    FINDING_HEADS,
    FINDING_WIDTHS,
    FINDINGS_HEAD,
    MARK_COLOURS,
    MARK_COLUMN,
    findings_end,
)
from ..validate import Report
from ..validate.marks import gravest, marks, notes
from .com import ComError
from .list_formats import colour, dress, fit_rows, print_down_to
from .session import Session

_COLOUR_FORMULA, _FILLED_FORMULA = f"={COLOUR_FORMULA}", f"={FILLED_FORMULA}"
_EXPRESSION = 2
_LONGEST_ADDRESS = 240
_NOTE_WIDTH = 260.0
_RULE_IN_NOTE = re.compile(r"(?:错误|提醒|提示)：(\S+) ")


def mark(session: Session, report: Report, suspects: Mapping[str, list[Any]]) -> list[Stop]:
    """Write a report into 校验结果 and mark its cells; earlier marks go.  Raises UserError.

    Gives the cells to look at, in the order of 校验结果.
    """
    texts = notes(report, suspects)
    template = session.is_template
    with session.quiet():
        _results_sheet(session, template)
        _take_away(session, template)
        sheet = load_inputs().findings_sheet
        edits = mark_edits(report, suspects, session.last_row(sheet))
        session.write(edits)
        numbered = (e.row for e in edits if e.column == 1 and e.value is not None)
        last = max(FINDINGS_HEAD, *numbered)  # the headline stands above the heads
        if not template:
            _lay_out(session, last)
        print_down_to(session.sheet(sheet), len(FINDING_HEADS), findings_end(last - FINDINGS_HEAD))
        places = {(s, cell) for s, cell, _, _ in marks(report, suspects)}
        existing = session.sheets()
        with session.unprotected(
            [name for name in existing if name in {s for s, _ in places}], skip=True
        ) as writable:
            if not template:
                _colour(existing, writable, report, suspects)
            for (name, cell), text in texts.items():
                if name in writable:
                    _note(existing[name].Range(cell), text)
    return distinct(_lines_of(_written(edits), existing))


def clear(session: Session) -> None:
    """Everything that ``mark`` did, undone.  Raises UserError."""
    template = session.is_template
    sheet = load_inputs().findings_sheet
    with session.quiet():
        _take_away(session, template, tints=True)
        if template:
            session.write(mark_edits(None, {}, session.last_row(sheet)))
        elif sheet in session.sheets() and _is_ours(session.sheet(sheet)):
            session.delete_sheet(sheet)


def tint(session: Session, edits: Sequence[CellEdit]) -> None:
    """Show which cells were filled, until ``clear``; a finding's colour covers the tint."""
    cells: dict[str, dict[str, None]] = {}
    for edit in edits:
        cells.setdefault(edit.sheet, {})[address(edit.row, edit.column)] = None
    existing = session.sheets()
    with session.quiet(), session.unprotected(list(cells), skip=True) as writable:
        for name in (name for name in cells if name in writable):
            for addresses in _joined(cells[name]):
                conditions = existing[name].Range(addresses).FormatConditions
                entry = conditions.Add(Type=_EXPRESSION, Formula1=_FILLED_FORMULA)
                entry.Interior.Color = colour(FILLED_COLOUR)


# ---------------------------------------------------------------- cells


def _take_away(session: Session, template: bool, *, tints: bool = False) -> None:
    """Our notes, outside the template our colours, and the tints of filled cells if so wanted."""
    formulas = {*([] if template else [_COLOUR_FORMULA]), *([_FILLED_FORMULA] if tints else [])}
    for name, sheet in session.sheets().items():
        ours = list(_our_colours(sheet, formulas)) if formulas else []
        ours += _our_notes(sheet)
        if not ours:
            continue
        with session.unprotected([name], skip=True) as writable:
            if name in writable:
                for thing in ours:
                    thing.Delete()


def _our_notes(sheet: Any) -> list[Any]:
    comments = sheet.Comments
    every = [comments.Item(index) for index in range(1, comments.Count + 1)]
    return [comment for comment in every if str(comment.Text()).startswith(NOTE_HEAD)]


def _our_colours(sheet: Any, formulas: Collection[str]) -> Iterator[Any]:
    """From the last to the first, so that deleting one does not move the others."""
    formats = sheet.Cells.FormatConditions
    for index in range(formats.Count, 0, -1):
        entry = formats.Item(index)
        if entry.Type == _EXPRESSION and entry.Formula1 in formulas:
            yield entry


def _note(cell: Any, text: str) -> None:
    try:
        comment = cell.AddComment(text)
    except ComError:  # it has a note or a threaded comment already: that stays as it is
        return
    lines = sum(1 + len(line) // 20 for line in text.splitlines())
    comment.Shape.Width, comment.Shape.Height = _NOTE_WIDTH, 18.0 + 14.0 * lines


def _colour(
    sheets: Mapping[str, Any],
    writable: frozenset[str],
    report: Report,
    suspects: Mapping[str, list[Any]],
) -> None:
    """Each marked cell in the colour of the gravest that is said of it."""
    words = gravest(report, suspects, tuple(MARK_COLOURS))
    entries = [(sheet, word, cell) for (sheet, cell), word in words.items()]
    for (sheet, word), group in groupby(entries, key=lambda entry: entry[:2]):
        if sheet not in writable:
            continue
        for addresses in _joined(cell for _, _, cell in group):
            target = sheets[sheet].Range(addresses)
            entry = target.FormatConditions.Add(Type=_EXPRESSION, Formula1=_COLOUR_FORMULA)
            entry.SetFirstPriority()
            entry.Interior.Color = colour(MARK_COLOURS[word])


def _joined(cells: Iterable[str]) -> Iterator[str]:
    """``C8,D9,…``: addresses together as far as Excel takes them."""
    text = ""
    for cell in cells:
        if text and len(text) + len(cell) > _LONGEST_ADDRESS:
            yield text
            text = ""
        text = f"{text},{cell}" if text else cell
    if text:
        yield text


# ---------------------------------------------------------------- 校验结果 in other workbooks


def _is_ours(sheet: Any) -> bool:
    return bool(sheet.Range("A3").Value == ADDED)


def _results_sheet(session: Session, template: bool) -> None:
    """Make sure that there is a sheet 校验结果 that is ours."""
    name = load_inputs().findings_sheet
    existing = session.sheets()
    if template and name in existing:
        return
    if name in existing:
        if not _is_ours(existing[name]):
            raise UserError(
                f"工作簿“{session.name}”里已经有一张别的“{name}”；请先给它改个名字，再点“校验”。"
            )
        # An earlier run of ours: a fresh sheet is simplest.
        session.delete_sheet(name)
    before = session.api.ActiveSheet
    sheet = session.add_sheet(name)
    last = column_letters(len(FINDING_HEADS))
    sheet.Range(f"A1:A{FINDINGS_HEAD - 3}").Value = ((name,), ("",), (ADDED,))
    sheet.Range(f"A{FINDINGS_HEAD}:{last}{FINDINGS_HEAD}").Value = (FINDING_HEADS,)
    before.Activate()


def _lay_out(session: Session, last: int) -> None:
    """Looks, links and hidden helper columns of a sheet that we added."""
    sheet = session.sheet(load_inputs().findings_sheet)
    first = FINDINGS_HEAD + 1
    dress(sheet, FINDING_WIDTHS[: len(FINDING_HEADS)], FINDINGS_HEAD, last)
    if last < first:
        return
    fit_rows(sheet, first, last)
    cell = column_letters(CELL_COLUMN)
    link = f'=IF({cell}{first}="","",HYPERLINK("#\'"&D{first}&"\'!"&{cell}{first},{cell}{first}))'
    sheet.Range(f"E{first}:E{last}").Formula = link
    for column in (CELL_COLUMN, MARK_COLUMN, MARK_COLUMN + 1):
        sheet.Range(f"{column_letters(column)}1").EntireColumn.Hidden = True


def rules_noted(session: Session, sheet: str, cell: str) -> list[str]:
    """The rules that our note on a cell names."""
    comment = session.sheet(sheet).Range(cell).Comment
    text = str(comment.Text()) if comment is not None else ""
    return _RULE_IN_NOTE.findall(text) if text.startswith(NOTE_HEAD) else []


# ---------------------------------------------------------------- one after the other


class Stop(NamedTuple):
    """A cell of 校验结果 to look at: where it is, and what its line says."""

    sheet: str
    cell: str
    rule: str
    message: str


def lines(session: Session) -> list[Stop]:
    """The lines of 校验结果 that name a cell, in their order."""
    name = load_inputs().findings_sheet
    existing = session.sheets()
    grid = session.grid(name, existing[name]) if name in existing else []
    return _lines_of(grid[FINDINGS_HEAD:], existing)


def _lines_of(rows: Sequence[Sequence[object]], sheets: Collection[str]) -> list[Stop]:
    found = []
    for row in rows:
        texts = [str(row[i - 1] or "") if len(row) >= i else "" for i in (4, CELL_COLUMN, 3, 6)]
        if texts[0] in sheets and texts[1]:
            found.append(Stop(*texts))
    return found


def _written(edits: Sequence[CellEdit]) -> list[list[object]]:
    """The lines that edits of 校验结果 write, as rows of cells."""
    rows: dict[int, list[object]] = {}
    for edit in edits:
        if edit.row > FINDINGS_HEAD:
            row = rows.setdefault(edit.row, [""] * (MARK_COLUMN + 1))
            row[edit.column - 1] = edit.value
    return [rows[number] for number in sorted(rows)]


def distinct(found: Sequence[Stop]) -> list[Stop]:
    """Each cell once, as it first comes."""
    return list({(stop.sheet, stop.cell): stop for stop in reversed(found)}.values())[::-1]
