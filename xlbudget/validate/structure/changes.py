"""Against last year and against the budget: what needs a reason, and whether the reason fits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...model.book import Book, CellRef
from ...model.codes import full_name
from ...model.inputs import load_inputs
from ...patterns import lazy_pattern
from ...validate.check import Outcome
from ..check import PASSED, Verdict, failed, not_applicable, not_run
from ..rules import Rule
from ..wording import input_missing
from .common import compared, finding, published, reason, wan

_KEY = lazy_pattern(r"T05\.(\d{7})\.total~BUDGET")


def change_explained(book: Book, rule: Rule) -> Iterator[Verdict]:
    """J04: a change of so many per cent or more against last year has a reason."""
    percent = rule.settings["percent"]
    for name in rule.settings["figures"]:
        if name.startswith("T06.public") and book.kind == "事业单位":
            yield not_applicable("事业单位没有机关运行经费")
            continue
        if name.startswith("T06.public") and "operating.amount" in load_inputs(book.edition).facts:
            yield not_applicable("机关运行经费另在补充资料填写")
            continue
        now, last = published(book, name), published(book, f"LAST.{name}")
        label = book.edition.label(name)
        if last is None:
            if now:
                yield not_run(input_missing(book, f"LAST.{name}"))
            else:
                yield not_applicable(f"本年和上年都没有{label}")
            continue
        change = (now or 0) - last
        if not change and not last:
            yield not_applicable(f"本年和上年都没有{label}")
        elif abs(change) * 100 < percent * abs(last) or not change:
            yield PASSED
        else:
            rate = f"（{change / abs(last):+.2%}）" if last else ""
            way = "增加" if change > 0 else "减少"
            message = f"{label}比上年{way}{wan(abs(change))}{rate}，“原因说明”里没有原因。"
            cells = [book.cell_ref(name), book.cell_ref(f"LAST.{name}")]
            yield failed(finding(rule, message, cells), reason(rule, name=name))


def _budgeted(book: Book) -> dict[str, str]:
    """Code → name of its 年初预算 figure, for the rows that no other row adds up."""
    names = {n.split(".")[2]: n for n in book.figures if n.startswith("BUDGET.T05.")}
    codes = [code for code in names if code != "total"]
    return {c: names[c] for c in codes if not any(o != c and o.startswith(c) for o in codes)}


def budget_adds_up(book: Book, rule: Rule) -> Iterator[Verdict]:
    """K01: the 年初预算 of all 项 add up to the budget's printed total."""
    total_name = "BUDGET.T05.total.total"
    total = book.figures.get(total_name)
    rows = budget_rows(book)
    broken = [n for n in book.unreadable if n.startswith("BUDGET.")]
    if broken:
        yield not_run(book.unreadable[broken[0]])
    elif total is None or total.fen is None:
        yield not_run("年初预算的合计没有填")
    elif not rows:
        yield not_run("年初预算没有按项填")
    else:
        added = sum(book.value(name) for name in rows)
        tolerance = total.half + sum(book.figures[name].half for name in rows)
        if added == total.fen:
            yield PASSED
        elif abs(added - total.fen) <= tolerance:
            yield Verdict(Outcome.ROUNDING)
        else:
            text = book.unit.exact_text
            message = f"年初预算各项加起来是{text(added)}，合计是{text(total.fen)}。"
            names = (total_name, *rows)
            yield failed(compared(book, rule, message, names, added, total.fen, tolerance))


def budget_rows(book: Book) -> list[str]:
    """Names of the 年初预算 figures that add up to the total."""
    return [name for name in _budgeted(book).values() if book.figures[name].fen is not None]


def deviation_explained(book: Book, rule: Rule) -> Iterator[Verdict]:
    """K04: where a 项's 决算 differs from its 年初预算, 原因说明 says why."""
    printed = [code for code in book.tables["T05"].codes if len(code) == 7]
    budgeted = [code for code in _budgeted(book) if len(code) == 7]
    names: dict[str, str] = {}
    for code in sorted({*printed, *budgeted}):
        name = f"T05.{code}.total"
        actual, budget = published(book, name), published(book, f"BUDGET.{name}")
        if name in book.unreadable or f"BUDGET.{name}" in book.unreadable:
            yield not_run(book.unreadable.get(name) or book.unreadable[f"BUDGET.{name}"])
        elif budget is None:
            if actual:
                yield not_run(f"“年初预算”表没有填科目{code}，没有预算的填0")
        elif (actual or 0) == budget:
            yield PASSED if budget else not_applicable(f"科目{code}没有预算也没有支出")
        else:
            names = names or book.names_of_codes()
            way = "大于" if (actual or 0) > budget else "小于"
            message = (
                f"{code} {full_name(code, names)}的决算数{wan(actual or 0)}"
                f"{way}年初预算数{wan(budget)}，“原因说明”里没有原因。"
            )
            cells = [book.cell_ref(name), book.cell_ref(f"BUDGET.{name}")]
            yield failed(finding(rule, message, cells), reason(rule, code=code))


_COMPARED = lazy_pattern(r"(T\d\d\.\w+\.\w+)~(LAST|BUDGET)")


def reason_fits_change(book: Book, rule: Rule) -> Iterator[Verdict]:
    """K04-2: a reason does not speak of less where there is more, or of more where there is less."""
    more, less = re.compile(rule.settings["more"]), re.compile(rule.settings["less"])
    looked = False
    clean = True
    for claim in book.reasons.values():
        match = _COMPARED.fullmatch(claim.key)
        if match is None or not claim.text:
            continue
        name, against = match.groups()
        planned = name.replace("T09.actual.", "T09.budget.")
        base_name = f"{against}.{name}" if planned == name or against == "LAST" else planned
        now, base = published(book, name), published(book, base_name)
        if now is None or base is None or now == base:
            continue
        looked = True
        says_more, says_less = more.search(claim.text), less.search(claim.text)
        wrong = says_less if now > base else says_more
        if wrong is None or (says_more and says_less):
            continue
        clean = False
        way = "多" if now > base else "少"
        label = book.edition.label(name, book.names_of_codes())
        than = "上年" if against == "LAST" else "预算"
        message = (
            f"{label}比{than}{way}{wan(abs(now - base))}，原因里却只说“{wrong[0]}”"
            f"（全文：{claim.text}）。"
        )
        cells = [
            CellRef("", claim.place.sheet, claim.place.cell, claim.text),
            book.cell_ref(name),
            book.cell_ref(base_name),
        ]
        yield failed(finding(rule, message, cells))
    if clean:
        yield PASSED if looked else not_applicable("没有写增减变动的原因")


def carried_over_where(book: Book, rule: Rule) -> Iterator[Verdict]:
    """K05: a reason that says money was carried over, while 年末结转 is zero."""
    pattern = re.compile(rule.settings["words"])
    claims = [r for r in book.reasons.values() if _KEY.fullmatch(r.key) and pattern.search(r.text)]
    if not claims:
        yield not_applicable("没有一条原因说资金结转下年")
        return
    if book.value("T01.59.amount") or book.value("T04.60.total"):
        yield PASSED
        return
    for claim in claims:
        match = _KEY.fullmatch(claim.key)
        code = match[1] if match else ""
        message = f"科目{code}的原因写着“{claim.text}”，可是01表和04表的年末结转和结余都是0。"
        cells = [
            CellRef("", claim.place.sheet, claim.place.cell, claim.text),
            book.cell_ref("T01.59.amount"),
            book.cell_ref("T04.60.total"),
        ]
        yield failed(finding(rule, message, cells))
