"""补充资料: lists against their totals, the score against its grade."""

from __future__ import annotations

from collections.abc import Iterator

from ...model.book import Book, CellRef
from ...validate.check import Outcome
from ..check import PASSED, Verdict, failed, not_applicable, not_run
from ..rules import Rule
from .common import compared, finding, list_title, missing, number, sum_of_list, typed


def lists_add_up(book: Book, rule: Rule) -> Iterator[Verdict]:
    """L04-3: the lists of meetings, trainings and festivals add up to their amounts."""
    for list_id, fact in rule.settings["lists"].items():
        title, stated = list_title(list_id), typed(book, fact)
        rows = any(record.list_id == list_id for record in book.records)
        total = sum_of_list(book, list_id, "amount")
        if not rows and not stated:
            yield not_applicable(f"没有{title}") if stated == 0 else not_run(missing(book, fact))
        elif not rows:
            yield not_run(f"补充资料“{title}”没有填")
        elif stated is None:
            yield not_run(missing(book, fact))
        elif total.unreadable:
            yield not_run(total.unreadable)
        else:
            tolerance = total.tolerance + book.figures[f"FACT.{fact}"].half
            if total.fen == stated:
                yield PASSED
            elif abs(total.fen - stated) <= tolerance:
                yield Verdict(Outcome.ROUNDING)
            else:
                text = book.unit.exact_text
                message = f"{title}加起来是{text(total.fen)}，补充资料填的总数是{text(stated)}。"
                names = (f"FACT.{fact}",)
                yield failed(compared(book, rule, message, names, total.fen, stated, tolerance))


def other_vehicles_named(book: Book, rule: Rule) -> Iterator[Verdict]:
    """L03-2: what other vehicles are for is said only where there are other vehicles."""
    use = book.facts.get("asset.vehicles_other_use")
    text = (use.value or "").strip() if use else ""
    count = typed(book, "asset.vehicles_other")
    if not text:
        yield not_applicable("没有写其他用车的用途")
    elif count is None:
        yield not_run(missing(book, "asset.vehicles_other"))
    elif count > 0:
        yield PASSED
    else:
        place = [CellRef("", use.place.sheet, use.place.cell, text)] if use else []
        message = f"其他用车是0辆，补充资料却写着“其他用车主要是”“{text}”。"
        yield failed(finding(rule, message, place))


def grade_and_score(book: Book, rule: Rule) -> Iterator[Verdict]:
    """L06: the score is within 0–100, the grade is one of the four, and it is the score's."""
    bands: dict[str, float] = rule.settings["bands"]
    score = typed(book, "performance.score")
    fact = book.facts.get("performance.grade")
    grade = (fact.value or "").strip() if fact else ""
    cells = [book.cell_ref("FACT.performance.score")]
    if fact:
        cells.append(CellRef("", fact.place.sheet, fact.place.cell, grade))
    clean = True
    if grade and grade not in bands:
        clean = False
        message = f"评价等级“{grade}”不对，只能是{'、'.join(bands)}。"
        yield failed(finding(rule, message, cells, advice=False))
    if score is not None and not 0 <= score <= 100 * book.unit.fen:
        clean = False
        message = f"自评得分{number(book, score)}不在0到100之间。"
        yield failed(finding(rule, message, cells, advice=False))
    if not clean:
        return
    if score is None:
        yield not_run(missing(book, "performance.score"))
    elif not grade:
        yield not_run("补充资料“评价等级”没有填")
    else:
        due = next(name for name, least in bands.items() if score >= least * book.unit.fen)
        if due == grade:
            yield PASSED
        else:
            message = f"自评得分{number(book, score)}分应当是“{due}”，填的是“{grade}”。"
            yield failed(finding(rule, message, cells))
