"""Contents that the template's tests build: the published sample, made-up departments, broken ones."""

from __future__ import annotations

import random
from functools import lru_cache

from tests.generator import common_classes, department
from tests.levels import every_level
from tests.seed import book_of_seed
from xlbudget.model.content import Content, content_of
from xlbudget.model.forms import load_edition
from xlbudget.model.money import WAN
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
