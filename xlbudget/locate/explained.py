"""Which findings a named cause explains: they are folded under it where a person reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..model.book import Finding
from ..model.expression import Constraint, Terms
from ..validate.check import Check, Outcome, Report

if TYPE_CHECKING:
    from .localise import Localisation, Part


def is_named(part: Part) -> bool:
    """Whether one explanation stands out: nothing else is as likely."""
    if part.suspects:
        return sum(s.rank == 1 for s in part.suspects) == 1
    return sum(cells[0].rank == 1 for cells in part.suspect_sets) == 1


def causes_of(
    report: Report, found: Localisation, constraints: Sequence[Constraint]
) -> dict[int, tuple[int, ...]]:
    """Position of a finding → numbers (from 1) of the causes that explain all of it.

    ``constraints`` are those that were localised.  A finding about several places is explained only if every
    failed check of its rule is.
    """
    by_constraint = {
        constraints[position]: number
        for number, part in enumerate(found.parts, 1)
        if is_named(part)
        for position in part.broken
    }
    by_rule: dict[str, list[tuple[Finding | None, int]]] = {}
    for check in report.checks:
        if check.outcome == Outcome.FAILED and check.constraint:
            number = by_constraint.get(check.constraint) or _mended_by(check, found.parts)
            by_rule.setdefault(check.rule.id, []).append((check.finding, number))
    done: dict[int, tuple[int, ...]] = {}
    for index, finding in enumerate(report.findings):
        checks = by_rule.get(finding.rule, [])
        mine = [number for its, number in checks if its == finding]
        numbers = mine[:1] or [number for _, number in checks]
        if numbers and all(numbers):
            done[index] = tuple(sorted(set(numbers)))
    return done


def _mended_by(check: Check, parts: Sequence[Part]) -> int:
    """The number of the cause with whose amounts a failed check would pass; 0 if there is none."""
    constraint = check.constraint
    if constraint is None:
        return 0
    for number, part in enumerate(parts, 1):
        if not is_named(part):
            continue
        moved = {
            s.name: s.suggestion - (s.fen or 0) for s in part.first if s.suggestion is not None
        }
        if not moved.keys() & {name for _, name in (*constraint.left, *constraint.right)}:
            continue
        left = check.difference + _change(constraint.left, moved) - _change(constraint.right, moved)
        if left <= check.tolerance and (constraint.op != "=" or -left <= check.tolerance):
            return number
    return 0


def _change(terms: Terms, moved: Mapping[str, int]) -> int:
    return int(sum(value * moved.get(name, 0) for value, name in terms))
