"""Which changes and deviations need a reason: the lines of sheet 原因说明, from the figures."""

from __future__ import annotations

from typing import NamedTuple

from ..model.book import Book
from ..model.money import round_half_up
from .figures import KIND_NAMES, Figures

BY_KIND = ("abroad", "vehicle_purchase", "vehicle_running", "reception")


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

    def compare(key: str, label: str, current: str, base: str) -> None:
        now, then = figures.value(current), figures.value(base)
        if now is None or then is None or now == then:
            return
        step = book.unit.last_digit
        amounts = [
            sum(round_half_up(book.value(part), step) for part in figures.sources(name))
            for name in (current, base)
        ]
        lines.append(ReasonLine(key, label, amounts[0], amounts[1], current, base))

    def against_last(name: str, label: str) -> None:
        compare(f"{name}~LAST", f"{label}：比上年", name, f"LAST.{name}")

    against_last("T01.30.amount", "收、支总计")
    against_last("T04.32.amount", "财政拨款收、支总计")
    against_last("T05.total.total", "一般公共预算财政拨款支出")
    for code in figures.budget_codes():
        name = f"T05.{code}.total"
        label = f"{code} {figures.subject(code)}：比年初预算"
        compare(f"{name}~BUDGET", label, name, f"BUDGET.{name}")
    for kind in ("total", *BY_KIND):
        name = f"T09.actual.{kind}"
        if kind != "total":
            compare(f"{name}~BUDGET", f"{KIND_NAMES[kind]}：比预算", name, f"T09.budget.{kind}")
        against_last(name, KIND_NAMES[kind])
    if operating_applies(book):
        against_last("T06.public.amount", "机关运行经费")
    return tuple(lines)
