"""Contents that the template's tests build: the published sample, made-up departments, broken ones."""

from __future__ import annotations

import random
from functools import lru_cache

from tests.generator import common_classes, department, publication
from tests.levels import every_level
from tests.seed import book_of_seed
from xlbudget.model.content import Content, content_of
from xlbudget.model.forms import load_edition
from xlbudget.model.money import UNITS, WAN
from xlbudget.model.restate import restated


@lru_cache(maxsize=1)
def seed() -> Content:
    """The nine tables as published, in 万元."""
    return content_of(book_of_seed())


def made_up(rows: int, number: int = 7) -> Content:
    """A consistent department in 元, true to the 分."""
    return department(random.Random(number), rows, fund=True, capital=True, carry=True, own=True)


def in_shanghai(rows: int, number: int = 7) -> Content:
    """A consistent department in 元 as Shanghai prints it: 类 and 款 rows, 08 with income."""
    rng = random.Random(number)
    classes = common_classes()
    content = department(
        rng, rows, fund=True, capital=True, carry=True, own=True, flows=True, classes=classes
    )
    return restated(content, load_edition("shanghai-2024")).content


def rounded(content: Content) -> Content:
    """The same department printed in 万元 with two decimals: 尾差 everywhere."""
    figures = {
        name: int(WAN.decimal(fen).quantize(WAN.decimal(WAN.last_digit)) * WAN.fen)
        for name, fen in content.figures.items()
        if not name.startswith("FACT.")
    }
    return content._replace(unit="万元", figures=figures)


def unrounded(content: Content) -> Content:
    """The same department in 万元 with every 分 kept, as exports divided by 10,000 do."""
    figures = {n: f for n, f in content.figures.items() if not n.startswith("FACT.")}
    return content._replace(unit="万元", figures=figures)


def changed(content: Content, **amounts: int | None) -> Content:
    """Other amounts in 分 for figures named ``T03__2010301__basic``; None blanks one."""
    figures = dict(content.figures)
    for key, fen in amounts.items():
        name = key.replace("__", ".")
        figures.pop(name, None)
        if fen is not None:
            figures[name] = fen
    return content._replace(figures=figures)


def nested(content: Content, table: str = "T05", *, wrong: int = 0) -> Content:
    """The content with 类 and 款 rows above each 项 of one list; ``wrong`` is added to one of them."""
    content = every_level(content, table)
    first = f"{table}.{content.codes[table][0]}.total"
    return content._replace(figures={**content.figures, first: content.figures[first] + wrong})


def with_inputs(content: Content | None = None, **amounts: int | None) -> Content:
    """A department with 上年数, 年初预算 and 补充资料 that agree; ``amounts`` changes them, as ``changed``."""
    content = content or made_up(12)
    fen = UNITS[content.unit].fen
    get = content.figures.get
    items = [code for code in content.codes["T05"] if len(code) == 7]
    budget = {f"BUDGET.T05.{c}.total": get(f"T05.{c}.total", 0) for c in items}
    facts = {
        "asset.vehicles": 2 * fen,
        "asset.vehicles_other": 2 * fen,
        "vehicle.kept": 2 * fen,
        "procurement.total": 3 * fen,
        "procurement.goods": fen,
        "procurement.services": 2 * fen,
        "procurement.sme": 2 * fen,
        "meeting.amount": get("T06.30215.amount", 0),
        "performance.project_actual": get("T03.total.project", 0),
        "performance.adjusted": get("T03.total.total", 0),
    }
    last = {"T01.59.amount": "T01.29.amount", "T04.60.total": "T04.28.amount"}
    tables = {n: fen for n, fen in content.figures.items() if n[0] == "T"}
    figures = {
        **tables,
        **budget,
        "BUDGET.T05.total.total": sum(budget.values()),
        **{f"LAST.{name}": get(this, 0) for name, this in last.items()},
        **{f"FACT.{name}": value for name, value in facts.items()},
    }
    return changed(content._replace(figures=figures), **amounts)


def spent_at_once(rows: int = 12) -> Content:
    """A department of 财政拨款 alone that carries nothing over: what comes in goes out."""
    return department(random.Random(5), rows, fund=True, capital=True, carry=False, own=False)


def moved(content: Content, table: str = "T02", code: str = "2019999") -> Content:
    """The content with the last row of a list on another code."""
    *others, last = content.codes[table]
    head = f"{table}.{last}."
    figures = {
        f"{table}.{code}.{name.removeprefix(head)}" if name.startswith(head) else name: fen
        for name, fen in content.figures.items()
    }
    return content._replace(figures=figures, codes={**content.codes, table: [*others, code]})


def with_ledger(**amounts: int) -> Content:
    """A department in 万元 with the ledger of its 06; ``amounts`` changes 款 of the ledger."""
    content = department(random.Random(3), 12)
    booked = {n[4:9]: fen for n, fen in content.figures.items() if n[:4] == "T06." and fen}
    booked = {code: fen for code, fen in booked.items() if code.isdigit()}
    booked |= {code.removeprefix("k"): fen for code, fen in amounts.items()}
    ledger = {f"LEDGER.T06.{code}.amount": fen for code, fen in booked.items()}
    printed = publication(content)
    return printed._replace(figures={**printed.figures, **ledger}, ledger=True)


def ledger_of(content: Content) -> dict[str, int]:
    return {n: fen for n, fen in content.figures.items() if n.startswith("LEDGER.")}
