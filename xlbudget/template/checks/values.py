"""What the check sheet's formulas come to, computed by the Python checks.

Written with every formula, so that readers that never recalculate show the right verdict; a test
lets LibreOffice recalculate and compares.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from xlbudget.model.book import Book, Figure, Place, TableRows
from xlbudget.model.content import Content
from xlbudget.model.expansion import expand
from xlbudget.model.expression import Constraint, Expression, Terms
from xlbudget.model.inputs import Inputs
from xlbudget.model.layout import Layout
from xlbudget.model.money import UNITS, Unit
from xlbudget.model.rows import Rows
from xlbudget.validate.check import Basis, Check, check_rules, condition_of, untyped
from xlbudget.validate.rules import Rule
from xlbudget.validate.structure import FUNCTIONS
from xlbudget.validate.structure.changes import budget_rows

from ...model.severity import Severity
from ...validate.check import Outcome
from ..input_places import InputLayout, input_layout
from .formula_terms import AGAIN, TOP
from .lines import BudgetLine, FixedLine, Line, NestedLine, RowsLine

OK, ROUNDING, BROKEN, SOFT = "平", "尾差", "不平", "关注"
EMPTY, NOT_RUN, NOT_APPLICABLE, UNTYPED = "空", "未核对", "不适用", "待填"
VERDICTS = (OK, ROUNDING, BROKEN, SOFT, EMPTY, NOT_RUN, NOT_APPLICABLE, UNTYPED)
"""What a line may say; 待填 until the input sheets hold what it compares with."""

Value = int | float | str


def book_of(content: Content, layout: Layout, inputs: Inputs) -> Book:
    """The book that reading a template with this content would give, as far as figures go."""
    unit = UNITS.get(content.unit, UNITS["万元"])
    figures: dict[str, Figure] = {}
    tables: dict[str, TableRows] = {}
    for table_id, table in layout.tables.items():
        names = [*table.places]
        if table.table.kind == "list":
            names += [f"{table_id}.{c}.{k}" for c in table.codes for k in table.column_of]
        amounts = {name: content.figures.get(name) for name in names}
        half = half_width(amounts.values(), unit)
        for name, fen in amounts.items():
            place = table.place(name)
            if place:
                finer = bool(fen and unit.is_finer_than_shown(fen))
                own = half if fen and not finer else 0
                figures[name] = Figure(name, fen, own, Place(table.sheet, *place))
        rows = {c: Place(table.sheet, r, 1) for c, r in table.row_of.items()}
        lists = table.table.kind in ("list", "items")
        codes = table.codes if lists else ()
        tables[table_id] = TableRows(table_id, table.sheet, codes, {}, rows)
    figures |= _inputs_of(content, unit, input_layout(inputs))
    return Book(
        file="",
        edition=content.form,
        unit=unit,
        department=content.department,
        year=content.year,
        kind=content.kind,
        tables=tables,
        figures=figures,
        unreadable={},
        facts={},
        reasons={},
        records=(),
        findings=(),
    )


def _inputs_of(content: Content, unit: Unit, layout: InputLayout) -> dict[str, Figure]:
    """The figures of the input sheets; each 项 of 年初预算 has a row of its own."""
    figures: dict[str, Figure] = {}
    budget = Place(layout.budget.amounts.sheet, layout.budget.amounts.top, 3)
    for name, fen in content.figures.items():
        place = layout.places.get(name) or (budget if name.startswith("BUDGET.T05.") else None)
        if place:
            is_exact = name in layout.counts or not fen or unit.is_finer_than_shown(fen)
            figures[name] = Figure(name, fen, 0 if is_exact else unit.half, place)
    return figures


def half_width(amounts: Iterable[int | None], unit: Unit) -> int:
    """Half a last digit in 分; 0 where most amounts of a table hold more than two decimals."""
    nonzero = [fen for fen in amounts if fen]
    finer = sum(unit.is_finer_than_shown(fen) for fen in nonzero)
    return 0 if finer * 2 > len(nonzero) else unit.half


class LineValues(NamedTuple):
    """The cells of one line: 左边, 右边, 差额, 允许误差, 判定, link text, extra breaks, and whether its
    conditions hold (1), do not (0), or cannot be read (-1)."""

    left: Value
    right: Value
    difference: Value
    tolerance: Value
    verdict: str
    link: str = ""
    extra: Value = 0
    state: int = 1


class Values:
    """Results of lines and helper cells for one book."""

    def __init__(self, layout: Layout, book: Book) -> None:
        self.layout = layout
        self.book = book
        self._checks: dict[tuple[str, str], dict[str, Check]] = {}
        self._basis = Basis(book)

    def checks(self, rule: Rule, expression: Expression) -> Mapping[str, Check]:
        """Place → check, for one expression of a rule."""
        key = rule.id, expression.text
        if key not in self._checks:
            is_comparison = expression in rule.compare
            one = rule._replace(
                check=() if is_comparison else (expression,),
                compare=(expression,) if is_comparison else (),
            )
            found = check_rules(self.book, [one], {}, self._basis)
            self._checks[key] = {c.constraint.place: c for c in found if c.constraint}
        return self._checks[key]

    def amount(self, fen: int | Fraction) -> float:
        """分 as a number of the workbook's unit, without float noise."""
        if isinstance(fen, int):
            return round(fen / self.book.unit.fen, 6)
        # Halves away from zero, as a spreadsheet's ROUND has it.
        size = int(abs(fen / self.book.unit.fen) * 2_000_000 + 1) // 2
        return (size if fen > 0 else -size) / 1_000_000

    def side(self, terms: Terms) -> int | Fraction:
        """The sum of one side in 分, with all its decimals (a share of an amount may have many)."""
        unit = self.book.unit.fen
        return sum(c * (self.book.value(n) if n else unit) for c, n in terms)

    def shown(self, fen: int | Fraction) -> float:
        """分 as a number of the workbook's unit, unrounded."""
        unit = self.book.unit.fen
        return fen / unit if isinstance(fen, int) else float(fen / unit)

    def rows(self, table: str) -> Mapping[str, int]:
        """Code → sheet row, as the book holds them."""
        found = self.book.tables.get(table)
        if found is None:
            return {}
        return {code: found.places[code].row for code in found.codes if code in found.places}

    def doubled(self, table: str) -> Mapping[int, str]:
        """Sheet row → code, for every row whose code has another row."""
        found = self.book.tables.get(table)
        return {f.place.row: f.name.split(".")[1] for f in found.doubled} if found else {}

    @cached_property
    def keys(self) -> Mapping[str, Mapping[int, str]]:
        """List → sheet row → key: its nearest printed row above, or 顶 and its class.

        重 stands before the key of a row whose code has another row.
        """
        keys: dict[str, dict[int, str]] = {}
        for table in self.layout.tables:
            rows, doubled = self.rows(table), self.doubled(table)
            code_at = {**{row: code for code, row in rows.items()}, **doubled}
            keys[table] = {
                row: (AGAIN if row in doubled else "")
                + next((c[:n] for n in (5, 3) if n < len(c) and c[:n] in rows), TOP + c[:3])
                for row, c in code_at.items()
            }
        return keys

    # ---------------------------------------------------------------- lines

    def of(self, line: Line) -> LineValues:
        """The computed cells of a line."""
        if isinstance(line, FixedLine):
            return self._fixed(line)
        if isinstance(line, RowsLine):
            return self._rows(line)
        return self._nested(line) if isinstance(line, NestedLine) else self._budget(line)

    def _fixed(self, line: FixedLine) -> LineValues:
        check = self.checks(line.rule, line.expression).get(line.place)
        constraint = self.constraint(line)
        left, right = self.side(constraint.left), self.side(constraint.right)
        difference = self.amount(left - right)
        tolerance = self._tolerance(constraint.left + constraint.right)
        word = verdict(line.rule, check) if check else NOT_APPLICABLE
        if line.typed and word == NOT_RUN and check:
            # Not for a cell that cannot be read.
            word = UNTYPED if check.reason == untyped(self.book, constraint) else word
        return LineValues(self.shown(left), self.shown(right), difference, tolerance, word)

    def _budget(self, line: BudgetLine) -> LineValues:
        """Of 年初预算; what the sheet cannot read breaks it, as a missing figure does not."""
        check = next(check_rules(self.book, [line.rule], FUNCTIONS, self._basis))
        total = self.book.figures.get("BUDGET.T05.total.total")
        rows = budget_rows(self.book)
        left = sum(self.book.value(name) for name in rows)
        right = (total.fen or 0) if total else 0
        halves = sum(self.book.figures[name].half for name in rows) + (total.half if total else 0)
        word = verdict(line.rule, check)
        if word == NOT_RUN and not any(n.startswith("BUDGET.") for n in self.book.unreadable):
            word = UNTYPED
        difference, tolerance = self.amount(left - right), self.amount(halves)
        return LineValues(self.shown(left), self.shown(right), difference, tolerance, word)

    def state(self, rule: Rule) -> int:
        """Whether a rule's conditions hold: 1, 0, or -1 where one cannot be read."""
        found = condition_of(self._basis, rule)
        return {"not_applicable": 0, "not_run": -1}[found[0]] if found else 1

    def constraint(self, line: FixedLine) -> Constraint:
        """A line's identity; over its own names where a list prints no detail down to its code."""
        check = self.checks(line.rule, line.expression).get(line.place)
        if check and check.constraint:
            return check.constraint
        bare = Rows(self.book.edition, {})
        return next(c for c in expand(line.expression, bare) if c.place == line.place)

    def _tolerance(self, terms: Terms) -> float:
        halves: int | Fraction = 0
        for coefficient, name in terms:
            figure = self.book.figures.get(name)
            if figure and figure.fen and figure.half:
                halves += (coefficient if coefficient > 0 else -coefficient) * figure.half
        return self.amount(halves)

    def status(self, check: Check) -> Value:
        """One row's result as the helper column holds it."""
        if check.outcome == Outcome.NOT_RUN:
            return NOT_RUN
        if check.outcome == Outcome.NOT_APPLICABLE:
            return ""
        if check.outcome == Outcome.PASSED:
            return 0
        excess = abs(self.amount(check.difference))
        return -excess if check.outcome == Outcome.ROUNDING else excess

    def statuses(self, line: RowsLine) -> Mapping[int, tuple[Value, Value]]:
        """Sheet row of the host → (difference, result)."""
        if line.conditions and not self.state(line.rule):
            return {}
        checks = self.checks(line.rule, line.expression)
        doubled = self.doubled(line.host)
        found: dict[int, tuple[Value, Value]] = dict.fromkeys(doubled, (NOT_RUN, NOT_RUN))
        for code, row in self.rows(line.host).items():
            if row in doubled:
                continue
            if code in checks:
                result = self.status(checks[code])
                difference = result if isinstance(result, str) else self._difference(checks[code])
                found[row] = difference, result
        return found

    def _difference(self, check: Check) -> float:
        return self.amount(check.difference)

    def _rows(self, line: RowsLine) -> LineValues:
        found = [result for _, result in self.statuses(line).values()]
        numbers = [value for value in found if not isinstance(value, str)]
        rows = self.rows(line.host)
        checks = self.checks(line.rule, line.expression)
        listed = {c for t in (line.host, *line.others) for c in self.rows(t)}
        extra = sum(
            check.outcome in (Outcome.FAILED, Outcome.EXPLAINED)
            for code, check in checks.items()
            if line.others and code in listed and code not in rows
        )
        fails = sum(value > 0 for value in numbers) + extra
        texts = NOT_RUN in found
        state = self.state(line.rule) if line.conditions else 1
        if state < 1:
            word = NOT_RUN if state else NOT_APPLICABLE
        elif fails:
            word = BROKEN if line.rule.severity == Severity.ERROR else SOFT
        elif texts:
            word = NOT_RUN
        elif any(value < 0 for value in numbers):
            word = ROUNDING
        else:
            word = OK if numbers else EMPTY
        worst = max([0.0, *(abs(value) for value in numbers)])
        link = "去看" if fails - extra else (ELSEWHERE if extra else "")
        return LineValues(
            f"{len(numbers)}行有数", f"{fails}行不平", worst, "", word, link, extra, state
        )

    def _nested(self, line: NestedLine) -> LineValues:
        keys = self.keys[line.host]
        nested = sum(not key.startswith((TOP, AGAIN + TOP)) for key in keys.values())
        checks = [
            check
            for place, check in self.checks(line.rule, line.expression).items()
            if not place.startswith("total.")
        ]
        unread = any(check.outcome == Outcome.NOT_RUN for check in checks)
        fails = sum(check.outcome in (Outcome.FAILED, Outcome.EXPLAINED) for check in checks)
        if not nested:
            word = EMPTY
        elif unread:  # an amount that cannot be read: which sums it would break nobody knows
            return LineValues(f"{nested}行有上级", "0处不平", "", "", NOT_RUN, "", -1)
        elif fails:
            word = BROKEN if line.rule.severity == Severity.ERROR else SOFT
        else:
            word = ROUNDING if any(c.outcome == Outcome.ROUNDING for c in checks) else OK
        return LineValues(f"{nested}行有上级", f"{fails}处不平", "", "", word, "", fails)


ELSEWHERE = "有科目不在此表"
"""Shown where a broken row's code is missing from the list that the line rests on."""


def verdict(rule: Rule, check: Check) -> str:
    """The word that the sheet shows for a check."""
    if check.outcome in (Outcome.FAILED, Outcome.EXPLAINED):
        return BROKEN if rule.severity == Severity.ERROR else SOFT
    if check.outcome == Outcome.NOT_APPLICABLE:
        return EMPTY if check.reason.startswith("各数") else NOT_APPLICABLE
    return {"passed": OK, "rounding": ROUNDING, "not_run": NOT_RUN}[check.outcome]
