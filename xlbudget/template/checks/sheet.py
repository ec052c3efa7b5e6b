"""勾稽检查: every identity as live formulas, with the values that they come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from xlbudget.model.book import Book
from xlbudget.model.content import Content
from xlbudget.model.inputs import Inputs
from xlbudget.model.layout import Area, Layout
from xlbudget.validate.wording import label_of

from .helper_formulas import HelperFormulas
from .line_formulas import LineFormulas
from .lines import BudgetLine, FixedLine, NestedLine, RowsLine
from .places import (
    DIFFERENCE,
    EXTRA,
    FIRST,
    HELPER_FIRST,
    HELPERS,
    LEFT,
    LINK,
    RIGHT,
    STATE,
    TOLERANCE,
    VERDICT,
    Cell,
    CheckGrid,
)
from .values import BROKEN, NOT_RUN, OK, ROUNDING, SOFT, UNTYPED, Value, Values, book_of


class CheckSheet:
    """The check sheet of one layout and content."""

    def __init__(
        self, layout: Layout, content: Content, inputs: Inputs, book: Book | None = None
    ) -> None:
        self.grid = CheckGrid(layout, inputs)
        self.values = Values(layout, book or book_of(content, layout, inputs))
        self.helpers = HelperFormulas(self.grid, self.values)
        self.results = [self.values.of(line) for line in self.grid.lines]

    # ---------------------------------------------------------------- what stands where

    def cells(self) -> list[Cell]:
        """Every formula of the sheet with its value; rows and columns count from 1."""
        formulas = LineFormulas(self.grid)
        cells = self._summary_cells()
        for index, (line, value) in enumerate(zip(self.grid.lines, self.results, strict=True)):
            cells += formulas.of(index, line, value)
        return [*cells, *self.helpers.precision(), *self.helpers.by_row()]

    def line_values(self) -> Iterator[tuple[tuple[int, int], Value]]:
        """Row, column and value of the formulas that people read and those beside them."""
        for cell in (*self._summary_cells(), *self.helpers.precision()):
            yield (cell.row, cell.column), cell.value
        for row, (line, value) in enumerate(zip(self.grid.lines, self.results, strict=True), FIRST):
            yield (row, LEFT), value.left
            yield (row, RIGHT), value.right
            yield (row, VERDICT), value.verdict
            if not isinstance(line, NestedLine):
                yield (row, DIFFERENCE), value.difference
            if isinstance(line, FixedLine | BudgetLine):
                yield (row, TOLERANCE), value.tolerance
            elif isinstance(line, RowsLine):
                yield (row, LINK), value.link
            if isinstance(line, NestedLine) or (isinstance(line, RowsLine) and line.others):
                yield (row, EXTRA), value.extra
            if isinstance(line, RowsLine) and line.conditions:
                yield (row, STATE), value.state

    def helper_values(self) -> Iterator[tuple[tuple[int, int], Value]]:
        """Row, column and value of the row-by-row results; all that are left out are blank."""
        for offset, table in enumerate(self.grid.lists):
            up = HELPER_FIRST - table.rows[0]
            for row, key in self.values.keys[table.table.id].items():
                yield (row + up, HELPERS + offset), key
        for index, column in self.grid.helper_of.items():
            line = self.grid.lines[index]
            if isinstance(line, RowsLine):
                up = HELPER_FIRST - self.grid.layout.tables[line.host].rows[0]
                for row, (difference, result) in self.values.statuses(line).items():
                    yield (row + up, column - 1), difference
                    yield (row + up, column), result

    # ---------------------------------------------------------------- the verdict

    def _summary_cells(self) -> list[Cell]:
        verdicts = Area(self.grid.sheet, FIRST, VERDICT, self.grid.last_row, VERDICT).local
        statements = Area(self.grid.sheet, FIRST, 2, self.grid.last_row, 2).local

        def count(word: str) -> str:
            return f'COUNTIF({verdicts},"{word}")'

        summary = self.summary()
        verdict = (
            f'=IF({count(BROKEN)}>0,"不平",IF({count(NOT_RUN)}>0,"{NOT_RUN}",'
            f'IF({count(ROUNDING)}>0,"尾差",IF({count(OK)}>0,"平衡","未填"))))'
        )
        words = "&".join(f'"{text}"&{count(word)}' for text, word in _COUNTED)
        worst = (
            f'=IF({count(BROKEN)}=0,"没有不平的勾稽关系。",'
            f'"先看："&INDEX({statements},MATCH("{BROKEN}",{verdicts},0)))'
        )
        return [
            Cell(2, 2, verdict, summary["verdict"]),
            Cell(3, 2, f"={words}", summary["check_counts"]),
            Cell(4, 2, worst, summary["check_worst"]),
        ]

    def summary(self) -> dict[str, str]:
        """The overall verdict and its two lines of explanation, as the formulas give them."""
        counts = Counter(value.verdict for value in self.results)
        if counts[BROKEN]:
            verdict = "不平"
        elif counts[NOT_RUN]:
            verdict = NOT_RUN
        elif counts[ROUNDING]:
            verdict = "尾差"
        else:
            verdict = "平衡" if counts[OK] else "未填"
        first = next((i for i, value in enumerate(self.results) if value.verdict == BROKEN), None)
        worst = "没有不平的勾稽关系。" if first is None else f"先看：{self.statement(first)}"
        return {
            "verdict": verdict,
            "check_counts": "".join(f"{text}{counts[word]}" for text, word in _COUNTED),
            "check_worst": worst,
        }

    def statement(self, index: int) -> str:
        """A line's relation in words, with the place where it is applied."""
        line = self.grid.lines[index]
        text = line.rule.statement
        if isinstance(line, RowsLine):
            label = self.grid.layout.edition.label
            columns = [t.ref.column for t in line.expression.left if t.ref]
            labels = [label(f"{line.host}.total.{c}").rpartition("的")[2] for c in columns]
            about = "、".join(dict.fromkeys(labels))
            several = len(line.rule.expressions) > 1
            return f"{text}（各科目{about if several else ''}）"
        if isinstance(line, NestedLine):
            return f"{text}（类、款各行）"
        if isinstance(line, FixedLine) and (line.place or len(line.rule.expressions) > 1):
            name = next(n for _, n in self.values.constraint(line).left if n)
            table = self.grid.layout.tables.get(name.partition(".")[0])
            words = label_of(self.values.book, name, {})
            return f"{text}（{words.removeprefix(table.sheet) if table else words}）"
        return text


_COUNTED = (
    ("平", OK),
    ("　尾差", ROUNDING),
    ("　不平", BROKEN),
    ("　关注", SOFT),
    ("　未核对", NOT_RUN),
    ("　待填", UNTYPED),
)
