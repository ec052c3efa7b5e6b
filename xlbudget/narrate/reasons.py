"""Which changes and deviations need a reason: the lines of sheet 原因说明, from the figures."""

from __future__ import annotations

from typing import NamedTuple

from ..model.book import Book
from ..model.money import round_half_up
from .known_figures import Figures
from .sections import load_report


class ReasonLine(NamedTuple):
    """A change (against LAST) or deviation (against BUDGET) that needs a reason.

    Amounts in 分, rounded to what the workbook shows; ``key`` is ``<figure>~LAST`` or
    ``<figure>~BUDGET``; the names say which figures are compared.
    """

    key: str
    label: str
    current: int
    base: int
    current_name: str = ""
    base_name: str = ""

    @property
    def difference(self) -> int:
        return self.current - self.base


def operating_applies(book: Book) -> bool | None:
    """Whether the unit has 机关运行经费: 行政单位 and 参公 do, other 事业单位 do not.

    None where the cover does not say what kind of unit it is.
    """
    if any(word in book.kind for word in ("行政", "参公", "参照")):
        return True
    return False if "事业" in book.kind else None


def required_reasons(book: Book) -> tuple[ReasonLine, ...]:
    """The lines for this book, in the report's order; none for 持平 or where a base is unknown.

    What the report shows as equal needs no reason: in a workbook in 元 a difference of 20 元
    between two amounts that are both printed as 0.01 万元 is none.
    """
    figures = Figures(book)
    lines: list[ReasonLine] = []
    for pattern in load_report(book.edition).reasons:
        codes = figures.budget_codes() if "{code}" in pattern else ("",)
        for key in (pattern.replace("{code}", code) for code in codes):
            if key.startswith("T06.public") and not operating_applies(book):
                continue
            line = _line(book, figures, key)
            if line:
                lines.append(line)
    return tuple(lines)


def _line(book: Book, figures: Figures, key: str) -> ReasonLine | None:
    """The line of one key; None for 持平 or where one side is unknown."""
    name, _, against = key.partition("~")
    base = f"LAST.{name}"
    if name == "FACT.operating.amount":
        base = "FACT.operating.last"
    elif against == "BUDGET":
        base = name.replace("actual", "budget") if name.startswith("T09.") else f"BUDGET.{name}"
    now, then = figures.value(name), figures.value(base)
    if now is None or then is None or now == then:
        return None
    step = book.unit.last_digit
    amounts = [
        sum(round_half_up(book.value(part), step) for part in figures.sources(of))
        for of in (name, base)
    ]
    budget = "比预算" if name.startswith("T09.") else "比年初预算"
    label = f"{_subject(figures, name)}：{budget if against == 'BUDGET' else '比上年'}"
    return ReasonLine(key, label, amounts[0], amounts[1], name, base)


def _subject(figures: Figures, name: str) -> str:
    table, row, _ = name.split(".")
    if table == "T05" and row != "total":
        return f"{row} {figures.subject(row)}"
    return figures.label(name)
