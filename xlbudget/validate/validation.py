"""A book in, a report out: reading's findings, the catalogue's checks, an office's own rules."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence

from ..model.book import Book, Finding
from ..model.severity import Severity
from ..validate.check import Outcome
from .check import Check, Report, check_rules
from .merging import merged
from .nearby import hidden_zeros
from .rules import Rule, rules_for
from .structure import FUNCTIONS, NOTHING_FILLED, is_blank

_ORDER = {severity: rank for rank, severity in enumerate(Severity)}


def validate(
    book: Book,
    *,
    local_rules: Sequence[Rule] = (),
    local_findings: Sequence[Finding] = (),
    select: Collection[str] = (),
    ignore: Collection[str] = (),
) -> Report:
    """Check a book against the catalogue and the office's own rules.

    A local rule with a catalogue rule's id is that rule with other settings and takes its place.
    ``local_findings`` are the own rules that could not be read.  ``select`` and ``ignore`` take
    rule ids, ids of the field's list (``E03``) or prefixes of ids (``T05``); they hold for what
    reading found as well.
    """
    own = {rule.id: rule for rule in local_rules}
    catalogue = [own.pop(rule.id, rule) for rule in rules_for(book.edition)]
    rules = (*catalogue, *own.values())
    if select or ignore:
        chosen = [
            rule
            for rule in rules
            if _wanted(rule, select, default=True) and not _wanted(rule, ignore, default=False)
        ]
        dropped = {rule.id for rule in rules} - {rule.id for rule in chosen}
    else:
        chosen, dropped = list(rules), set()
    if local_findings:
        book = book._replace(findings=(*book.findings, *local_findings))
    checks = tuple(check_rules(book, chosen, FUNCTIONS))
    if any(_might_round(check, book.unit.half) for check in checks):
        checks = tuple(_with_hidden_amounts(book, checks))
    if is_blank(book):
        checks = tuple(_after_blank(check) for check in checks)
    reported = [finding for finding in book.findings if finding.rule not in dropped]
    found = [check.finding for check in checks if check.finding]
    findings = sorted((*reported, *found), key=lambda finding: _ORDER[finding.severity])
    return Report(book, checks, merged(findings, _with_reasons(chosen)))


def _with_reasons(rules: Iterable[Rule]) -> frozenset[str]:
    """The rules whose findings each want a reason of their own on 原因说明."""
    return frozenset(rule.id for rule in rules if rule.explained_by)


def _after_blank(check: Check) -> Check:
    """Of a workbook without any amount only that is said; no other check has run."""
    rule = check.rule
    if rule.id == NOTHING_FILLED or rule.emitted_by:
        return check
    return Check(rule, check.constraint, Outcome.NOT_RUN, reason="九张表还没有填")


def _might_round(check: Check, half: int) -> bool:
    """Whether a check would pass if every amount that seems zero were one too small to print."""
    if check.outcome != Outcome.FAILED or not check.constraint or not half:
        return False
    terms = check.constraint.left + check.constraint.right
    widths = sum(c if c > 0 else -c for c, name in terms if name)
    return abs(check.difference) <= check.tolerance + widths * half


def _with_hidden_amounts(book: Book, checks: Iterable[Check]) -> Iterator[Check]:
    """A sum that misses its total only because amounts below 50 元 print as 0.00 is no error."""
    hidden = hidden_zeros(book.figures)
    for check in checks:
        if check.outcome == Outcome.FAILED and check.constraint and hidden:
            terms = check.constraint.left + check.constraint.right
            widths = (c if c > 0 else -c for c, name in terms if name in hidden)
            more = sum(widths) * book.unit.half
            excess = check.difference if check.constraint.op == "<=" else abs(check.difference)
            if more and excess <= check.tolerance + more:
                reason = "印成0.00的格里有不足50元的零头"
                width = math.ceil(check.tolerance + more)
                check = check._replace(
                    outcome=Outcome.ROUNDING, tolerance=width, reason=reason, finding=None
                )
        yield check


def _wanted(rule: Rule, ids: Collection[str], *, default: bool) -> bool:
    if not ids:
        return default
    keys = {key.strip().upper() for key in ids}
    own = rule.id.upper()
    return any(own == key or own.startswith(key + "-") or key in rule.covers for key in keys)
