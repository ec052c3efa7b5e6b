"""经济分类 in 06, and what a kind of unit cannot have."""

from __future__ import annotations

from collections.abc import Iterator

from ...model.book import Book, CellRef
from ...model.codes import economic_codes
from ...model.money import YUAN
from ...validate.check import Outcome
from ..check import PASSED, Verdict, failed, not_applicable, not_run
from ..rules import Rule
from .common import finding, reason


def _items(book: Book) -> list[str]:
    return [code for code in book.tables["T06"].codes if len(code) == 5]


def economic_classes(book: Book, rule: Rule) -> Iterator[Verdict]:
    """A09: every 款 of 06 belongs to a 类 that 基本支出 has."""
    allowed = tuple(rule.settings["classes"])
    wrong = [
        code
        for code in _items(book)
        if not code.startswith(allowed) and book.value(f"T06.{code}.amount")
    ]
    for code in wrong:
        message = (
            f"{book.edition.by_id['T06'].short}的款{code}不属于{'、'.join(allowed)}中的任何一类。"
        )
        yield failed(finding(rule, message, [book.cell_ref(f"T06.{code}.amount")]))
    if not wrong:
        yield PASSED


def economic_unknown(book: Book, rule: Rule) -> Iterator[Verdict]:
    """A09-2: 款 that neither the form nor the dictionary knows."""
    known = economic_codes()
    fixed = book.edition.by_id["T06"].fixed_rows
    unknown = [code for code in _items(book) if code not in known and code not in fixed]
    if not unknown:
        yield PASSED
        return
    message = f"经济分类目录里没有款{'、'.join(unknown)}。"
    cells = [book.cell_ref(f"T06.{code}.amount") for code in unknown]
    yield failed(finding(rule, message, cells))


def ledger_agrees(book: Book, rule: Rule) -> Iterator[Verdict]:
    """F10: each 款 of 06 is the ledger's amount, rounded one way or the other."""
    booked = {n: f for n, f in book.figures.items() if n[0] == "L" and n.startswith("LEDGER.")}
    if not booked:
        yield not_applicable("没有“06明细账”这张工作表（选填）")
    elif all(figure.fen is None for figure in booked.values()):
        yield not_applicable("“06明细账”还没有填（选填）")
    for name, figure in booked.items():
        if figure.fen is None:
            continue
        printed = name.removeprefix("LEDGER.")
        if printed in book.unreadable:
            yield not_run(book.unreadable[printed])
            continue
        gap = book.value(printed) - figure.fen
        if abs(gap) < max(book.unit.last_digit, 1):  # balanced rounding may go the other way
            yield PASSED if not gap else Verdict(Outcome.ROUNDING)
            continue
        label = book.edition.label(printed, book.names_of_codes())
        message = (
            f"{label}是{book.unit.exact_text(book.value(printed))}{book.unit.name}，"
            f"明细账是{YUAN.exact_text(figure.fen)}元。"
        )
        where = CellRef(name, figure.place.sheet, figure.place.cell, YUAN.exact_text(figure.fen))
        yield failed(finding(rule, message, [book.cell_ref(printed), where]))


def item_swallows_class(book: Book, rule: Rule) -> Iterator[Verdict]:
    """F05: one 款 holds its 类's whole amount though other 款 are not zero."""
    prefix = "T06."
    by_class: dict[str, list[str]] = {}
    for name, figure in book.figures.items():
        if figure.fen and name.startswith(prefix) and name[4:9].isdigit():
            by_class.setdefault(name[4:7], []).append(name)
    if not by_class:
        yield not_applicable(f"{book.edition.by_id['T06'].short}没有明细")
        return
    clean = True
    for group, names in by_class.items():
        total = book.value(f"T06.{group}.amount")
        if len(names) < 2 or not total or sum(map(book.value, names)) == total:
            continue
        for name in names:
            if book.value(name) == total:
                clean = False
                amount = book.unit.exact_text(total)
                message = (
                    f"{book.edition.by_id['T06'].short}{name[4:9]}的金额{amount}等于整个{group}类，同类其他款却也有金额，"
                    "多半是把类的合计填到了款里。"
                )
                cells = [book.cell_ref(name), book.cell_ref(f"T06.{group}.amount")]
                yield failed(finding(rule, message, cells))
    if clean:
        yield PASSED


def performance_pay(book: Book, rule: Rule) -> Iterator[Verdict]:
    """F09: 绩效工资 in a 行政单位 belongs to its 事业 staff, or is on the wrong line."""
    if not book.kind:
        yield not_run("封面没有填单位性质")
    elif book.kind != "行政单位":
        yield not_applicable("只看行政单位")
    elif book.value("T06.30107.amount") > 0:
        amount = book.unit.exact_text(book.value("T06.30107.amount"))
        message = f"行政单位的{book.edition.by_id['T06'].short}有绩效工资{amount}{book.unit.name}。"
        yield failed(finding(rule, message, [book.cell_ref("T06.30107.amount")]), reason(rule))
    else:
        yield PASSED


def pay_of_retired_cadres(book: Book, rule: Rule) -> Iterator[Verdict]:
    """F09-2: 离休费 without any spending on 单位离退休 is on the wrong line, or is paid from it."""
    paid = book.value("T06.30301.amount")
    if not paid:
        yield not_applicable("没有离休费")
        return
    codes = [c for c in book.tables["T05"].codes if c.startswith(tuple(rule.settings["codes"]))]
    if any(book.value(f"T05.{code}.basic") for code in codes):
        yield PASSED
        return
    message = (
        f"06表有离休费{book.unit.exact_text(paid)}{book.unit.name}，"
        "05表却没有单位离退休科目的基本支出。"
    )
    yield failed(finding(rule, message, [book.cell_ref("T06.30301.amount")]), reason(rule))


def surplus_needs_income(book: Book, rule: Rule) -> Iterator[Verdict]:
    """B06: 使用非财政拨款结余 and 结余分配 belong to units with 事业 or 经营 income."""
    used = [n for n in ("T01.28.amount", "T01.58.amount") if book.value(n)]
    if not used:
        yield not_applicable("没有使用非财政拨款结余，也没有结余分配")
        return
    if book.value("T01.5.amount") or book.value("T01.6.amount"):
        yield PASSED
        return
    cells: list[CellRef] = [book.cell_ref(name) for name in used]
    words = "、".join(book.edition.label(name) for name in used)
    message = f"{words}有金额，单位却没有事业收入和经营收入。"
    yield failed(finding(rule, message, cells), reason(rule))
