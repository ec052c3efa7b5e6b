"""How a workbook comes to be: opened, new, or taken into the template; and the catalogue of checks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..errors import UserError
from ..files.workbook import Workbook as Opened
from ..files.workbook import open_workbook
from ..model.forms import Edition
from ..validate import Rule
from .workbook import PathLike, Workbook

if TYPE_CHECKING:
    from ..model.restate import Restated

_UNSAVED = "新工作簿"


class NewWorkbook(Workbook):
    """After ``new``: ``note`` says which edition was taken where that may surprise, or is empty."""

    def __init__(self, opened: Opened, note: str) -> None:
        super().__init__(opened, has_file=False)
        self.note: Final = note


class ImportedWorkbook(Workbook):
    """After ``import_``: ``source`` is the workbook that was taken in, ``restated`` what it holds as
    the template's edition prints it."""

    def __init__(self, opened: Opened, source: Workbook, restated: Restated) -> None:
        super().__init__(opened, has_file=False)
        self.source: Final = source
        self.restated: Final = restated

    @property
    def missing(self) -> tuple[str, ...]:
        """Titles of the tables that were not found."""
        book = self.source.book
        return tuple(table.title for table in book.edition.tables if table.id not in book.tables)

    def lines(self, out: PathLike | None = None) -> tuple[str, ...]:
        """What was taken from where, and what was left, in Chinese."""
        from ..files.importing import import_lines

        opened = self.source._known
        target = Path(out) if out is not None else self.path
        return tuple(import_lines(opened, target, self.book.edition, self.restated))


def open(path: PathLike, *, edition: str | None = None) -> Workbook:
    """Open a workbook file: .xlsx, .xlsm, .xls, .ods or WPS .et.

    ``edition`` is an id or a folder's path; without it the workbook says, or what it prints.  Raises
    UserError where the file cannot be read or holds none of the nine tables.
    """
    return Workbook(open_workbook(Path(path), edition=edition))


def new(
    department: str = "",
    year: int | None = None,
    *,
    unit: str | None = None,
    edition: str | None = None,
    last: Workbook | PathLike | None = None,
    ledger: bool = False,
    ribbon: bool = False,
    folder: PathLike | None = None,
) -> NewWorkbook:
    """An empty workbook of the template, in memory.

    With ``last`` (last year's) department and year follow from it, and its figures become 上年数.
    ``ledger`` adds 06明细账, ``ribbon`` the Excel ribbon (.xlsm); ``folder`` may hold the office's own
    ``editions/``.  Raises UserError.
    """
    from ..files.new_workbook import built, started

    before = last if last is None or isinstance(last, Workbook) else open(last)
    found = started(
        department,
        year,
        unit=unit,
        edition=edition,
        last=before.book if before is not None else None,
        ledger=ledger,
        folder=Path(folder) if folder is not None else None,
    )
    data = built(found.content, ribbon=ribbon)
    return NewWorkbook(_in_memory(data, ribbon, found.edition, folder), found.note)


def import_(
    source: Workbook | PathLike,
    *,
    department: str = "",
    year: int | None = None,
    edition: str | None = None,
    ribbon: bool = False,
    folder: PathLike | None = None,
) -> ImportedWorkbook:
    """Any workbook that holds the nine tables, taken into the template, in memory.

    ``department`` and ``year`` count where the workbook does not say; ``edition`` where it is to become
    another one's.  Raises UserError.
    """
    from ..files.new_workbook import built, taken_in

    before = source if isinstance(source, Workbook) else open(source)
    found, chosen = taken_in(
        before.book,
        department=department,
        year=year,
        edition=edition,
        folder=Path(folder) if folder is not None else None,
    )
    data = built(found.content, ribbon=ribbon)
    return ImportedWorkbook(_in_memory(data, ribbon, chosen, folder), before, found)


def _in_memory(data: bytes, ribbon: bool, edition: Edition, folder: PathLike | None) -> Opened:
    """A built workbook as if it had been opened from a file of a name yet to be given."""
    from ..files.read import book_and_sheets
    from ..files.workbook import assembled

    path = Path(folder or ".", f"{_UNSAVED}.{'xlsm' if ribbon else 'xlsx'}")
    book, sheets = book_and_sheets(data, str(path), edition=edition)
    return assembled(path, data, book, sheets, Path(folder) if folder is not None else None)


def rules(wanted: str = "") -> tuple[Rule, ...]:
    """The catalogue of checks; or one by its id (T05-2), those of a table (T05), those that cover an
    id of the field's list (B01).  Raises UserError where there is none."""
    from ..validate.rules import find_rules, load_rules

    catalogue = load_rules()
    if not wanted:
        return catalogue
    prefix = wanted.strip().upper() + "-"
    found = find_rules(catalogue, wanted) or tuple(
        rule for rule in catalogue if rule.id.upper().startswith(prefix)
    )
    if not found:
        raise UserError(f"没有编号为“{wanted}”的规则；运行 xlbudget rules 可以看到全部规则。")
    return found
