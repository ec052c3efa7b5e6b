"""The report's part three as paragraphs, from the edition's templates."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ..model.book import Book, CellRef, Finding
from ..model.edits import CellEdit
from ..model.forms import Edition, FormError, common_text
from ..model.severity import Severity
from .known_figures import Figures
from .pen import Missing, Pen
from .sections import load_report
from .trace import Number, unmark

if TYPE_CHECKING:
    from .sandbox import Sandbox

MISSING_RULE = "N-missing"
"""Rule id of the findings for what the report still needs."""


class Paragraph(NamedTuple):
    """A title or a paragraph of a section (counted from 1), with the numbers that stand in it.

    ``source`` names sheets and cells that the numbers come from.
    """

    section: int
    title: str
    text: str
    numbers: tuple[Number, ...] = ()
    source: str = ""


class Narrative(NamedTuple):
    """Part three: paragraphs, and what 【待填】 stands for, also as findings.

    ``doubt`` says in one line why sentences are marked 【待核】, ``doubtful`` how many are.
    """

    paragraphs: tuple[Paragraph, ...]
    missing: tuple[Missing, ...]
    findings: tuple[Finding, ...]
    doubt: str = ""
    doubtful: int = 0

    def section(self, number: int) -> tuple[Paragraph, ...]:
        """The paragraphs of one section."""
        return tuple(p for p in self.paragraphs if p.section == number)


def listed(words: Sequence[str]) -> str:
    """甲、乙和丙."""
    words = list(words)
    return "和".join(("、".join(words[:-1]), words[-1])) if len(words) > 1 else "".join(words)


@lru_cache(maxsize=8)
def _sandbox(edition: Edition) -> Sandbox:
    from .sandbox import Sandbox

    def load(name: str) -> str | None:
        """What all editions have in common, unless the edition has its own."""
        try:
            return edition.text("report", name) or common_text("report", name)
        except FormError:  # a name that leads out of the edition
            return None

    return Sandbox(load, listed=listed)


def narrate(book: Book) -> Narrative:
    """Write the edition's part three for a book.

    Raises TemplateError for a template that does what none may or names what does not exist: a fault of
    the edition's files, never of the user's workbook.
    """
    report = load_report(book.edition)
    pen = Pen(book, report.small_share_of)
    sources = Sources(book)
    paragraphs: list[Paragraph] = []
    for number, section in enumerate(report.sections, 1):
        title = f"# {section.title.replace('{year}', pen.year)}"
        lines = [title, *_render(book, section.template, pen)]
        paragraphs += _paragraphs(lines, number, sources)
    return _narrative(paragraphs, pen)


def evaluate(book: Book) -> Narrative:
    """Write part five, the self-evaluation of the whole expenditure; raises as ``narrate`` does.

    A paragraph ``@scores`` stands where the scoring table goes.
    """
    pen = Pen(book, load_report(book.edition).small_share_of)
    lines = _render(book, "evaluation.j2", pen)
    return _narrative(_paragraphs(lines, 1, Sources(book)), pen)


def _render(book: Book, template: str, pen: Pen) -> list[str]:
    """The lines that a template of the book's edition writes."""
    found = _sandbox(book.edition).written(template, pen=pen)
    return [line for line in map(str.strip, found.splitlines()) if line]


def _paragraphs(lines: Sequence[str], section: int, sources: Sources) -> list[Paragraph]:
    found = []
    for line in lines:
        text, numbers = unmark(line.removeprefix("# "))
        title, text = (text, "") if line.startswith("# ") else ("", text)
        found.append(Paragraph(section, title, text, numbers, sources.text(numbers)))
    return found


def _narrative(paragraphs: Sequence[Paragraph], pen: Pen) -> Narrative:
    missing = tuple(pen.missing)
    return Narrative(tuple(paragraphs), missing, tuple(_finding(entry) for entry in missing))


class Sources:
    """Says in which cells the numbers of a paragraph stand."""

    def __init__(self, book: Book) -> None:
        self._figures = Figures(book)

    def text(self, numbers: Sequence[Number]) -> str:
        """``01收入支出总表 C38；上年数 C4、C5``: sheets and cells in order of appearance."""
        cells: dict[str, dict[str, None]] = {}
        for name in (name for number in numbers for name in number.names):
            place = self._figures.place(name)
            if place:
                cells.setdefault(place.sheet, {})[place.cell] = None
        return "；".join(f"{sheet} {'、'.join(found)}" for sheet, found in cells.items())


def _finding(missing: Missing) -> Finding:
    if missing.sheet:
        where = f"请在工作表“{missing.sheet}”{f'的{missing.cell}' if missing.cell else '里'}填写"
    else:
        where = "请核对工作簿里的表"
    cells = (CellRef(missing.key, missing.sheet, missing.cell, ""),) if missing.sheet else ()
    return Finding(MISSING_RULE, Severity.WARNING, f"报告里还缺：{missing.label}。{where}。", cells)


def paragraph_edits(
    narrative: Narrative, sheet: str, first_row: int, last_row: int
) -> tuple[CellEdit, ...]:
    """Cell edits that write the paragraphs into 决算说明: columns 章节, 段落, 来源.

    Rows from the last paragraph to ``last_row`` are emptied, so that no old text stays.
    """
    edits: list[CellEdit] = []
    row = first_row
    for paragraph in narrative.paragraphs:
        cells = (
            str(paragraph.section),
            paragraph.title or paragraph.text,
            paragraph.source or None,
        )
        edits.extend(CellEdit(sheet, row, column, cell) for column, cell in enumerate(cells, 1))
        row += 1
    for spare in range(row, last_row + 1):
        edits.extend(CellEdit(sheet, spare, column, None) for column in (1, 2, 3))
    return tuple(edits)
