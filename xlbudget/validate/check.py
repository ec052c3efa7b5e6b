"""Is the publication right?  Every rule at every place, in interval arithmetic.

A figure printed with two decimals stands for an interval of half a last digit on either side; a
blank or a printed zero is exactly zero.  An identity over n non-zero terms is exact, within rounding
(尾差: |difference| ≤ half a digit · n, the total counted too), or broken.  No tolerance is chosen
anywhere else.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..model.applicability import lacking
from ..model.book import SEVERITIES, Book, Finding
from ..model.expansion import expand
from ..model.expression import Coefficient, Constraint, Expression, Terms
from ..model.rows import Rows
from .rules import Rule
from .wording import INPUT_SHEETS, input_missing, names_of_codes, right_words, subject_of

OUTCOMES = ("passed", "rounding", "failed", "explained", "not_applicable", "not_run")


class Check(NamedTuple):
    """One rule at one place.

    ``outcome`` is one of OUTCOMES.  ``difference`` (left minus right) and ``tolerance`` are in 分.
    ``reason`` says why a check did not apply or did not run, or the reason that explains it;
    ``severity`` how bad it is where reading has the finding already.
    """

    rule: Rule
    constraint: Constraint | None
    outcome: str
    difference: int = 0
    tolerance: int = 0
    reason: str = ""
    finding: Finding | None = None
    severity: str = ""

    @property
    def failed_as(self) -> str:
        """The severity of a failed check: its finding's, else that of what reading reported."""
        return self.finding.severity if self.finding else self.severity or self.rule.severity


class Report(NamedTuple):
    """What validation found: every check, and the findings in order of severity."""

    book: Book
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> str:
        """``failed`` when there is an error, else ``passed``."""
        return "failed" if any(f.severity == "error" for f in self.findings) else "passed"

    @property
    def counts(self) -> dict[str, int]:
        """Outcome → number of checks, all outcomes present."""
        counts = dict.fromkeys(OUTCOMES, 0)
        for check in self.checks:
            counts[check.outcome] += 1
        return counts

    @property
    def failed(self) -> dict[str, int]:
        """Severity → number of failed checks: only those of severity ``error`` are errors."""
        counts = dict.fromkeys(SEVERITIES, 0)
        for check in self.checks:
            if check.outcome == "failed":
                counts[check.failed_as] += 1
        return counts


class Verdict(NamedTuple):
    """What a function of ``structure`` says about one place.

    ``key`` names the line of 原因说明 that explains a soft finding ("" where nothing can);
    ``reason`` says why the check did not apply or did not run.
    """

    outcome: str
    finding: Finding | None = None
    key: str = ""
    reason: str = ""


PASSED = Verdict("passed")
Structural = Callable[[Book, Rule], Iterable[Verdict]]


def failed(finding: Finding, key: str = "") -> Verdict:
    return Verdict("failed", finding, key)


def not_applicable(reason: str) -> Verdict:
    return Verdict("not_applicable", reason=reason)


def not_run(reason: str) -> Verdict:
    return Verdict("not_run", reason=reason)


def rows_of(book: Book) -> Rows:
    """Which rows the workbook's list tables print."""
    return Rows(book.edition, {table: rows.codes for table, rows in book.tables.items()})


def constraints_of(
    book: Book, rules: Sequence[Rule], *, compare: bool = False
) -> Iterator[tuple[Rule, Constraint]]:
    """Every identity of the rules at every place of the workbook, conditions left aside.

    ``compare``: those that compare with input sheets as well.
    """
    rows = rows_of(book)
    for rule in rules:
        for expression in rule.expressions if compare else rule.check:
            for constraint in expand(expression, rows):
                yield rule, constraint


def check_rules(
    book: Book,
    rules: Sequence[Rule],
    structural: Mapping[str, Structural],
    rows: Rows | None = None,
) -> Iterator[Check]:
    """Every rule at every place, in the rules' order.

    ``rows`` is ``rows_of(book)``, for whoever asks several times.
    """
    rows = rows or rows_of(book)
    absent = _absent_tables(book)
    filled: frozenset[str] | None = None
    for rule in rules:
        if rule.emitted_by:
            yield from _reported(book, rule)
        elif rule.function:
            filled = _filled_inputs(book) if filled is None else filled
            lacking = _lacking(book, rule, absent, filled)
            if lacking:
                yield Check(rule, None, "not_run", reason=lacking)
            else:
                yield from _structural(book, rule, structural[rule.function])
        else:
            yield from _identities(book, rule, rows, absent)


def _identities(book: Book, rule: Rule, rows: Rows, absent: frozenset[str]) -> Iterator[Check]:
    condition = _condition(book, rule, rows, absent)
    for expression in rule.expressions:
        not_printed = lacking(expression, book.edition)
        if not_printed:
            yield Check(rule, None, "not_applicable", reason=not_printed)
            continue
        for constraint in expand(expression, rows):
            if condition:
                outcome, reason = condition
                yield Check(rule, constraint, outcome, reason=reason)
                continue
            waiting = untyped(book, constraint) if rule.compare else ""
            if waiting:
                yield Check(rule, constraint, "not_run", reason=waiting)
            else:
                yield evaluate(book, rule, constraint, absent)


def _structural(book: Book, rule: Rule, function: Structural) -> Iterator[Check]:
    """A rule that is a function: one check per verdict; a soft finding may be explained."""
    for outcome, finding, key, reason in function(book, rule):
        if finding is None:
            yield Check(rule, None, outcome, reason=reason)
        elif key in book.reasons and finding.severity != "error":
            yield Check(rule, None, "explained", reason=book.reasons[key].text)
        else:
            yield Check(rule, None, outcome, finding=finding)


def _reported(book: Book, rule: Rule) -> Iterator[Check]:
    """A rule that reading reports: its findings are in the book already, here they are counted."""
    found = [f for f in book.findings if f.rule == rule.id and f.severity != "info"]
    for finding in found:
        yield Check(rule, None, "failed", severity=finding.severity)
    if found:
        return
    if rule.emitted_by == "local":
        yield Check(rule, None, "not_applicable", reason="没有自定义公式，或都能读懂")
    elif book.tables:
        yield Check(rule, None, "passed")
    else:
        yield Check(rule, None, "not_run", reason="没有找到任何一张表")


def _filled_inputs(book: Book) -> frozenset[str]:
    """LAST, BUDGET, FACT: those input sheets of which at least one amount or count is typed."""
    figures = book.figures
    heads = {n.partition(".")[0] for n in figures if n[0] != "T" and figures[n].fen is not None}
    return frozenset(heads)


def _lacking(book: Book, rule: Rule, absent: frozenset[str], filled: frozenset[str]) -> str:
    for need in rule.needs:
        if need in absent:
            return f"没有{book.edition.by_id[need].title}"
        if need in INPUT_SHEETS and need not in filled:
            return f"“{INPUT_SHEETS[need]}”表没有填"
    return ""


def untyped(book: Book, constraint: Constraint) -> str:
    """Which input is still to be typed: a side of nothing but inputs, none of them typed."""
    figures = book.figures
    for side in (constraint.left, constraint.right):
        names = [name for _, name in side]
        if names and all(name and name.partition(".")[0] in INPUT_SHEETS for name in names):
            typed = [n for n in names if n in figures and figures[n].fen is not None]
            if not typed and not any(name in book.unreadable for name in names):
                return input_missing(book, names[0], more=len(names) > 1)
    return ""


def _absent_tables(book: Book) -> frozenset[str]:
    return frozenset(table.id for table in book.edition.tables if table.id not in book.tables)


def _condition(
    book: Book, rule: Rule, rows: Rows, absent: frozenset[str]
) -> tuple[str, str] | None:
    """Why the rule does not apply or cannot run here; None when it applies."""
    for expression in rule.when:
        for constraint in expand(expression, rows):
            difference, tolerance, has_gap, _ = measure(book, constraint)
            missing = has_gap and _missing(book, constraint, absent)
            if missing:
                return "not_run", missing
            if expression.op == "=":
                holds = abs(difference) <= tolerance
            else:
                holds = difference <= tolerance
            if not holds:
                return "not_applicable", f"只在“{_say(book, expression)}”时适用"
    return None


def condition_of(book: Book, rule: Rule, rows: Rows) -> tuple[str, str] | None:
    """The outcome and the reason where a rule does not apply or nobody can say; None if it applies."""
    return _condition(book, rule, rows, _absent_tables(book))


def conditions_hold(book: Book, rule: Rule, rows: Rows) -> bool:
    """Whether a rule applies to a book."""
    return condition_of(book, rule, rows) is None


def _say(book: Book, expression: Expression) -> str:
    text = expression.text
    for term in expression.left + expression.right:
        if term.ref and term.ref.kind == "one" and not term.ref.prefix:
            name = f"{term.ref.table}.{term.ref.row}.{term.ref.column}"
            if name in book.edition.fixed_names:
                text = text.replace(name, book.edition.label(name))
    return text


def _missing(book: Book, constraint: Constraint, absent: frozenset[str]) -> str:
    """Why the constraint cannot be evaluated: a table is missing or a cell holds no amount."""
    figures, unreadable = book.figures, book.unreadable
    for _, name in constraint.left + constraint.right:
        if name in figures or not name:
            continue
        if name in unreadable:
            return unreadable[name]
        table = name.partition(".")[0]
        if table in absent:
            return f"没有{book.edition.by_id[table].title}"
        if name in book.edition.fixed_names:
            return f"没有找到{book.edition.label(name)}"
    return ""


class Measured(NamedTuple):
    """Left minus right and the tolerance, both in 分; whether a figure is not there at all; whether
    any amount that is there is not zero."""

    difference: int
    tolerance: int
    has_gap: bool
    is_used: bool


def measure(book: Book, constraint: Constraint) -> Measured:
    """The hottest place of a check: every term of every identity comes by here once."""
    find = book.figures.get
    difference: Coefficient = 0
    tolerance: Coefficient = 0
    has_gap = is_used = False
    for sign, terms in ((1, constraint.left), (-1, constraint.right)):
        for coefficient, name in terms:
            figure = find(name)
            if figure is None:
                if name:
                    has_gap = True
                else:
                    difference += sign * coefficient * book.unit.fen
                continue
            _, fen, half, _ = figure
            if fen:
                is_used = True
                difference += sign * coefficient * fen
                if half:
                    tolerance += (coefficient if coefficient > 0 else -coefficient) * half
    # A fraction of a 分 never breaks anything.
    return Measured(int(difference), math.ceil(tolerance), has_gap, is_used)


def evaluate(book: Book, rule: Rule, constraint: Constraint, absent: frozenset[str]) -> Check:
    """One identity at one place."""
    difference, tolerance, has_gap, is_used = measure(book, constraint)
    missing = has_gap and _missing(book, constraint, absent)
    if missing:
        return Check(rule, constraint, "not_run", reason=missing)
    excess = abs(difference) if constraint.op == "=" else max(difference, 0)
    if excess == 0:
        if difference == 0 and not is_used:
            return Check(rule, constraint, "not_applicable", reason="各数都是空或零")
        return Check(rule, constraint, "passed", difference, tolerance)
    if excess <= tolerance:
        return Check(rule, constraint, "rounding", difference, tolerance)
    key = reason_key(rule, constraint)
    if rule.severity != "error" and key in book.reasons:
        return Check(
            rule, constraint, "explained", difference, tolerance, reason=book.reasons[key].text
        )
    finding = _finding(book, rule, constraint, difference, tolerance)
    return Check(rule, constraint, "failed", difference, tolerance, finding=finding)


def reason_key(rule: Rule, constraint: Constraint) -> str:
    """The key under which 原因说明 explains a soft finding: ``C10~2010301``."""
    return f"{rule.id}~{constraint.place}" if constraint.place else rule.id


def _side_total(book: Book, terms: Terms) -> int:
    total = sum(
        coefficient * (book.value(name) if name else book.unit.fen) for coefficient, name in terms
    )
    return int(total)


def _finding(
    book: Book, rule: Rule, constraint: Constraint, difference: int, tolerance: int
) -> Finding:
    unit = book.unit
    left, right = _side_total(book, constraint.left), _side_total(book, constraint.right)
    names = names_of_codes(book)
    subject = subject_of(book, constraint, names)
    relation = "应当等于" if constraint.op == "=" else "不应大于"
    if rule.severity == "info":
        relation = "通常等于" if constraint.op == "=" else "通常不大于"
    message = (
        f"{subject}是{unit.exact_text(left)}，{relation}{right_words(book, constraint, names)}"
        f"{unit.exact_text(right)}，{'相差' if constraint.op == '=' else '多了'}"
        f"{unit.exact_text(abs(difference))}{unit.name}。{rule.advice}"
    )
    cells = [name for _, name in constraint.left + constraint.right if name]
    shown = [n for n in cells if n in book.figures and (book.figures[n].fen or n == cells[0])]
    return Finding(
        rule.id,
        rule.severity,
        message,
        tuple(book.cell_ref(name) for name in shown),
        unit.exact_text(left),
        unit.exact_text(right),
        unit.exact_text(difference),
        unit.exact_text(tolerance),
    )
