"""Whether the unit that stands above the tables can be right.

元 taken for 万元 makes every sentence wrong by ten thousand and no identity notices: so what is not printed
is said, and what cannot be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..model.book import CellRef, Figure, Finding
from ..model.forms import Edition
from ..model.money import YUAN, Unit
from ..model.severity import Severity
from .table_reading import Found

_MOST_YUAN = 10**11
"""1,000 亿元: no single department spends more in a year."""
_ENOUGH = 20  # amounts, before their being whole means anything


def unit_findings(
    found: Mapping[str, Found], edition: Edition, unit: Unit, is_stated: bool
) -> Iterator[Finding]:
    """What is to be said about the unit of the tables; ``is_stated`` where 封面 says it."""
    if not found:
        return
    printed = {table: entry.unit for table, entry in found.items() if entry.unit is not None}
    if not printed and not is_stated:
        yield Finding(
            "A12",
            Severity.WARNING,
            f"各表都没有印金额单位，先按{unit.name}核对；请在表头写明“单位：{unit.name}”。",
        )
    for table, other in printed.items():
        if other != unit:
            entry = found[table]
            yield Finding(
                "A12",
                Severity.WARNING,
                f"{edition.by_id[table].title}（{entry.rows.sheet}）印的单位是{other.name}，其他表是{unit.name}；"
                f"已换算成{unit.name}核对，公开时请用同一个单位。",
                (CellRef("", entry.rows.sheet, "A1", other.name),),
            )
    figures = [f for entry in found.values() for f in entry.figures.values() if f.fen]
    largest = max(figures, key=lambda f: abs(f.value), default=None)
    if largest is not None and abs(largest.value) >= _MOST_YUAN * 100:
        yield _implausible(largest, unit, "多半是元的数印成了" + unit.name)
    elif unit.half and len(figures) >= _ENOUGH and all(f.value % unit.fen == 0 for f in figures):
        yield Finding(
            "A12",
            Severity.WARNING,
            f"单位是{unit.name}，{len(figures)}个金额却都没有小数；请核对单位，或看是不是只留了整数。",
            (_ref(figures[0], unit),),
        )
    fractions = sum(entry.fractions for entry in found.values())
    if unit is YUAN and 2 * fractions > len(figures) > 0:
        yield Finding(
            "A12",
            Severity.WARNING,
            f"单位是元，{fractions}个金额却有不到一分的零头；多半是万元的数印成了元，请核对单位。",
            (_ref(figures[0], unit),),
        )


def _implausible(figure: Figure, unit: Unit, cause: str) -> Finding:
    hundreds_of_millions = abs(figure.value) // 10**10
    return Finding(
        "A12",
        Severity.WARNING,
        f"{figure.place}是{unit.text(figure.value, grouped=True)}{unit.name}，合{hundreds_of_millions:,}亿元，"
        f"一个部门不会有这么多；{cause}，请核对单位。",
        (_ref(figure, unit),),
    )


def _ref(figure: Figure, unit: Unit) -> CellRef:
    return CellRef(
        figure.name, figure.place.sheet, figure.place.cell, unit.exact_text(figure.value)
    )
