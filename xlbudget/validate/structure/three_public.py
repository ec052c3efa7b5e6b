"""“三公”经费: against the budget, and amounts against the numbers of trips, vehicles, receptions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ...model.book import Book
from ...model.edition_words import THREE_PUBLIC
from ...validate.check import Outcome
from ..check import PASSED, Verdict, failed, not_applicable, not_run
from ..rules import Rule
from .common import (
    compared,
    finding,
    list_title,
    missing,
    number,
    published,
    reason,
    sum_of_list,
    typed,
    wan,
)


def above_budget(book: Book, rule: Rule) -> Iterator[Verdict]:
    """H03: where 决算数 exceeds 预算数, 原因说明 says why."""
    for kind, label in THREE_PUBLIC.items():
        name = f"T09.actual.{kind}"
        actual = published(book, name) or 0
        budget = published(book, f"T09.budget.{kind}") or 0
        if not actual and not budget:
            yield not_applicable(f"没有{label}")
        elif actual <= budget:
            yield PASSED
        else:
            message = f"{label}决算数{wan(actual)}大于预算数{wan(budget)}。"
            cells = [book.cell_ref(name), book.cell_ref(f"T09.budget.{kind}")]
            yield failed(finding(rule, message, cells), reason(rule, kind=kind))


def _counted(
    book: Book,
    rule: Rule,
    amount: str,
    counts: tuple[tuple[str, str], ...],
    *,
    both_ways: bool = True,
) -> Iterator[Verdict]:
    """Money spent has a number behind it, and a number has money.

    ``counts`` are (fact, its word): the first must be at least 1, each later one at least the
    one before.
    """
    name = f"T09.actual.{amount}"
    spent, label = book.value(name), THREE_PUBLIC[amount]
    table = book.edition.by_id["T09"].short
    cells = [book.cell_ref(n) for n in (name, *(f"FACT.{fact}" for fact, _ in counts))]
    first, first_word = counts[0]
    count = typed(book, first)
    if spent <= 0:
        if count and both_ways:
            message = f"{table}没有{label}，补充资料却填了{first_word}{number(book, count)}。"
            yield failed(finding(rule, message, cells))
        else:
            yield not_applicable(f"没有{label}")
        return
    text = f"{book.unit.exact_text(spent)}{book.unit.name}"
    if count is None:
        yield not_run(missing(book, first))
    elif count < book.unit.fen:
        message = f"{table}有{label}{text}，补充资料的{first_word}却是{number(book, count)}。"
        yield failed(finding(rule, message, cells))
    else:
        yield PASSED
    for (before, before_word), (fact, word) in pairwise(counts):
        low, high = typed(book, before), typed(book, fact)
        if high is None:
            yield not_run(missing(book, fact))
        elif low is not None and high < low:
            message = f"{word}{number(book, high)}比{before_word}{number(book, low)}还少。"
            yield failed(finding(rule, message, cells))
        elif low is not None:
            yield PASSED


def trips_counted(book: Book, rule: Rule) -> Iterator[Verdict]:
    """H05."""
    counts = (("abroad.groups", "因公出国（境）团组数"), ("abroad.persons", "因公出国（境）人次"))
    return _counted(book, rule, "abroad", counts)


def receptions_counted(book: Book, rule: Rule) -> Iterator[Verdict]:
    """H07."""
    counts = (
        ("reception.groups", "国内公务接待批次"),
        ("reception.persons", "国内公务接待人次"),
    )
    return _counted(book, rule, "reception", counts)


def vehicles_counted(book: Book, rule: Rule) -> Iterator[Verdict]:
    """H06."""
    yield from _counted(book, rule, "vehicle_purchase", (("vehicle.purchased", "公务用车购置数"),))
    yield from _counted(
        book, rule, "vehicle_running", (("vehicle.kept", "公务用车保有量"),), both_ways=False
    )


def trips_listed(book: Book, rule: Rule) -> Iterator[Verdict]:
    """H05-2: the list of trips adds up to 09 and to the numbers typed."""
    name = "T09.actual.abroad"
    listed = any(record.list_id == "trips" for record in book.records)
    if not listed:
        if book.value(name):
            yield not_run(f"补充资料“{list_title('trips')}”没有填")
        else:
            yield not_applicable("没有因公出国（境）费")
        return
    total = sum_of_list(book, "trips", "amount")
    figure = book.figures.get(name)
    if total.unreadable:
        yield not_run(total.unreadable)
    else:
        spent = book.value(name)
        tolerance = total.tolerance + (figure.half if figure else 0)
        table = book.edition.by_id["T09"].short
        message = f"各团组支出金额之和不等于{table}因公出国（境）费决算数。"
        yield _equal(book, rule, message, total.fen, spent, tolerance, name)
    for field, fact, word in (
        ("groups", "abroad.groups", "团组数"),
        ("persons", "abroad.persons", "人次"),
    ):
        total, stated = sum_of_list(book, "trips", field, amounts=False), typed(book, fact)
        if total.unreadable:
            yield not_run(total.unreadable)
        elif stated is None:
            yield not_run(missing(book, fact))
        else:
            message = f"各团组的{word}加起来不等于补充资料的因公出国（境）{word}。"
            yield _equal(book, rule, message, total.fen, stated, 0, f"FACT.{fact}")


def _equal(
    book: Book, rule: Rule, message: str, left: int, right: int, tolerance: int, name: str
) -> Verdict:
    if left == right:
        return PASSED
    if abs(left - right) <= tolerance:
        return Verdict(Outcome.ROUNDING)
    return failed(compared(book, rule, message, (name,), left, right, tolerance))


def cost_per_unit(book: Book, rule: Rule) -> Iterator[Verdict]:
    """H09: cost per vehicle, guest and traveller above the office's threshold (in 元)."""
    for amount, fact, word in (
        ("vehicle_running", "vehicle.kept", "每辆公务用车运行维护费"),
        ("reception", "reception.persons", "公务接待每人次"),
        ("abroad", "abroad.persons", "因公出国（境）每人次"),
    ):
        name = f"T09.actual.{amount}"
        spent, count = book.value(name), typed(book, fact)
        if spent <= 0:
            yield not_applicable(f"没有{THREE_PUBLIC[amount]}")
        elif count is None:
            yield not_run(missing(book, fact))
        elif count <= 0:
            yield not_applicable(f"{word}没有数量可除")
        else:
            limit = float(rule.settings[amount])
            yuan = spent / 100 * book.unit.fen / count
            if yuan <= limit:
                yield PASSED
                continue
            message = f"{word}{yuan:.0f}元，超过{limit:.0f}元。"
            cells = [book.cell_ref(name), book.cell_ref(f"FACT.{fact}")]
            yield failed(finding(rule, message, cells), reason(rule, kind=amount))
