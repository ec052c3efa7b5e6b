"""Is the publication right?  Every rule at every place, in interval arithmetic.

A figure printed with two decimals stands for an interval of half a last digit on either side; a
blank or a printed zero is exactly zero.  An identity over n non-zero terms is exact, within rounding
(尾差: |difference| ≤ half a digit · n, the total counted too), or broken.  No tolerance is chosen
anywhere else.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from ..model.applicability import lacking
from ..model.book import Book, Finding
from ..model.expansion import expand
from ..model.expression import Coefficient, Constraint, Expression, Terms
from ..model.rows import Rows
from ..model.severity import Severity
from .rules import Rule
from .wording import INPUT_SHEETS, input_missing, names_of_codes, right_words, subject_of


class Outcome(StrEnum):
    """What became of a check; the values are those of the JSON."""

    PASSED = "passed"
    ROUNDING = "rounding"
    FAILED = "failed"
    EXPLAINED = "explained"
    NOT_APPLICABLE = "not_applicable"
    NOT_RUN = "not_run"


class Check(NamedTuple):
    """One rule at one place.

    ``difference`` (left minus right) and ``tolerance`` are in 分.
    ``reason`` says why a check did not apply or did not run, or the reason that explains it;
    ``severity`` how bad it is where reading has the finding already.
    """

    rule: Rule
    constraint: Constraint | None
    outcome: Outcome
    difference: int = 0
    tolerance: int = 0
    reason: str = ""
    finding: Finding | None = None
    severity: Severity | None = None

    @property
    def failed_as(self) -> Severity:
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
        return "failed" if any(f.severity == Severity.ERROR for f in self.findings) else "passed"

    @property
    def counts(self) -> dict[str, int]:
        """Outcome → number of checks, all outcomes present."""
        counts = dict.fromkeys(map(str, Outcome), 0)
        for check in self.checks:
            counts[check.outcome] += 1
        return counts

    @property
    def failed(self) -> dict[str, int]:
        """Severity → number of failed checks: only those of severity ``error`` are errors."""
        counts = dict.fromkeys(map(str, Severity), 0)
        for check in self.checks:
            if check.outcome == Outcome.FAILED:
                counts[check.failed_as] += 1
        return counts


class Verdict(NamedTuple):
    """What a function of ``structure`` says about one place.

    ``key`` names the line of 原因说明 that explains a soft finding ("" where nothing can);
    ``reason`` says why the check did not apply or did not run.
    """

    outcome: Outcome
    finding: Finding | None = None
    key: str = ""
    reason: str = ""


PASSED = Verdict(Outcome.PASSED)
Structural = Callable[[Book, Rule], Iterable[Verdict]]


def failed(finding: Finding, key: str = "") -> Verdict:
    return Verdict(Outcome.FAILED, finding, key)


def not_applicable(reason: str) -> Verdict:
    return Verdict(Outcome.NOT_APPLICABLE, reason=reason)


def not_run(reason: str) -> Verdict:
    return Verdict(Outcome.NOT_RUN, reason=reason)


class Basis:
    """What all checks of one book rest on, worked out once."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.rows = rows_of(book)
        self.absent = frozenset(t.id for t in book.edition.tables if t.id not in book.tables)

    @cached_property
    def is_whole(self) -> bool:
        """Whether every amount that the forms print can be read: a figure that is not there then
        stands on a row that a list does not print."""
        book = self.book
        return (
            not (book.unreadable or self.absent) and book.edition.fixed_names <= book.figures.keys()
        )

    @cached_property
    def not_whole(self) -> frozenset[str]:
        """Ids of the tables whose sums nobody can say."""
        return self.book.not_whole

    @cached_property
    def amounts(self) -> Amounts:
        """The amounts that are not zero, and what 1 of the unit is."""
        return amounts_of(self.book)

    @cached_property
    def filled(self) -> frozenset[str]:
        """LAST, BUDGET, FACT: those input sheets of which at least one amount or count is typed."""
        figures = self.book.figures
        heads = {n.partition(".")[0] for n in figures if n[0] != "T" and figures[n].fen is not None}
        return frozenset(heads)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The names of all codes, as printed or in the dictionary."""
        return names_of_codes(self.book)


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
            if sum_unknown(book, expression):
                continue
            for constraint in expand(expression, rows):
                yield rule, constraint


def check_rules(
    book: Book,
    rules: Sequence[Rule],
    structural: Mapping[str, Structural],
    basis: Basis | None = None,
) -> Iterator[Check]:
    """Every rule at every place, in the rules' order.

    ``basis`` is ``Basis(book)``, for whoever asks several times.
    """
    basis = basis or Basis(book)
    for rule in rules:
        if rule.emitted_by:
            yield from _reported(book, rule)
        elif rule.function:
            lacking = _lacking(basis, rule)
            if lacking:
                yield Check(rule, None, Outcome.NOT_RUN, reason=lacking)
            else:
                yield from _structural(book, rule, structural[rule.function])
        else:
            yield from _identities(basis, rule)


def _identities(basis: Basis, rule: Rule) -> Iterator[Check]:
    condition = condition_of(basis, rule)
    for expression in rule.expressions:
        constraints = expand(expression, basis.rows)
        if not constraints and (not_printed := lacking(expression, basis.book.edition)):
            yield Check(rule, None, Outcome.NOT_APPLICABLE, reason=not_printed)
            continue
        unknown = sum_unknown(basis.book, expression) if basis.not_whole else ""
        for constraint in constraints:
            if unknown:
                yield Check(rule, constraint, Outcome.NOT_RUN, reason=unknown)
                continue
            if condition:
                outcome, reason = condition
                yield Check(rule, constraint, outcome, reason=reason)
                continue
            waiting = untyped(basis.book, constraint) if rule.compare else ""
            if waiting:
                yield Check(rule, constraint, Outcome.NOT_RUN, reason=waiting)
            else:
                yield evaluate(basis, rule, constraint)


def _structural(book: Book, rule: Rule, function: Structural) -> Iterator[Check]:
    """A rule that is a function: one check per verdict; a soft finding may be explained."""
    for outcome, finding, key, reason in function(book, rule):
        if finding is None:
            yield Check(rule, None, outcome, reason=reason)
        elif (reason := book.explained(key)) and finding.severity != Severity.ERROR:
            yield Check(rule, None, Outcome.EXPLAINED, reason=reason)
        else:
            yield Check(rule, None, outcome, finding=finding)


def _reported(book: Book, rule: Rule) -> Iterator[Check]:
    """A rule that reading reports: its findings are in the book already, here they are counted."""
    found = [f for f in book.findings if f.rule == rule.id and f.severity != Severity.INFO]
    for finding in found:
        yield Check(rule, None, Outcome.FAILED, severity=finding.severity)
    if found:
        return
    if rule.emitted_by == "local":
        yield Check(rule, None, Outcome.NOT_APPLICABLE, reason="没有自定义公式，或都能读懂")
    elif book.tables:
        yield Check(rule, None, Outcome.PASSED)
    else:
        yield Check(rule, None, Outcome.NOT_RUN, reason="没有找到任何一张表")


def _lacking(basis: Basis, rule: Rule) -> str:
    for need in rule.needs:
        if need in basis.absent:
            return f"没有{basis.book.edition.by_id[need].title}"
        if need in INPUT_SHEETS and need not in basis.filled:
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


def condition_of(basis: Basis, rule: Rule) -> tuple[Outcome, str] | None:
    """The outcome and the reason where a rule does not apply or nobody can say; None if it applies."""
    for expression in rule.when:
        for constraint in expand(expression, basis.rows):
            missing = _missing(basis, constraint)
            if missing:
                return Outcome.NOT_RUN, missing
            difference, tolerance, _ = measure(basis.amounts, constraint)
            if expression.op == "=":
                holds = abs(difference) <= tolerance
            else:
                holds = difference <= tolerance
            if not holds:
                return Outcome.NOT_APPLICABLE, f"只在“{_say(basis.book, expression)}”时适用"
    return None


def conditions_hold(basis: Basis, rule: Rule) -> bool:
    """Whether a rule applies to a book."""
    return condition_of(basis, rule) is None


def _say(book: Book, expression: Expression) -> str:
    text = expression.text
    for term in expression.left + expression.right:
        if term.ref and term.ref.kind == "one" and not term.ref.prefix:
            name = f"{term.ref.table}.{term.ref.row}.{term.ref.column}"
            if name in book.edition.fixed_names:
                text = text.replace(name, book.edition.label(name))
    return text


def _missing(basis: Basis, constraint: Constraint) -> str:
    """Why the constraint cannot be evaluated: a table is missing or a cell holds no amount."""
    if basis.is_whole:
        return ""
    for _, name in constraint.left + constraint.right:
        if missing := basis.book.unknown(name):
            return missing
    return ""


def sum_unknown(book: Book, expression: Expression) -> str:
    """Why a sum over a table's lines is not known: the table is absent, or amounts in it belong to no
    line that was understood; "" where every sum is known."""
    if not book.not_whole:
        return ""
    for term in expression.left + expression.right:
        ref = term.ref
        if (
            ref is None
            or ref.prefix
            or ref.kind in ("one", "fact")
            or ref.table not in book.not_whole
        ):
            continue
        reading, title = book.reading[ref.table], book.edition.by_id[ref.table].title
        if reading.state == "absent":
            return f"没有{title}"
        return f"{title}有{reading.unaccounted}个金额不知道属于哪一项，求和没有意义"
    return ""


Amounts = Mapping[str, tuple[int, int]]


def amounts_of(book: Book) -> Amounts:
    """Name → (分, half of a last digit) of the amounts that are not zero; "" is 1 of the unit."""
    amounts = {name: (fen, half) for name, fen, half, _ in book.figures.values() if fen}
    amounts[""] = book.unit.fen, 0
    return amounts


def measure(amounts: Amounts, constraint: Constraint) -> tuple[int, int, bool]:
    """Left minus right and the tolerance, both in 分; whether any amount is there at all.

    The hottest place of a check: every term of every identity comes by here once.
    """
    find = amounts.get
    left: Coefficient = 0
    right: Coefficient = 0
    tolerance: Coefficient = 0
    is_used = False
    for coefficient, name in constraint.left:
        if coefficient and (found := find(name)):
            is_used = True
            left += coefficient * found[0]
            if found[1]:
                tolerance += (coefficient if coefficient > 0 else -coefficient) * found[1]
    for coefficient, name in constraint.right:
        if coefficient and (found := find(name)):
            is_used = True
            right += coefficient * found[0]
            if found[1]:
                tolerance += (coefficient if coefficient > 0 else -coefficient) * found[1]
    # A fraction of a 分 never breaks anything.
    return int(left - right), math.ceil(tolerance) if tolerance else 0, is_used


def evaluate(basis: Basis, rule: Rule, constraint: Constraint) -> Check:
    """One identity at one place."""
    missing = "" if basis.is_whole else _missing(basis, constraint)
    if missing:
        return Check(rule, constraint, Outcome.NOT_RUN, reason=missing)
    difference, tolerance, is_used = measure(basis.amounts, constraint)
    if not is_used:
        return Check(rule, constraint, Outcome.NOT_APPLICABLE, 0, 0, "各数都是空或零")
    if not difference:
        return Check(rule, constraint, Outcome.PASSED, 0, tolerance)
    excess = abs(difference) if constraint.op == "=" else max(difference, 0)
    if excess <= tolerance:
        outcome = Outcome.ROUNDING if excess else Outcome.PASSED
        return Check(rule, constraint, outcome, difference, tolerance)
    key = reason_key(rule, constraint)
    reason = basis.book.explained(key)
    if reason and rule.severity != Severity.ERROR:
        return Check(rule, constraint, Outcome.EXPLAINED, difference, tolerance, reason)
    finding = _finding(basis, rule, constraint, difference, tolerance)
    return Check(rule, constraint, Outcome.FAILED, difference, tolerance, finding=finding)


def reason_key(rule: Rule, constraint: Constraint) -> str:
    """The key under which 原因说明 explains a soft finding: ``C10~2010301``."""
    return f"{rule.id}~{constraint.place}" if constraint.place else rule.id


def _side_total(book: Book, terms: Terms) -> int:
    total = sum(
        coefficient * (book.value(name) if name else book.unit.fen) for coefficient, name in terms
    )
    return int(total)


def _finding(
    basis: Basis, rule: Rule, constraint: Constraint, difference: int, tolerance: int
) -> Finding:
    book, names = basis.book, basis.names
    unit = book.unit
    left, right = _side_total(book, constraint.left), _side_total(book, constraint.right)
    subject = subject_of(book, constraint, names)
    relation = "应当等于" if constraint.op == "=" else "不应大于"
    if rule.severity == Severity.INFO:
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
