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

from ..model.book import Book, Finding
from ..model.expression import Coefficient, Constraint, Expression, Rows, Terms, expand
from .rules import Rule

OUTCOMES = ("passed", "rounding", "failed", "explained", "not_applicable", "not_run")


class Check(NamedTuple):
    """One rule at one place.

    ``outcome`` is one of OUTCOMES.  ``difference`` (left minus right) and ``tolerance`` are in 分.
    ``reason`` says why a check did not apply or did not run.
    """

    rule: Rule
    constraint: Constraint | None
    outcome: str
    difference: int = 0
    tolerance: int = 0
    reason: str = ""
    finding: Finding | None = None


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


Structural = Callable[[Book, Rule], Iterable[Finding | str]]


def rows_of(book: Book) -> Rows:
    """Which rows the workbook's list tables print."""
    return Rows(book.edition, {table: rows.codes for table, rows in book.tables.items()})


def constraints_of(book: Book, rules: Sequence[Rule]) -> Iterator[tuple[Rule, Constraint]]:
    """Every identity of the rules at every place of the workbook, conditions left aside."""
    rows = rows_of(book)
    for rule in rules:
        for expression in rule.check:
            for constraint in expand(expression, rows):
                yield rule, constraint


def check_rules(
    book: Book, rules: Sequence[Rule], structural: Mapping[str, Structural]
) -> Iterator[Check]:
    """Every rule at every place, in the rules' order."""
    rows = rows_of(book)
    absent = _absent_tables(book)
    for rule in rules:
        if rule.function:
            yield from _structural(book, rule, structural[rule.function])
            continue
        condition = _condition(book, rule, rows, absent)
        for expression in rule.check:
            for constraint in expand(expression, rows):
                if condition:
                    outcome, reason = condition
                    yield Check(rule, constraint, outcome, reason=reason)
                else:
                    yield evaluate(book, rule, constraint, absent)


def _structural(book: Book, rule: Rule, function: Structural) -> Iterator[Check]:
    """A rule that is a function: each finding is a failed check, each text a check not run.

    A function yields findings, or ``"-…"`` with the reason why it does not apply, or ``"?…"`` with
    the reason why it could not run; when it yields nothing the check has passed.
    """
    clean = True
    for result in function(book, rule):
        clean = False
        if isinstance(result, Finding):
            outcome = "failed"
            if result.severity != "error" and f"{rule.id}" in book.reasons:
                outcome = "explained"
            yield Check(rule, None, outcome, finding=result if outcome == "failed" else None)
        elif result.startswith("-"):
            yield Check(rule, None, "not_applicable", reason=result[1:])
        else:
            yield Check(rule, None, "not_run", reason=result.lstrip("?"))
    if clean:
        yield Check(rule, None, "passed")


def _absent_tables(book: Book) -> frozenset[str]:
    return frozenset(table.id for table in book.edition.tables if table.id not in book.tables)


def _condition(
    book: Book, rule: Rule, rows: Rows, absent: frozenset[str]
) -> tuple[str, str] | None:
    """Why the rule does not apply or cannot run here; None when it applies."""
    for expression in rule.when:
        for constraint in expand(expression, rows):
            missing = _missing(book, constraint, absent)
            if missing:
                return "not_run", missing
            difference, tolerance = _measure(book, constraint)
            if expression.op == "=":
                holds = abs(difference) <= tolerance
            else:
                holds = difference <= tolerance
            if not holds:
                return "not_applicable", f"只在“{_say(book, expression)}”时适用"
    return None


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
        if table in ("LAST", "BUDGET", "FACT"):
            return f"缺少{name}"
        if name in book.edition.fixed_names:
            return f"没有找到{book.edition.label(name)}"
    return ""


def _measure(book: Book, constraint: Constraint) -> tuple[int, int]:
    """Left minus right and the tolerance, both in 分; a fraction of a 分 never breaks anything."""
    figures, unit = book.figures, book.unit.fen
    difference: Coefficient = 0
    tolerance: Coefficient = 0
    for sign, terms in ((1, constraint.left), (-1, constraint.right)):
        for coefficient, name in terms:
            if not name:
                difference += sign * coefficient * unit
                continue
            figure = figures.get(name)
            if figure is None or not figure.fen:
                continue
            difference += sign * coefficient * figure.fen
            tolerance += (coefficient if coefficient > 0 else -coefficient) * figure.half
    return int(difference), math.ceil(tolerance)


def _all_zero(book: Book, constraint: Constraint) -> bool:
    figures = book.figures
    for _, name in constraint.left + constraint.right:
        figure = figures.get(name)
        if figure is not None and figure.fen:
            return False
    return True


def evaluate(book: Book, rule: Rule, constraint: Constraint, absent: frozenset[str]) -> Check:
    """One identity at one place."""
    missing = _missing(book, constraint, absent)
    if missing:
        return Check(rule, constraint, "not_run", reason=missing)
    difference, tolerance = _measure(book, constraint)
    excess = abs(difference) if constraint.op == "=" else max(difference, 0)
    if excess == 0:
        if difference == 0 and tolerance == 0 and _all_zero(book, constraint):
            return Check(rule, constraint, "not_applicable", reason="各数都是空或零")
        return Check(rule, constraint, "passed", difference, tolerance)
    if excess <= tolerance:
        return Check(rule, constraint, "rounding", difference, tolerance)
    if rule.severity != "error" and reason_key(rule, constraint) in book.reasons:
        return Check(rule, constraint, "explained", difference, tolerance)
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
    names = book.names_of_codes()
    subject = _subject(book, constraint, names)
    relation = "应当等于" if constraint.op == "=" else "不应大于"
    message = (
        f"{subject}是{unit.exact_text(left)}，{relation}{_right_words(book, constraint, names)}"
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


def _subject(book: Book, constraint: Constraint, names: Mapping[str, str]) -> str:
    labels = [_label(book, name, names) for _, name in constraint.left if name]
    if len(labels) > 3:
        return f"{labels[0]}等{len(labels)}项合计"
    return "、".join(labels) + ("合计" if len(labels) > 1 else "")


def _right_words(book: Book, constraint: Constraint, names: Mapping[str, str]) -> str:
    used = [name for _, name in constraint.right if name]
    if len(used) == 1:
        return _label(book, used[0], names)
    return "按公式算出的" if used else ""


def _label(book: Book, name: str, names: Mapping[str, str]) -> str:
    head, _, rest = name.partition(".")
    if head in ("LAST", "BUDGET"):
        words = {"LAST": "上年", "BUDGET": "年初预算"}[head]
        return words + (book.edition.label(rest, names) if rest.startswith("T") else rest)
    if head == "FACT":
        return _fact_label(rest)
    return book.edition.label(name, names)


def _fact_label(fact_id: str) -> str:
    from ..model.inputs import load_inputs

    entry = load_inputs().facts.get(fact_id)
    return f"补充资料“{entry.label}”" if entry else fact_id
