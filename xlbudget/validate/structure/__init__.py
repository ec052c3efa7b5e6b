"""Checks that are no identity: completeness, codes, notes, counts, reasons, grades.

Each function takes the book and its rule and yields verdicts, one a place; the catalogue names
them under ``function``.  What a check needs and does not find makes it ``not_run``, never passed.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..check import Structural
from . import changes, economic, facts, three_public
from . import function_codes as codes
from . import sheet_checks as sheets
from .sheet_checks import NOTHING_FILLED, is_blank

__all__ = ["FUNCTIONS", "NOTHING_FILLED", "is_blank"]

FUNCTIONS: Mapping[str, Structural] = {
    "nothing_filled": sheets.nothing_filled,
    "one_department": sheets.one_department,
    "sheet_heads": sheets.sheet_heads,
    "sheet_order": sheets.sheet_order,
    "printed_numbers": sheets.printed_numbers,
    "empty_tables": sheets.empty_tables,
    "template_prompts": sheets.template_prompts,
    "negative_amounts": sheets.negative_amounts,
    "code_names": codes.code_names,
    "unknown_codes": codes.unknown_codes,
    "historical_codes": codes.historical_codes,
    "code_order": codes.code_order,
    "down_to_items": codes.down_to_items,
    "levels_printed": codes.levels_printed,
    "general_codes": codes.general_codes,
    "fund_codes": codes.fund_codes,
    "capital_codes": codes.capital_codes,
    "economic_classes": economic.economic_classes,
    "economic_unknown": economic.economic_unknown,
    "item_swallows_class": economic.item_swallows_class,
    "ledger_agrees": economic.ledger_agrees,
    "performance_pay": economic.performance_pay,
    "pay_of_retired_cadres": economic.pay_of_retired_cadres,
    "surplus_needs_income": economic.surplus_needs_income,
    "above_budget": three_public.above_budget,
    "trips_counted": three_public.trips_counted,
    "trips_listed": three_public.trips_listed,
    "vehicles_counted": three_public.vehicles_counted,
    "receptions_counted": three_public.receptions_counted,
    "cost_per_unit": three_public.cost_per_unit,
    "change_explained": changes.change_explained,
    "budget_adds_up": changes.budget_adds_up,
    "deviation_explained": changes.deviation_explained,
    "reason_fits_change": changes.reason_fits_change,
    "carried_over_where": changes.carried_over_where,
    "lists_add_up": facts.lists_add_up,
    "other_vehicles_named": facts.other_vehicles_named,
    "grade_and_score": facts.grade_and_score,
}
