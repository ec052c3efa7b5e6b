"""What is still to be done with a workbook, in the order in which it is best done, and doing what needs no person.

The order is that of the work itself: what was not read comes before what does not add up, that before what
is still to be typed, and the report last, since each rests on what stands before it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from ..fill import fill, with_values
from ..locate.suspects import suspect_entries, suspects_json
from ..model.book import Finding
from ..model.inputs import load_inputs
from ..model.severity import Severity
from ..narrate import Narrative, narrate
from ..validate import Report
from .result_sheets import has_sheet, narrate_workbook, report_lines
from .workbook import Changed, Workbook, check, fill_workbook, reopened

_NUMBER = re.compile(r"^\d+\.\s*")


class Stage(StrEnum):
    """The stages of the work, in their order; the values are those of the JSON."""

    READ = "read"
    FILL = "fill"
    CORRECT = "correct"
    TYPE = "type"
    REASON = "reason"
    VERIFY = "verify"
    WRITE = "write"
    EXPORT = "export"

    @property
    def word(self) -> str:
        """What the accountant reads."""
        return _WORDS[self]


_WORDS = {
    Stage.READ: "读表",
    Stage.FILL: "填充",
    Stage.CORRECT: "改错",
    Stage.TYPE: "补填",
    Stage.REASON: "写原因",
    Stage.VERIFY: "核实",
    Stage.WRITE: "写说明",
    Stage.EXPORT: "导出",
}
ALONE = frozenset({Stage.FILL, Stage.WRITE})
"""What the program does by itself."""


class Step(NamedTuple):
    """One thing to do: its stage, what, and the cell where there is one ("" where there is none)."""

    stage: Stage
    text: str
    sheet: str = ""
    cell: str = ""

    @property
    def place(self) -> str:
        return f"{self.sheet}!{self.cell}" if self.cell else self.sheet


def steps_for(
    report: Report,
    suspects: Mapping[str, list[Any]],
    narrative: Narrative,
    sheets: Collection[str],
    *,
    blanks: int = 0,
    written: bool = True,
) -> tuple[Step, ...]:
    """All that is still to be done, in order; empty when nothing is but to publish.

    ``report`` and ``narrative`` are of the book with its ``blanks`` filled: what filling mends is nobody's
    work.  ``sheets`` are those of the workbook; ``written`` says whether 决算说明 holds a report already.
    """
    return (
        *_of_tables(report, suspects, blanks),
        *_to_type(narrative, sheets),
        *(_of(Stage.VERIFY, f) for f in report.findings if f.severity == Severity.WARNING),
        *(() if written else (_UNWRITTEN,)),
    )


_UNWRITTEN = Step(Stage.WRITE, "决算说明还没有写，运行生成决算说明（narrate）。")


def _of_tables(report: Report, suspects: Mapping[str, list[Any]], blanks: int) -> Iterator[Step]:
    """What the tables lack: not read, not filled, not right.

    A likely wrong cell stands for the findings that it is in: its correction is one piece of work.
    """
    errors = [f for f in report.findings if f.severity == Severity.ERROR]
    yield from (_of(Stage.READ, finding) for finding in errors if _is_reading(finding))
    if blanks:
        yield Step(Stage.FILL, f"有{blanks}个空格能由别的数算出，运行填充（fill）。")
    named = [
        (_NUMBER.sub("", text.strip()), cell["sheet"], cell["cell"])
        for text, cell in suspect_entries(suspects)
        if cell is not None and cell["rank"] == 1
    ]
    yield from (Step(Stage.CORRECT, *words) for words in named)
    told = {(sheet, cell) for _, sheet, cell in named}
    for finding in errors:
        if not _is_reading(finding) and not told & {(c.sheet, c.cell) for c in finding.cells}:
            yield _of(Stage.CORRECT, finding)


def _is_reading(finding: Finding) -> bool:
    return finding.rule.startswith("A")


def _to_type(narrative: Narrative, sheets: Collection[str]) -> Iterator[Step]:
    """What the report lacks: facts and last year's figures, then the reasons for changes.

    What has no sheet in the workbook is one step: nobody can type it there.
    """
    inputs = load_inputs()
    wanted = [(f, f.cells[0].sheet if f.cells else "") for f in narrative.findings]
    without = [at for _, at in wanted if at and at not in sheets]
    if without:
        names = "".join(f"“{name}”" for name in dict.fromkeys(without))
        yield Step(
            Stage.TYPE,
            f"工作簿里没有{names}，决算说明要用的{len(without)}处没有地方填；"
            "先用 import（从系统导出表导入）把九张表装进模板。",
        )
    here = [(finding, at) for finding, at in wanted if at not in without]
    yield from (_of(Stage.TYPE, f) for f, at in here if at != inputs.reasons_sheet)
    yield from (_of(Stage.REASON, f) for f, at in here if at == inputs.reasons_sheet)


def _of(stage: Stage, finding: Finding) -> Step:
    first = finding.cells[0] if finding.cells else None
    if first is None:
        return Step(stage, finding.message)
    return Step(stage, finding.message, first.sheet, first.cell)


def next_of(steps: Sequence[Step]) -> Step | None:
    """The one thing that a person does next; None when the rest is the program's."""
    return next((step for step in steps if step.stage not in ALONE), None)


def to_do(workbook: Workbook) -> tuple[Step, ...]:
    """What is still to be done with a workbook of any kind; nothing is written."""
    filled = fill(workbook.book)
    after = workbook._replace(book=with_values(workbook.book, filled.values))
    return _looked_at(after, blanks=len(filled.values))


class Advanced(NamedTuple):
    """A workbook after all that needs no person: its file, how much was filled and written, what is left.

    ``note`` says in Chinese why formulas could not be recalculated, or is empty.
    """

    data: bytes
    filled: int
    paragraphs: int
    steps: tuple[Step, ...]
    note: str = ""


def advance(workbook: Workbook) -> Advanced:
    """Fill, check, and write the report unless errors stand in its way.  Raises ReadError."""
    changed, filled = fill_workbook(workbook)
    after, note, paragraphs = _again(workbook, changed), changed.note, 0
    if check(after).verdict == "passed" and has_sheet(after.data, load_inputs().report_sheet):
        changed, narrative = narrate_workbook(after)
        after, note = _again(after, changed), changed.note or note
        paragraphs = len(narrative.paragraphs)
    return Advanced(after.data, len(filled.values), paragraphs, _looked_at(after), note)


def _again(workbook: Workbook, changed: Changed) -> Workbook:
    """The workbook as it is after a change."""
    if not changed.edits:
        return workbook
    return reopened(workbook._replace(data=changed.data, book=changed.book))


def _looked_at(workbook: Workbook, *, blanks: int = 0) -> tuple[Step, ...]:
    report = check(workbook)
    return steps_for(
        report,
        suspects_json(workbook.book, report),
        narrate(workbook.book),
        workbook.grids,
        blanks=blanks,
        written=bool(report_lines(workbook.data)),
    )
