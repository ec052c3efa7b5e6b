"""Made-up departments whose figures are consistent to the 分, for tests, samples and benchmarks.

Everything grows from atoms: for each 科目 and each source of money what was carried in, spent as
basic or project expenditure, and carried out.  Income is what remains, and every figure of the nine
tables is a sum of atoms, so all identities hold exactly.  ``publication`` rounds each figure by itself
to 万元, which gives honest 尾差.

Unless asked otherwise, every amount that is not zero is at least 100 元 (0.01 万元): a smaller one
would be printed as 0.00, and a printed zero is exactly zero.
"""

from __future__ import annotations

import random
from collections.abc import Collection

from xlbudget.model.content import Content
from xlbudget.model.forms import editions, load_edition
from xlbudget.model.money import YUAN
from xlbudget.narrate.reasons import required_reasons

from .atoms import LEAST, codes_by_table, codes_of, draw
from .printed import book_of, figure_of, publication
from .supplement import supplement
from .tables import budget, items, last_year, nine_tables, three_public

__all__ = [
    "LEAST",
    "book_of",
    "codes_of",
    "common_classes",
    "department",
    "figure_of",
    "publication",
]


def common_classes() -> tuple[str, ...]:
    """The function classes that every edition prints."""
    first, *others = (load_edition(edition_id).classes for edition_id in editions())
    return tuple(c for c in first if all(c in classes for classes in others))


def department(
    rng: random.Random,
    rows: int = 12,
    *,
    fund: bool | None = None,
    capital: bool | None = None,
    carry: bool | None = None,
    own: bool | None = None,
    classes: Collection[str] = (),
    flows: bool = False,
    least: int = LEAST,
    explained: bool = True,
    name: str = "示范部门",
) -> Content:
    """A department in 元 with ``rows`` 科目 in 03; what is not asked for is drawn.

    ``flows`` says whether 08 has income and carry-over too, as some editions print it.
    ``classes`` are the function classes its 一般公共预算 is spent on; all classes where none is named.
    ``least`` is the smallest amount in 分 of an item of 06, ``explained`` whether it gives its reasons.
    """
    fund = rng.random() < 0.35 if fund is None else fund
    capital = rng.random() < 0.2 if capital is None else capital
    carry = rng.random() < 0.5 if carry is None else carry
    own = rng.random() < 0.6 if own is None else own
    general = [c for c in codes_of("一般公共预算") if not classes or c[:3] in classes]
    atoms = draw(rng, general, rows, fund=fund, capital=capital, carry=carry, own=own)
    kind = "事业单位" if own else rng.choice(("行政单位", "参公事业单位"))
    figures = nine_tables(atoms, flows)
    items(rng, figures, kind, least)
    three_public(rng, figures)
    last_year(rng, figures)
    budget(rng, figures, atoms)
    facts, records = supplement(rng, figures)
    content = Content(
        department=name,
        year=2024,
        unit=YUAN.name,
        kind=kind,
        figures=figures,
        codes=codes_by_table(atoms),
        facts=facts,
        records=records,
    )
    if not explained:
        return content
    reasons = {
        line.key: "本年工作任务增加，相应增加支出" if line.difference > 0 else "厉行节约，压减支出"
        for line in required_reasons(book_of(content))
    }
    return content._replace(reasons=reasons)
