"""The published sample as constraints and figures, without reading any workbook.

``tests/data/seed_figures.json`` holds the figures of a published set of final accounts in 0.01 万元
(null: blank); the constraints come from the catalogue of rules.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from xlbudget.model.book import Figure, Place
from xlbudget.model.expansion import expand
from xlbudget.model.expression import Constraint
from xlbudget.model.forms import Edition, load_edition
from xlbudget.model.money import WAN, Unit
from xlbudget.model.rows import Rows
from xlbudget.validate.rules import Rule, load_rules

DATA = Path(__file__).parents[1] / "data" / "seed_figures.json"


class Sample(NamedTuple):
    """Constraints, figures and which rows the list tables print."""

    constraints: tuple[Constraint, ...]
    figures: Mapping[str, Figure]
    rows: Rows
    unit: Unit = WAN

    def printing(self, values: Mapping[str, int | None]) -> dict[str, Figure]:
        """The figures with other amounts in some cells."""
        figures = dict(self.figures)
        for name, fen in values.items():
            half = self.unit.half if fen else 0
            figures[name] = figures[name]._replace(fen=fen, half=half)
        return figures


def hard_constraints(rows: Rows) -> tuple[Constraint, ...]:
    """The identities that hold in every workbook with these rows."""
    return tuple(
        constraint
        for rule in load_rules()
        if rule.check and not rule.when and rule.severity == "error"
        for expression in rule.check
        for constraint in expand(expression, rows)
    )


@lru_cache(maxsize=1)
def _conditional() -> tuple[Rule, ...]:
    return tuple(
        rule
        for rule in load_rules()
        if rule.check and (rule.when or rule.severity != "error") and rule.id != "F06"
    )


def soft_constraints(
    rows: Rows, figures: Mapping[str, Figure]
) -> tuple[tuple[Constraint, float | None], ...]:
    """The conditional identities whose condition is met by the figures as printed."""
    found: list[tuple[Constraint, float | None]] = []
    for rule in _conditional():
        if all(_met(c, figures) for e in rule.when for c in expand(e, rows)):
            found += [(c, None) for e in rule.check for c in expand(e, rows)]
    for rule in load_rules():
        if rule.id == "F06":  # no condition that a workbook could show: holds in some
            found += [(c, 0.6) for e in rule.check for c in expand(e, rows)]
    return tuple(found)


def _met(constraint: Constraint, figures: Mapping[str, Figure]) -> bool:
    total: float = 0
    for sign, side in ((1, constraint.left), (-1, constraint.right)):
        for coefficient, name in side:
            if name in figures:
                total += sign * coefficient * figures[name].value
    return abs(total) < 1


def places(edition: Edition, rows: Rows) -> dict[str, Place]:
    """A place for every figure: rows in printed order, total first, columns side by side."""
    found: dict[str, Place] = {}
    for table in edition.tables:
        if table.kind == "form":
            column = 3
            for side in table.sides:
                for down, line in enumerate(side.lines):
                    for right, head in enumerate(side.columns):
                        name = f"{table.id}.{line.id}.{head.id}"
                        found[name] = Place(table.sheet, 7 + down, column + right)
                column += len(side.columns) + 2
        elif table.kind == "items":
            for across, stack in enumerate(table.stacks):
                codes = [*stack.codes]
                for down, code in enumerate(codes):
                    found[f"{table.id}.{code}.amount"] = Place(
                        table.sheet, 7 + down, 3 + 3 * across
                    )
                if stack.total:
                    found[f"{table.id}.{stack.total.id}.amount"] = Place(
                        table.sheet, 60, 3 + 3 * across
                    )
        elif table.kind == "row":
            for right, head in enumerate(table.columns):
                found[f"{table.id}.{head.row}.{head.id}"] = Place(table.sheet, 8, 1 + right)
        else:
            for down, code in enumerate(("total", *rows.codes.get(table.id, ()))):
                for right, head in enumerate(table.columns):
                    found[f"{table.id}.{code}.{head.id}"] = Place(table.sheet, 8 + down, 3 + right)
    return found


def sample_from(amounts: Mapping[str, int | None], codes: Mapping[str, list[str]]) -> Sample:
    """A sample from amounts in 0.01 万元 by figure name."""
    edition = load_edition()
    rows = Rows(edition, codes)
    at = places(edition, rows)
    figures = {}
    for name, hundredths in amounts.items():
        fen = None if hundredths is None else hundredths * WAN.last_digit
        figures[name] = Figure(name, fen, WAN.half if fen else 0, at[name])
    return Sample(hard_constraints(rows), figures, rows)


@lru_cache(maxsize=1)
def seed() -> Sample:
    """The published sample."""
    data = json.loads(DATA.read_text(encoding="utf-8"))
    return sample_from(data["figures"], data["codes"])
