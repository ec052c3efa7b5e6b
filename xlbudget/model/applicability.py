"""Whether an identity can hold in an edition at all: does the edition print what it speaks of?"""

from __future__ import annotations

from functools import lru_cache

from .expression import Expression, all_columns
from .tables import Edition


@lru_cache(maxsize=2048)
def lacking(expression: Expression, edition: Edition) -> str:
    """What an expression needs and the edition does not print, in Chinese; "" where it has all.

    A column that is not printed makes an identity say nothing.  A line that is not printed is no
    part of a sum; only where it stands alone on the left is nothing left to say.
    """
    for term in expression.left + expression.right:
        ref = term.ref
        if ref is None or ref.kind == "fact":
            continue
        table = edition.by_id.get(ref.table)
        if table is None:
            return f"这套版式没有{ref.table}"
        if "{" not in ref.column and ref.column not in all_columns(table):
            return f"这套版式的{table.short}不印“{_column(ref.column, edition)}”"
    refs = [term.ref for term in expression.left]
    if len(refs) == 1 and refs[0] is not None and refs[0].kind == "one":
        ref = refs[0]
        table = edition.by_id[ref.table]
        row = edition.row_of_class.get(ref.table, {}).get(ref.row, ref.row)
        if table.kind == "form" and row.isdigit() and row not in table.fixed_rows:
            return f"这套版式的{table.short}不印全国格式的第{row}行"
    return ""


def _column(column: str, edition: Edition) -> str:
    """What a column is called where the edition prints it."""
    for table in edition.tables:
        for entry in table.columns:
            if entry.id == column:
                return "-".join(entry.head)
    return column
