"""Which changes and deviations need a reason: the lines of sheet 原因说明, from the figures."""

from __future__ import annotations

from typing import NamedTuple

from ..model.book import Book
from ..model.codes import full_name
from ..model.money import WAN, round_half_up

BY_KIND = ("abroad", "vehicle_purchase", "vehicle_running", "reception")
KIND_NAMES = {
    "total": "“三公”经费",
    "abroad": "因公出国（境）费",
    "vehicles": "公务用车购置及运行维护费",
    "vehicle_purchase": "公务用车购置费",
    "vehicle_running": "公务用车运行维护费",
    "reception": "公务接待费",
}


class ReasonLine(NamedTuple):
    """A change (against LAST) or deviation (against BUDGET) that needs a reason.

    Amounts in 分, as they will be shown; ``key`` is ``<figure>~LAST`` or ``<figure>~BUDGET``.
    """

    key: str
    label: str
    current: int
    base: int

    @property
    def difference(self) -> int:
        return self.current - self.base


def shown(book: Book, name: str) -> int | None:
    """A figure as it will be published, in 分 (万元 with two decimals, half-up); None if unknown."""
    figure = book.figures.get(name)
    if figure is None or figure.fen is None:
        return None
    return round_half_up(figure.fen, WAN.last_digit)


def operating_applies(book: Book) -> bool:
    """Whether the unit has 机关运行经费: 行政单位 and 参公 do, other 事业单位 do not."""
    return book.kind != "事业单位"


def required_reasons(book: Book) -> tuple[ReasonLine, ...]:
    """The lines for this book, in the report's order; none for 持平 or where a base is unknown."""
    lines: list[ReasonLine] = []

    def compare(key: str, label: str, current: str, base: str) -> None:
        now, then = shown(book, current), shown(book, base)
        if now is None and then is None:
            return
        if then is None or (now or 0) == then:
            return
        lines.append(ReasonLine(key, label, now or 0, then))

    def against_last(name: str, label: str) -> None:
        compare(f"{name}~LAST", f"{label}：比上年", name, f"LAST.{name}")

    against_last("T01.30.amount", "收、支总计")
    against_last("T04.32.amount", "财政拨款收、支总计")
    against_last("T05.total.total", "一般公共预算财政拨款支出")
    names = book.names_of_codes()
    for code in budget_codes(book):
        name = f"T05.{code}.total"
        label = f"{code} {full_name(code, names)}：比年初预算"
        if shown(book, f"BUDGET.{name}") is not None:
            compare(f"{name}~BUDGET", label, name, f"BUDGET.{name}")
    for kind in ("total", *BY_KIND):
        name = f"T09.actual.{kind}"
        if kind != "total":
            compare(f"{name}~BUDGET", f"{KIND_NAMES[kind]}：比预算", name, f"T09.budget.{kind}")
        against_last(name, KIND_NAMES[kind])
    if operating_applies(book):
        against_last("T06.public.amount", "机关运行经费")
    return tuple(lines)


def budget_codes(book: Book) -> tuple[str, ...]:
    """项 that 05 prints or that have a 年初预算, in order of codes."""
    printed = book.tables["T05"].codes if "T05" in book.tables else ()
    budgeted = [n.split(".")[2] for n in book.figures if n.startswith("BUDGET.T05.")]
    codes = {code for code in (*printed, *budgeted) if len(code) == 7}
    return tuple(sorted(codes))
