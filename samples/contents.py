"""What the samples hold: the published department, and made-up ones as two editions print them."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from tests.generator import department, publication
from xlbudget.model.content import Content
from xlbudget.model.forms import load_edition
from xlbudget.model.money import UNITS
from xlbudget.model.restate import restated

SEED = Path(__file__).parents[1] / "tests" / "data" / "seed_book.json"


def liling() -> Content:
    """The published sample: 醴陵市人民政府办公室, 2024; figures as published, texts in our own words.

    One source serves the samples and the narrator's tests.
    """
    data: dict[str, Any] = json.loads(SEED.read_text("utf-8"))
    fen = UNITS[data["unit"]].fen
    figures = {n: int(Decimal(v) * fen) for n, v in data["figures"].items() if v is not None}
    # Nothing was carried in, so nothing was carried out of last year.
    figures |= {"LAST.T01.59.amount": 0, "LAST.T04.60.total": 0}
    return Content(
        department=data["department"],
        year=data["year"],
        unit=data["unit"],
        kind=data["kind"],
        figures=figures,
        codes=data["codes"],
        names=data["names"],
        facts=data["facts"],
        records=[(list_id, fields) for list_id, fields in data["records"]],
        reasons=data["reasons"],
    )


MADE_UP = "示范市文化教育局"


@lru_cache(maxsize=1)
def made_up() -> Content:
    """A made-up department in 元 with 60 项: carry-over, 07, 08 and 事业 income, true to the 分."""
    return department(
        random.Random(217),
        60,
        fund=True,
        capital=True,
        carry=True,
        own=True,
        classes=("205", "206", "207", "208", "210", "221"),
        name=MADE_UP,
    )


@lru_cache(maxsize=1)
def in_shanghai() -> Content:
    """The same kind of department as Shanghai prints it, in 万元: each figure rounded by itself."""
    content = department(
        random.Random(2025),
        24,
        fund=True,
        capital=True,
        carry=True,
        own=True,
        flows=True,
        classes=("205", "206", "208", "210", "221"),
        name="示范市文化教育局",
    )
    return publication(restated(content, load_edition("shanghai-2024")).content)
