"""An opened workbook and the verbs on it; each verb that changes cells returns another workbook."""

from __future__ import annotations

import os
from collections.abc import Collection
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..errors import UserError
from ..files.targets import WORKBOOKS, check_out, check_same_kind
from ..files.workbook import Changed, check, fill_workbook, reopened, require_package
from ..files.workbook import Workbook as Opened
from ..model.book import Book
from .validation import Validation

if TYPE_CHECKING:
    import pandas

    from ..files.conversion import Conversion
    from ..files.next_steps import Advanced, Step
    from ..fill import Filled
    from ..model.edits import CellEdit
    from ..narrate import Narrative
    from ..publish.document import Publication

# What a verb needs is imported when it is asked for: opening and checking is the commonest job.

PathLike = str | os.PathLike[str]


class Workbook:
    """An opened workbook; made by ``open``, ``new`` and ``import_``, and by its own verbs."""

    def __init__(self, opened: Opened, *, stale: bool = False, has_file: bool = True) -> None:
        """``stale`` says that the sheets are not yet read again since ``data`` changed.

        ``has_file`` says that ``path`` is the file that it came from, and no name yet to be given.
        """
        self._known: Final = opened
        self._stale: Final = stale
        self._has_file: Final = has_file

    @cached_property
    def _opened(self) -> Opened:
        """All that a verb needs: read again from the bytes only when a verb is asked for."""
        return reopened(self._known) if self._stale else self._known

    @property
    def path(self) -> Path:
        """The file that it was opened from; for a new one, a name with its extension."""
        return self._known.path

    @property
    def data(self) -> bytes:
        """The workbook file."""
        return self._known.data

    @property
    def book(self) -> Book:
        """The figures, texts and lists that were read, as the package's own functions take them."""
        return self._known.book

    @property
    def department(self) -> str:
        return self.book.department

    @property
    def year(self) -> int | None:
        return self.book.year

    @property
    def unit(self) -> str:
        """万元 or 元."""
        return self.book.unit.name

    @property
    def edition(self) -> str:
        """The id of the edition whose forms it prints."""
        return self.book.edition.id

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.path}: {self.department} {self.year or ''}>"

    # ------------------------------------------------------------ looking

    def validate(self, *, select: Collection[str] = (), ignore: Collection[str] = ()) -> Validation:
        """Check it with the catalogue and the office's own rules, or with some of them."""
        if not select and not ignore:
            return self._validation
        return Validation(check(self._known, select=select, ignore=ignore))

    @cached_property
    def _validation(self) -> Validation:
        return Validation(check(self._known))

    def findings(self, *, exact: bool = False) -> pandas.DataFrame:
        """What ``validate`` found, one row a finding; see ``files/frames.py`` for the columns."""
        from ..files.frames import findings_frame

        return findings_frame(self.validate().findings, exact=exact)

    def suspects(self, *, exact: bool = False) -> pandas.DataFrame:
        """The cells of which each alone may be the wrong one, best first, one row a cell."""
        from ..files.frames import suspects_frame

        return suspects_frame(self.validate().suspects, exact=exact)

    def figures(self, *, exact: bool = False) -> pandas.DataFrame:
        """Every figure, one row each, by its name.

        Amounts are floats in the workbook's ``unit``; with ``exact`` they are Decimals.
        """
        from ..files.frames import figures_frame

        return figures_frame(self.book, exact=exact)

    def figure_rows(self) -> list[dict[str, str]]:
        """Every figure as ``xlbudget figures --json`` prints it; needs no pandas."""
        from ..files.figure_rows import figure_rows

        return figure_rows(self.book)

    def narrative(self) -> Narrative:
        """The report's 13 sections as text, and what they still lack; nothing is written."""
        from ..narrate import narrate, with_doubts

        return with_doubts(narrate(self.book), self.validate().report)

    def publication(self, *, draft: bool = False) -> Publication:
        """The whole publication; what stands on 决算说明 is what is published.  Raises UserError."""
        from ..files.result_sheets import report_lines
        from ..publish.publication import publication
        from ..publish.statement import Line

        lines = [Line(*line) for line in report_lines(self.data)]
        return publication(self.book, self.narrative(), lines, draft=draft)

    def to_do(self) -> tuple[Step, ...]:
        """What is still to be done, in the order in which it is best done; empty when nothing is."""
        from ..files.next_steps import to_do

        return to_do(self._opened)

    # ------------------------------------------------------------ changing

    def fill(self, *, overwrite: bool = False) -> FilledWorkbook:
        """With every blank cell filled that follows from others.

        Cells that say otherwise are ``filled.conflicts``; only ``overwrite`` changes them.  Raises
        UserError for a kind of file that cannot be written back.
        """
        changed, filled = fill_workbook(self._opened, overwrite=overwrite)
        return FilledWorkbook(self, changed, filled)

    def narrate(self) -> NarratedWorkbook:
        """With the report's 13 sections on 决算说明.  Raises UserError where there is no such sheet."""
        from ..files.result_sheets import narrate_workbook

        changed, narrative = narrate_workbook(self._opened)
        return NarratedWorkbook(self, changed, narrative)

    def advance(self) -> AdvancedWorkbook:
        """With all done that needs no person: filled, and the report written where no error stands in its way.

        ``steps`` are what is left.  Raises UserError for a kind of file that cannot be written back.
        """
        from ..files.next_steps import advance

        return AdvancedWorkbook(self, advance(self._opened))

    def convert(self, *, balance: bool = False) -> ConvertedWorkbook:
        """From 元 to 万元; with ``balance`` every identity holds exactly.  Raises UserError.

        A kind of file that cannot be written back is taken into the template (.xlsx).
        """
        from ..files.conversion import convert_workbook

        return ConvertedWorkbook(self, convert_workbook(self._opened, balanced=balance))

    def mark(self, validation: Validation | None = None) -> Workbook:
        """With the findings on 校验结果, and colours and notes on their cells.

        ``validation`` is this workbook's, where not every rule is to count.  Raises UserError.
        """
        from ..files.marking import marked

        found = validation or self.validate()
        return self._with(marked(self._opened, found.report, found.located))

    def clear_marks(self) -> Workbook:
        """Without what ``mark`` did; other people's workbooks are then as they were before."""
        from ..files.marking import cleared

        return self._with(cleared(self._opened))

    def _with(self, data: bytes) -> Workbook:
        """The same publication in other bytes."""
        known = self._known._replace(data=data)
        return Workbook(known, stale=True, has_file=self._has_file)

    # ------------------------------------------------------------ writing

    def save(self, path: PathLike | None = None, *, in_place: bool = False) -> Path:
        """Write it whole or not at all; returns where.

        The file that it was opened from changes only with ``in_place``.  Raises UserError.
        """
        from ..files.atomic import write_whole

        if (path is None) != in_place:
            raise UserError("请给出新文件名；要直接改原文件，用 in_place=True，不要给文件名。")
        if in_place and not self._has_file:
            raise UserError("这个工作簿还没有文件，请给出文件名。")
        require_package(self.path, self.data)
        out = self.path if path is None else Path(path)
        if not in_place:
            source = [self.path] if self._has_file else []
            check_out(out, WORKBOOKS, *source, otherwise="要直接改原文件，用 in_place=True")
            check_same_kind(self.path, out)

        write_whole(out, self.data)
        return out

    def export(self, path: PathLike, *, draft: bool = False) -> Publication:
        """Write the whole publication as .docx, .pdf or .html; returns what was written.

        A workbook with errors is refused unless ``draft``, which stamps every page.  Raises UserError.
        """
        from ..files.atomic import write_whole
        from ..publish.writers import KINDS, written

        out = Path(path)
        check_out(out, tuple(KINDS), self.path)
        errors = self.validate().errors
        if errors and not draft:
            raise UserError(
                f"“{self.path}”有{len(errors)}条错误，没有导出。第一条：{errors[0].message}"
                "请先校验（validate），改到没有错误；要先看样子，加 --draft（draft=True）导出草稿。"
            )
        found = self.publication(draft=draft)
        write_whole(out, written(found, KINDS[out.suffix.lower()]))
        return found


class ChangedWorkbook(Workbook):
    """A workbook after a verb: ``edits`` are the cells that it wrote.

    ``note`` says in Chinese why formulas could not be recalculated, or is empty.
    """

    def __init__(self, before: Workbook, changed: Changed) -> None:
        after = before._known._replace(data=changed.data, book=changed.book)
        super().__init__(after, stale=True, has_file=before._has_file)
        self.edits: Final[tuple[CellEdit, ...]] = changed.edits
        self.note: Final = changed.note


class FilledWorkbook(ChangedWorkbook):
    """After ``fill``: ``filled`` has the values that were filled and the conflicts."""

    def __init__(self, before: Workbook, changed: Changed, filled: Filled) -> None:
        super().__init__(before, changed)
        self.filled: Final = filled


class NarratedWorkbook(ChangedWorkbook):
    """After ``narrate``: ``written`` has the paragraphs and what stands as 【待填】."""

    def __init__(self, before: Workbook, changed: Changed, written: Narrative) -> None:
        super().__init__(before, changed)
        self.written: Final = written


class AdvancedWorkbook(Workbook):
    """After ``advance``: how many cells were filled and paragraphs written, and the ``steps`` that are left.

    ``note`` says in Chinese why formulas could not be recalculated, or is empty.
    """

    def __init__(self, before: Workbook, advanced: Advanced) -> None:
        known = before._known._replace(data=advanced.data)
        super().__init__(known, stale=True, has_file=before._has_file)
        self.filled: Final = advanced.filled
        self.paragraphs: Final = advanced.paragraphs
        self.steps: Final = advanced.steps
        self.note: Final = advanced.note


class ConvertedWorkbook(Workbook):
    """After ``convert``: ``conversion`` has the figures that moved and what could not be computed."""

    def __init__(self, before: Workbook, conversion: Conversion) -> None:
        path = before.path.with_suffix(".xlsx") if conversion.imported else before.path
        after = before._known._replace(path=path, data=conversion.data, book=conversion.book)
        has_file = before._has_file and not conversion.imported
        super().__init__(after, stale=True, has_file=has_file)
        self.conversion: Final = conversion
