"""Where the figures of 上年数, 年初预算 and 补充资料 stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from xlbudget.model.book import Place
from xlbudget.model.inputs import NUMERIC_KINDS, Inputs
from xlbudget.model.layout import Area

FIRST_ROW = 4
BUDGET_LINES = 300
BUDGET_ROOM = 400
"""Rows of 年初预算 that the check of its total looks at."""


class BudgetAreas(NamedTuple):
    """年初预算: the code cells, the amounts beside them, and the total."""

    codes: Area
    amounts: Area
    total: Area


class InputLayout(NamedTuple):
    """Where the input sheets' figures stand: name (``FACT.…``, ``LAST.…``) → place.

    ``counts`` are the names of those that are no amounts: they are never rounded.
    """

    places: Mapping[str, Place]
    counts: frozenset[str]
    budget: BudgetAreas


def input_layout(inputs: Inputs) -> InputLayout:
    """Places of 上年数, 补充资料 and the budget's total; rows count from 1."""
    places: dict[str, Place] = {}
    counts = set()
    for index, entry in enumerate(inputs.last_year):
        places[f"LAST.{entry.id}"] = Place(inputs.last_year_sheet, FIRST_ROW + index, 3)
    row = FIRST_ROW
    for group in inputs.groups:
        row += 1
        for entry in group.entries:
            if entry.kind in NUMERIC_KINDS:
                places[f"FACT.{entry.id}"] = Place(inputs.facts_sheet, row, 3)
                if entry.kind != "amount":
                    counts.add(f"FACT.{entry.id}")
            row += 1
    sheet = inputs.budget_sheet
    places["BUDGET.T05.total.total"] = Place(sheet, FIRST_ROW, 3)
    first, last = FIRST_ROW + 1, FIRST_ROW + BUDGET_ROOM
    budget = BudgetAreas(
        Area(sheet, first, 1, last, 1),
        Area(sheet, first, 3, last, 3),
        Area(sheet, FIRST_ROW, 3, FIRST_ROW, 3),
    )
    return InputLayout(places, frozenset(counts), budget)
