"""Made-up departments whose nine tables are true to the 分, for benchmarks and property tests.

Everything follows from spending by 科目: income, carry-over and the economic breakdown are drawn so that
all identities hold between the true amounts.  Printing them in 万元 then gives honest 尾差.
"""

from __future__ import annotations

import math
import random
from typing import NamedTuple

from tests.validate.seed_system import Sample, sample_from
from xlbudget.model.forms import load_edition
from xlbudget.model.money import WAN, round_half_up

_USED = {"301": 0.5, "302": 0.5, "303": 0.35, "307": 0.03, "310": 0.08, "399": 0.03}
_USUAL = frozenset(
    ("30101", "30102", "30103", "30108", "30110", "30112", "30113", "30201", "30228", "30229")
)


class Department(NamedTuple):
    """True amounts in 分 by figure name, and the sample as printed in 万元."""

    true: dict[str, int]
    codes: dict[str, list[str]]
    printed: Sample

    @property
    def has_hidden_amounts(self) -> bool:
        """Whether an amount below 50 元 is printed as 0.00, which the checks take for nothing."""
        return any(fen and abs(fen) < WAN.half for fen in self.true.values())


def department(rng: random.Random, rows: int = 12) -> Department:
    """A department with about ``rows`` 科目; funds, carry-over and other income at random."""
    true, codes = true_amounts(rng, rows)
    shown: dict[str, int | None] = {}
    for name, fen in true.items():
        shown[name] = round_half_up(fen, WAN.last_digit) // WAN.last_digit if fen else None
    return Department(true, codes, sample_from(shown, codes))


def _amount(rng: random.Random, wan: float) -> int:
    return max(1, round(math.exp(rng.gauss(math.log(wan), 1.2)) * 1_000_000))


def _split(total: int, weights: list[float]) -> list[int]:
    """``total`` in shares, whole 分; the largest share takes what is left over."""
    whole = sum(weights)
    if not whole:
        weights = [1.0] + [0.0] * (len(weights) - 1)
        whole = 1.0
    parts = [int(total * weight / whole) for weight in weights]
    parts[max(range(len(parts)), key=lambda i: weights[i])] += total - sum(parts)
    return parts


def true_amounts(rng: random.Random, rows: int) -> tuple[dict[str, int], dict[str, list[str]]]:
    """True amounts in 分 by figure name and the 科目 that the list tables print."""
    edition = load_edition()
    classes = list(edition.classes)
    chosen = rng.sample(classes, min(len(classes), max(2, rows // 4)) if rows > 1 else 1)
    codes: list[str] = []
    while len(codes) < rows:
        code = f"{rng.choice(chosen)}{rng.randint(1, 29):02d}{rng.randint(1, 98):02d}"
        if code not in codes:
            codes.append(code)
    codes.sort()
    fund = rng.random() < 0.3
    carry = rng.random() < 0.5
    fund_codes = sorted(rng.sample(codes, min(2, rows))) if fund else []
    t: dict[str, int] = dict.fromkeys(edition.fixed_names, 0)

    spending: dict[str, tuple[int, int, int, int, int, int]] = {}
    for code in codes:
        kind = rng.randrange(3)
        basic = _amount(rng, 50) if kind != 1 else 0
        project = _amount(rng, 30) if kind != 0 else 0
        own_basic = _amount(rng, 4) if rng.random() < 0.15 and basic else 0
        own_project = _amount(rng, 4) if rng.random() < 0.15 and project else 0
        fund_project = _amount(rng, 80) if code in fund_codes else 0
        spending[code] = (basic, project, own_basic, own_project, 0, fund_project)

    def table(name: str, columns: tuple[str, ...], lines: dict[str, tuple[int, ...]]) -> None:
        totals = [0] * len(columns)
        for code, amounts in lines.items():
            for i, (column, amount) in enumerate(zip(columns, amounts, strict=True)):
                t[f"{name}.{code}.{column}"] = amount
                totals[i] += amount
        for column, amount in zip(columns, totals, strict=True):
            t[f"{name}.total.{column}"] = amount

    table(
        "T05",
        ("total", "basic", "project"),
        {c: (b + p, b, p) for c, (b, p, *_) in spending.items()},
    )
    table(
        "T03",
        ("total", "basic", "project", "remitted", "business", "subsidy"),
        {
            c: (b + p + ob + op + f, b + ob, p + op + f, 0, 0, 0)
            for c, (b, p, ob, op, _, f) in spending.items()
        },
    )
    general, fund_spent = t["T05.total.total"], sum(s[5] for s in spending.values())
    everything = t["T03.total.total"]
    own = everything - general - fund_spent

    def carried(spent: int, on: bool) -> tuple[int, int, int]:
        """Opening, income, closing."""
        opening, closing = (_amount(rng, 15), _amount(rng, 12)) if on else (0, 0)
        if spent + closing < opening:
            opening = 0
        return opening, spent + closing - opening, closing

    g_open, g_income, g_close = carried(general, carry)
    o_open, o_income, o_close = carried(own, carry)
    flows: dict[str, tuple[int, ...]] = {}
    for code in fund_codes:
        opening, income, closing = carried(spending[code][5], carry)
        project = spending[code][5]
        flows[code] = (opening, income, project, 0, project, closing)
    table("T07", ("opening", "income", "total", "basic", "project", "closing"), flows)
    f_open, f_income = t["T07.total.opening"], t["T07.total.income"]
    f_close = t["T07.total.closing"]

    weights = [rng.gammavariate(0.5, 1) for _ in range(5)]
    others = _split(o_income, [w if w > 0.3 else 0.0 for w in weights])
    income = [g_income, f_income, 0, *others]
    for line, amount in enumerate(income, start=1):
        t[f"T01.{line}.amount"] = amount
    columns = [g_income + f_income, *others]
    # without carry-over income goes where it is spent
    lines: dict[str, list[int]] = {code: [0] * 6 for code in codes}
    for i, amount in enumerate(columns):
        if i == 0:
            parts = [spending[c][0] + spending[c][1] + spending[c][5] for c in codes]
            parts[0] += amount - sum(parts)
            if parts[0] < 0:
                parts = _split(amount, [rng.gammavariate(0.7, 1) for _ in codes])
        else:
            own_of = [float(spending[c][2] + spending[c][3]) for c in codes]
            parts = _split(amount, own_of if any(own_of) else [1.0] * rows)
        for code, part in zip(codes, parts, strict=True):
            lines[code][i] = part
    table(
        "T02",
        ("total", "appropriation", "superior", "operating", "business", "affiliated", "other"),
        {c: (sum(parts), *parts) for c, parts in lines.items()},
    )
    t["T01.27.amount"] = sum(income)
    t["T01.29.amount"] = g_open + f_open + o_open
    t["T01.30.amount"] = t["T01.60.amount"] = t["T01.27.amount"] + t["T01.29.amount"]
    t["T01.57.amount"] = everything
    t["T01.59.amount"] = g_close + f_close + o_close
    for code, line in edition.row_of_class["T01"].items():
        t[f"T01.{line}.amount"] = sum(t[f"T03.{c}.total"] for c in codes if c.startswith(code))

    t["T04.1.amount"], t["T04.2.amount"] = g_income, f_income
    t["T04.27.amount"] = g_income + f_income
    t["T04.29.amount"], t["T04.30.amount"] = g_open, f_open
    t["T04.28.amount"] = g_open + f_open
    t["T04.32.amount"] = t["T04.27.amount"] + t["T04.28.amount"]
    for code, line in edition.row_of_class["T04"].items():
        inside = [c for c in codes if c.startswith(code)]
        a = sum(t[f"T05.{c}.total"] for c in inside)
        f = sum(spending[c][5] for c in inside)
        t[f"T04.{line}.general"], t[f"T04.{line}.fund"], t[f"T04.{line}.total"] = a, f, a + f
    for column, spent, closing in (
        ("general", general, g_close),
        ("fund", fund_spent, f_close),
        ("total", general + fund_spent, g_close + f_close),
    ):
        t[f"T04.59.{column}"], t[f"T04.60.{column}"] = spent, closing
        t[f"T04.64.{column}"] = spent + closing

    stacks = edition.by_id["T06"].stacks
    items = [c for stack in stacks for c in stack.codes if len(c) == 5]
    used = {c: 0.95 if c in _USUAL else _USED[c[:3]] for c in items}
    weights = [rng.gammavariate(0.7, 1) if rng.random() < used[c] else 0.0 for c in items]
    for code, amount in zip(items, _split(t["T05.total.basic"], weights), strict=True):
        t[f"T06.{code}.amount"] = amount
    for group in ("301", "302", "303", "307", "310", "399"):
        t[f"T06.{group}.amount"] = sum(t[f"T06.{c}.amount"] for c in items if c[:3] == group)
    t["T06.personnel.amount"] = t["T06.301.amount"] + t["T06.303.amount"]
    t["T06.public.amount"] = t["T05.total.basic"] - t["T06.personnel.amount"]

    room = t["T04.59.total"]
    for column, code in (
        ("abroad", "30212"),
        ("vehicle_purchase", "31013"),
        ("vehicle_running", "30231"),
        ("reception", "30217"),
    ):
        spent = t[f"T06.{code}.amount"]
        extra = _amount(rng, 1) if rng.random() < 0.3 and spent else 0
        t[f"T09.actual.{column}"] = spent + (extra if extra < room // 100 else 0)
        planned = t[f"T09.actual.{column}"] * rng.choice((100, 110, 125)) // 100
        t[f"T09.budget.{column}"] = planned
    for row in ("budget", "actual"):
        vehicles = t[f"T09.{row}.vehicle_purchase"] + t[f"T09.{row}.vehicle_running"]
        t[f"T09.{row}.vehicles"] = vehicles
        both = t[f"T09.{row}.abroad"] + t[f"T09.{row}.reception"]
        t[f"T09.{row}.total"] = vehicles + both
    if t["T09.actual.total"] > room:  # public transport only: the room is what was spent
        for column in (
            "total",
            "abroad",
            "vehicles",
            "vehicle_purchase",
            "vehicle_running",
            "reception",
        ):
            t[f"T09.actual.{column}"] = min(t[f"T09.actual.{column}"], 0)
            t[f"T09.budget.{column}"] = 0
        for code in ("30212", "31013", "30231", "30217"):
            moved = t[f"T06.{code}.amount"]
            other = "30299" if code[:3] == "302" else "31099"
            t[f"T06.{code}.amount"] -= moved
            t[f"T06.{other}.amount"] += moved
    return t, {"T02": codes, "T03": codes, "T05": codes, "T07": fund_codes, "T08": []}
