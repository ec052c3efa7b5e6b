"""Figures, findings and likely wrong cells as pandas data frames; pandas is loaded when one is asked for.

Amounts are floats in the workbook's unit, exact to the printed digit; ``exact`` gives Decimals, whose sums
are exact too.  A blank cell is NaN (None among Decimals), which is not zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..model.book import Book, Finding
from .figure_rows import figure_rows

if TYPE_CHECKING:
    import pandas

FIGURE_COLUMNS = ("table", "label", "sheet", "cell", "value", "unit", "kind")
FINDING_COLUMNS = (
    "rule", "severity", "message", "sheet", "cell", "ref", "value",
    "left", "right", "difference", "tolerance", "cells",
)  # fmt: skip
SUSPECT_COLUMNS = (
    "rank", "sheet", "cell", "ref", "label", "value", "suggestion", "low", "high", "slip", "reason",
)  # fmt: skip


def figures_frame(book: Book, *, exact: bool = False) -> pandas.DataFrame:
    """Every figure, one row each; the index are the figures' names (``T05.total.total``)."""
    import pandas

    rows = [{**row, "value": _amount(row["value"], exact)} for row in figure_rows(book)]
    frame = pandas.DataFrame(rows, columns=["name", *FIGURE_COLUMNS]).set_index("name")
    return _typed(frame, ("value",), exact)


def findings_frame(findings: Sequence[Finding], *, exact: bool = False) -> pandas.DataFrame:
    """One row a finding, the gravest first.

    ``sheet``, ``cell``, ``ref`` and ``value`` are its first cell's, ``cells`` names them all.
    """
    import pandas

    sums = ("left", "right", "difference", "tolerance")
    rows = []
    for finding in findings:
        first = finding.cells[0] if finding.cells else None
        rows.append(
            {
                "rule": finding.rule,
                "severity": finding.severity,
                "message": finding.message,
                "sheet": first.sheet if first else "",
                "cell": first.cell if first else "",
                "ref": first.ref if first else "",
                "value": first.value if first else "",
                **{key: _amount(getattr(finding, key), exact) for key in sums},
                "cells": "、".join(f"{c.sheet}!{c.cell}" for c in finding.cells if c.sheet),
            }
        )
    return _typed(pandas.DataFrame(rows, columns=list(FINDING_COLUMNS)), sums, exact)


def suspects_frame(
    suspects: Sequence[Mapping[str, Any]], *, exact: bool = False
) -> pandas.DataFrame:
    """One row a cell that alone may be wrong, best first; ``low`` and ``high`` bound the right amount."""
    import pandas

    amounts = ("value", "suggestion", "low", "high")
    rows = []
    for suspect in suspects:
        row = {**suspect, "low": suspect["range"][0], "high": suspect["range"][1]}
        rows.append(row | {key: _amount(row[key], exact) for key in amounts})
    return _typed(pandas.DataFrame(rows, columns=list(SUSPECT_COLUMNS)), amounts, exact)


def _amount(text: str | None, exact: bool) -> Decimal | float | None:
    """An amount's text as a number; None where there is none."""
    if not text:
        return None
    return Decimal(text) if exact else float(text)


def _typed(frame: pandas.DataFrame, amounts: Sequence[str], exact: bool) -> pandas.DataFrame:
    """The amounts as floats also where a column is empty."""
    return frame.astype(dict.fromkeys(amounts, object if exact else float))
