"""The nine tables from atoms, and what is drawn from them: items of 06, 三公, last year, the budget."""

from __future__ import annotations

import random
from collections.abc import Sequence

from xlbudget.model.forms import load_edition

from .atoms import CAPITAL, FUND, GENERAL, LEAST, LINE_OF, Atom, amount, shares

TRIPS = (("30212", "abroad"), ("31013", "vehicle_purchase"), ("30231", "vehicle_running"),
         ("30217", "reception"))  # fmt: skip
_USUAL = frozenset(
    ("30101", "30102", "30103", "30108", "30110", "30113", "30201", "30207", "30211", "30228")
)
_TYPICAL = {"abroad": 6, "vehicle_purchase": 18, "vehicle_running": 4, "reception": 1}
_ODDS = {"301": 0.6, "302": 0.5, "303": 0.35, "307": 0.04, "310": 0.1, "399": 0.0}


class Figures(dict[str, int]):
    """Figure name → 分; adding to a figure creates it."""

    def add(self, name: str, fen: int) -> None:
        self[name] = self.get(name, 0) + fen


def nine_tables(atoms: Sequence[Atom], flows: bool) -> Figures:
    """01–05, 07 and 08 from the atoms; 06 and 09 are drawn from 05."""
    edition = load_edition()
    lines = edition.row_of_class
    t = Figures()
    for atom in atoms:
        appropriated = atom.source in (GENERAL, FUND, CAPITAL)
        spent, code = atom.spent, atom.code
        for row in (code, "total"):
            t.add(f"T02.{row}.total", atom.income)
            kind = "appropriation" if appropriated else atom.source
            t.add(f"T02.{row}.{kind}", atom.income)
            t.add(f"T03.{row}.total", spent)
            for column in ("basic", "project", "remitted", "business", "subsidy"):
                t.add(f"T03.{row}.{column}", getattr(atom, column))
            if atom.source == FUND or (flows and atom.source == CAPITAL):
                for column, fen in (("opening", atom.opening), ("income", atom.income),
                                    ("closing", atom.closing)):  # fmt: skip
                    t.add(f"{'T07' if atom.source == FUND else 'T08'}.{row}.{column}", fen)
            table = {GENERAL: "T05", FUND: "T07", CAPITAL: "T08"}.get(atom.source)
            if table:
                t.add(f"{table}.{row}.total", spent)
                t.add(f"{table}.{row}.basic", atom.basic)
                t.add(f"{table}.{row}.project", atom.project)
        t.add(f"T01.{LINE_OF[atom.source]}.amount", atom.income)
        t.add("T01.27.amount", atom.income)
        t.add("T01.28.amount", atom.used)
        t.add("T01.29.amount", atom.opening)
        t.add("T01.30.amount", atom.income + atom.used + atom.opening)
        t.add(f"T01.{lines['T01'][code[:3]]}.amount", spent)
        t.add("T01.57.amount", spent)
        t.add("T01.58.amount", atom.distributed)
        t.add("T01.59.amount", atom.closing)
        t.add("T01.60.amount", spent + atom.distributed + atom.closing)
        if appropriated:
            t.add(f"T04.{LINE_OF[atom.source]}.amount", atom.income)
            t.add("T04.27.amount", atom.income)
            t.add("T04.28.amount", atom.opening)
            t.add(f"T04.{28 + LINE_OF[atom.source]}.amount", atom.opening)
            t.add("T04.32.amount", atom.income + atom.opening)
            for column in ("total", atom.source):
                t.add(f"T04.{lines['T04'][code[:3]]}.{column}", spent)
                t.add(f"T04.59.{column}", spent)
                t.add(f"T04.60.{column}", atom.closing)
                t.add(f"T04.64.{column}", spent + atom.closing)
    return t


def items(rng: random.Random, t: Figures, kind: str, least: int) -> None:
    """06: basic expenditure of 05 by economic item; the items of 三公 stay small."""
    codes = [c for s in load_edition().by_id["T06"].stacks for c in s.codes if len(c) == 5]
    trips = {code for code, _ in TRIPS}
    drawn = [
        code
        for code in codes
        if code not in trips
        and (code in _USUAL or rng.random() < _ODDS[code[:3]])
        and not (code == "30107" and kind == "行政单位")
    ]
    basic = t.get("T05.total.basic", 0)
    for code, _ in TRIPS:
        fen = min(amount(rng, 2), basic // 50)
        if rng.random() < 0.6 and fen >= LEAST:
            t[f"T06.{code}.amount"] = fen
            basic -= fen
    parts = shares(rng, basic, len(drawn), least)
    for code, fen in zip(rng.sample(drawn, len(parts)), parts, strict=True):
        t[f"T06.{code}.amount"] = fen
    for code in codes:
        fen = t.get(f"T06.{code}.amount", 0)
        t.add(f"T06.{code[:3]}.amount", fen)
        t.add(f"T06.{'personnel' if code[:3] in ('301', '303') else 'public'}.amount", fen)


def three_public(rng: random.Random, t: Figures) -> None:
    """09: at least what 06 shows, the rest from projects; the budget covers it."""
    room = t.get("T05.total.project", 0) // 10
    for code, column in TRIPS:
        actual = t.get(f"T06.{code}.amount", 0)
        more = min(amount(rng, _TYPICAL[column], 0.4), room)
        if rng.random() < 0.4 and more >= LEAST:
            actual += more
            room -= more
        planned = actual + (amount(rng, 0.5) if rng.random() < 0.6 else 0) * (actual > 0)
        for row, fen in (("actual", actual), ("budget", planned)):
            t.add(f"T09.{row}.{column}", fen)
            t.add(f"T09.{row}.total", fen)
            if column.startswith("vehicle"):
                t.add(f"T09.{row}.vehicles", fen)


def _near(rng: random.Random, fen: int) -> int:
    """Another year's amount: 70 to 130 per cent of this one's, zero where it was zero."""
    return max(LEAST, fen * rng.randint(700, 1300) // 1000) if fen else 0


def last_year(rng: random.Random, t: Figures) -> None:
    last = {f"LAST.T09.actual.{column}": _near(rng, t[f"T09.actual.{column}"])
            for _, column in TRIPS}  # fmt: skip
    vehicles = last["LAST.T09.actual.vehicle_purchase"] + last["LAST.T09.actual.vehicle_running"]
    t.update(last)
    t["LAST.T09.actual.vehicles"] = vehicles
    t["LAST.T09.actual.total"] = (
        vehicles + last["LAST.T09.actual.abroad"] + last["LAST.T09.actual.reception"]
    )
    t["LAST.T06.public.amount"] = _near(rng, t["T06.public.amount"])
    # 年初结转 of this year is 年末结转 of the last.
    t["LAST.T01.59.amount"] = t.get("T01.29.amount", 0)
    t["LAST.T04.60.total"] = t.get("T04.28.amount", 0)
    spent = _near(rng, t["T05.total.total"])
    t["LAST.T05.total.total"] = spent
    t["LAST.T04.32.amount"] = spent + t["LAST.T04.60.total"] + amount(rng, 5)
    t["LAST.T01.30.amount"] = t["LAST.T04.32.amount"] + t["LAST.T01.59.amount"] + amount(rng, 5)


def budget(rng: random.Random, t: Figures, atoms: Sequence[Atom]) -> None:
    for atom in atoms:
        if atom.source == GENERAL:
            draw = rng.random()
            fen = 0 if draw < 0.15 else atom.spent if draw < 0.3 else _near(rng, atom.spent)
            t[f"BUDGET.T05.{atom.code}.total"] = fen
            t.add("BUDGET.T05.total.total", fen)
