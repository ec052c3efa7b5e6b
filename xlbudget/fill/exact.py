"""Which identities a conversion makes hold exactly, and the figures that do it.

The catalogue's identities always; those that usually hold, and sums of the input sheets, where they
hold before anything is rounded and a way is found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from ..model.book import Book
from ..model.expression import Constraint
from ..model.severity import Severity
from ..validate.check import Outcome, amounts_of, check_rules, constraints_of, measure
from ..validate.rules import Rule, load_rules
from ..validate.wording import sentence_of
from .balance import BalanceError, balance, settle

RECORD = "RECORD."
"""How the amounts of the lists on 补充资料 are named here: ``RECORD.<row>.<field>``."""

_SUMS_OF_LISTS = {
    "meetings": "FACT.meeting.amount",
    "trainings": "FACT.training.amount",
    "festivals": "FACT.festival.amount",
}


class ConvertError(ValueError):
    """The workbook cannot be converted as asked; the message says why in Chinese."""


def balanced_amounts(
    book: Book, true: Mapping[str, int], rules: Sequence[Rule] | None
) -> Mapping[str, int]:
    """Values that make every identity hold exactly, and those that usually hold if they can."""
    exact = all(not figure.half for name, figure in book.figures.items() if name[0] == "T")
    hard, soft = _identities(book, true, rules)
    _refuse_contradictions(book, hard)
    work = balance if exact else settle

    def say(constraint: Constraint) -> str:
        return f"{sentence_of(book, constraint)}，"

    try:
        return work([*hard, *soft], true, say=say).values
    except BalanceError as error:
        if not soft:
            raise ConvertError(str(error)) from error
    try:
        return work(hard, true, say=say).values
    except BalanceError as error:
        raise ConvertError(str(error)) from error


def _identities(
    book: Book, true: Mapping[str, int], own: Sequence[Rule] | None
) -> tuple[list[Constraint], list[Constraint]]:
    """Identities that always hold, and others that hold here before anything is rounded.

    The others are conditional identities whose condition is met, those with last year, the budget
    and 补充资料, and an office's own: those that hold exactly are to hold afterwards.
    """
    catalogue = load_rules()
    always = [r for r in catalogue if r.check and not r.when and r.severity == Severity.ERROR]
    hard = [constraint for _, constraint in constraints_of(book, always)]
    others = [r for r in (*catalogue, *(own or ())) if r not in always and r.expressions]
    met = [
        check.constraint
        for check in check_rules(book, others, {})
        if check.outcome == Outcome.PASSED
    ]
    usual = [c for c in met if c is not None] + list(_sums_of_inputs(book, true))
    soft = [c for c in usual if (gap := _gap(c, true)) == 0 or (gap < 0 and c.op == "<=")]
    return hard, soft


def _sums_of_inputs(book: Book, true: Mapping[str, int]) -> Iterator[Constraint]:
    """Totals of the budget and of the lists on 补充资料, and amounts that did not change."""
    budget = [n for n in true if n.startswith("BUDGET.") and n != "BUDGET.T05.total.total"]
    if budget and "BUDGET.T05.total.total" in true:
        parts = tuple((1, name) for name in budget)
        yield Constraint("", "=", ((1, "BUDGET.T05.total.total"),), parts)
    for name, fen in true.items():  # equal to last year or to the budget: no reason is due
        head, _, own = name.partition(".")
        if head in ("LAST", "BUDGET") and fen and true.get(own) == fen:
            yield Constraint("", "=", ((1, own),), ((1, name),))
        if name.startswith("T09.actual."):  # more than was planned wants a reason
            yield Constraint("", "<=", ((1, name),), ((1, f"T09.budget.{name[11:]}"),))
    for list_id, total in _SUMS_OF_LISTS.items():
        lines = [r for r in book.records if r.list_id == list_id]
        names = [f"{RECORD}{record.place.row}.amount" for record in lines]
        if total in true and names and all(name in true for name in names):
            yield Constraint("", "=", ((1, total),), tuple((1, name) for name in names))


def _gap(constraint: Constraint, true: Mapping[str, int]) -> Fraction:
    """Left minus right, exactly."""
    terms = [(c, n) for c, n in constraint.left] + [(-c, n) for c, n in constraint.right]
    return sum((Fraction(c) * true.get(name, 0) for c, name in terms), Fraction(0))


def _refuse_contradictions(book: Book, constraints: Sequence[Constraint]) -> None:
    """Identities that are broken by more than rounding have to be mended first."""
    broken = []
    amounts = amounts_of(book)
    for constraint in constraints:
        difference, tolerance, _ = measure(amounts, constraint)
        if difference > tolerance or (constraint.op == "=" and -difference > tolerance):
            broken.append((constraint, abs(difference)))
    if not broken:
        return
    first, gap = broken[0]
    raise ConvertError(
        f"换算前就有{len(broken)}处对不上，平衡舍入要先改平：{sentence_of(book, first)}，"
        f"{'相差' if first.op == '=' else '多了'}{book.unit.exact_text(gap)}{book.unit.name}。"
        "请先运行 xlbudget validate 找出并改正填错的格"
    )
