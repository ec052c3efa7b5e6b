"""Table 06: stacks of economic codes side by side."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from ..model.addresses import address
from ..model.forms import Table
from ..model.grid import Grid
from .heads import head_word
from .labels import as_code, bare
from .table_cells import AGAIN, HEAD_ROWS, Cells, finding


def read_items(table: Table, grid: Grid, sheet: str, cells: Cells) -> tuple[str, ...]:
    amount_words, totals = _words(table)
    code_columns: dict[int, int] = {}
    amount_columns: list[int] = []
    for row in grid[:HEAD_ROWS]:
        for column, value in enumerate(row):
            if isinstance(value, str) and head_word(value) in amount_words:
                amount_columns.append(column)
    codes: list[str] = []
    for index, row in enumerate(grid):
        for column, value in enumerate(row):
            if value == "" or value is None:
                continue
            # An amount of 303.00 beside the next stack's codes is no code.
            code = "" if column in amount_columns else as_code(value)
            if code and code[0] == "3" and len(code) in (3, 5):
                name = row[column + 1] if column + 1 < len(row) else None
                if not isinstance(name, str) or not name.strip():
                    continue  # an amount that looks like a code has no name beside it
                after = [c for c in amount_columns if c > column]
                at = code_columns.setdefault(column, min(after, default=column + 2))
                key = f"{table.id}.{code}.amount"
                if key in cells.found:
                    message = (
                        f"{sheet}里{code}有两处（另一处的金额在"
                        f"{address(*cells.found[key][1:])}），请合并成一处或改正代码；"
                        "改好以前，用到它的核对没有做。"
                    )
                    ref = f"{table.id}.{code}"
                    at_code = (index + 1, column + 1)
                    cells.findings.append(
                        finding("A06", sheet, *at_code, message, ref=ref, value=code)
                    )
                    key = f"{table.id}.{code}{AGAIN}{index}.amount"
                else:
                    codes.append(code)
                cells.found[key] = (row[at] if at < len(row) else None, index + 1, at + 1)
            elif isinstance(value, str) and bare(value) in totals:
                row_id = totals[bare(value)]
                at = _total_column(row, column, amount_columns)
                cells.found[f"{table.id}.{row_id}.amount"] = (
                    row[at] if at < len(row) else None,
                    index + 1,
                    at + 1,
                )
    return tuple(codes)


@lru_cache(maxsize=16)
def _words(table: Table) -> tuple[frozenset[str], dict[str, str]]:
    """The heads that may stand above the amounts; total's label → its id."""
    heads = frozenset(map(head_word, (*table.amount_head, "金额", "合计", "决算数")))
    return heads, {bare(s.total.label): s.total.id for s in table.stacks if s.total}


def _total_column(row: Sequence[object], column: int, amount_columns: list[int]) -> int:
    """Where a total's amount stands: the first filled cell to its right, else the stack's column."""
    for at in range(column + 1, len(row)):
        value = row[at]
        if isinstance(value, str) and value.strip() and not any(ch.isdigit() for ch in value):
            break
        if value not in ("", None):
            return at
    after = sorted({c for c in amount_columns if c > column})
    if not after:
        return column + 2
    # 公用经费合计 spans the stacks to its right; its amount is printed in the last of them.
    labels = [i for i, v in enumerate(row) if isinstance(v, str) and v.strip()]
    return after[-1] if labels and column == labels[-1] else after[0]
