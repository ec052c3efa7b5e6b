"""A book in, a report out: reading's findings, the catalogue's checks, an office's own rules."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..model.book import SEVERITIES, Book, Finding
from .check import Report, check_rules
from .rules import Rule, load_rules
from .structure import FUNCTIONS

_ORDER = {severity: rank for rank, severity in enumerate(SEVERITIES)}


def validate(
    book: Book,
    *,
    local_rules: Sequence[Rule] = (),
    local_findings: Sequence[Finding] = (),
    select: Collection[str] = (),
    ignore: Collection[str] = (),
) -> Report:
    """Check a book against the catalogue and the office's own rules.

    ``local_findings`` are the own rules that could not be read.  ``select`` and ``ignore`` take
    rule ids, ids of the field's list (``E03``) or prefixes of ids (``T05``).
    """
    rules = [
        rule
        for rule in (*load_rules(), *local_rules)
        if _wanted(rule, select, default=True) and not _wanted(rule, ignore, default=False)
    ]
    checks = tuple(check_rules(book, rules, FUNCTIONS))
    found = [check.finding for check in checks if check.finding]
    findings = sorted(
        (*book.findings, *local_findings, *found), key=lambda finding: _ORDER[finding.severity]
    )
    return Report(book, checks, tuple(findings))


def _wanted(rule: Rule, ids: Collection[str], *, default: bool) -> bool:
    if not ids:
        return default
    keys = {key.strip().upper() for key in ids}
    own = rule.id.upper()
    return any(own == key or own.startswith(key + "-") or key in rule.covers for key in keys)
