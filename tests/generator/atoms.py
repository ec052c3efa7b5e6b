"""Atoms: what one 科目 got from one source of money, drawn at random to the 分."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from xlbudget.model.codes import function_codes
from xlbudget.model.forms import load_edition

LEAST = 10_000  # 分: 100 元
WHOLE_WAN = 1_000_000  # 分: 1 万元

GENERAL, FUND, CAPITAL = "general", "fund", "capital"
OWN = ("superior", "operating", "business", "affiliated", "other")  # the other columns of 02
LINE_OF = {GENERAL: 1, FUND: 2, CAPITAL: 3, **{kind: 4 + i for i, kind in enumerate(OWN)}}
_NOT_GENERAL = ("20709", "21208", "21219", "22904", "22908", "22960", "223")


class Atom(NamedTuple):
    """One 科目 and one source of money, in 分; ``distributed`` and ``used`` are lines 58 and 28."""

    code: str
    source: str
    basic: int = 0
    project: int = 0
    opening: int = 0
    closing: int = 0
    remitted: int = 0
    business: int = 0
    subsidy: int = 0
    distributed: int = 0
    used: int = 0

    @property
    def spent(self) -> int:
        return self.basic + self.project + self.remitted + self.business + self.subsidy

    @property
    def income(self) -> int:
        return self.spent + self.closing + self.distributed - self.opening - self.used


@lru_cache(maxsize=3)
def codes_of(budget: str) -> tuple[str, ...]:
    """项 codes in use that belong to a budget and to a class that the form prints."""
    classes = frozenset(load_edition().classes)
    return tuple(
        code
        for code, entry in sorted(function_codes().items())
        if len(code) == 7
        and entry.in_use
        and entry.budget == budget
        and code[:3] in classes
        and (budget != "一般公共预算" or not code.startswith(_NOT_GENERAL))
    )


def amount(rng: random.Random, typical: float, spread: float = 1.0) -> int:
    """A random amount in 分 around ``typical`` 万元, never below 100 元, hardly ever round."""
    return max(LEAST, round(typical * WHOLE_WAN * rng.lognormvariate(0, spread)))


def shares(rng: random.Random, total: int, count: int, least: int = LEAST) -> list[int]:
    """``total`` cut into at most ``count`` random amounts of at least ``least`` 分 each."""
    count = max(1, min(count, total // least))
    weights = [rng.gammavariate(0.8, 1) + 1e-6 for _ in range(count)]
    free, whole = total - count * least, sum(weights)
    parts = [least + int(free * weight / whole) for weight in weights]
    parts[max(range(count), key=parts.__getitem__)] += total - sum(parts)
    return parts


def draw(
    rng: random.Random,
    pool: Sequence[str],
    rows: int,
    *,
    fund: bool,
    capital: bool,
    carry: bool,
    own: bool,
) -> list[Atom]:
    """The atoms of about ``rows`` 科目: general ones from the pool, funds, capital, own income."""
    funds = sorted(rng.sample(codes_of("政府性基金预算"), rng.randint(1, 2))) if fund else []
    capitals = sorted(rng.sample(codes_of("国有资本经营预算"), 1)) if capital else []
    general = sorted(rng.sample(pool, max(1, rows - len(funds) - len(capitals))))
    atoms: list[Atom] = []

    def add(atom: Atom) -> None:
        if carry and rng.random() < 0.5:
            closing = amount(rng, 8) if rng.random() < 0.7 else 0
            room = atom.spent + closing - LEAST
            opening = min(amount(rng, 8), room) if room >= LEAST and rng.random() < 0.7 else 0
            atom = atom._replace(opening=opening, closing=closing)
        atoms.append(atom)

    for index, code in enumerate(general):
        kinds = rng.choice(("basic", "project", "both")) if index else "both"
        basic = amount(rng, 60) if kinds != "project" else 0
        project = amount(rng, 40) if kinds != "basic" else 0
        add(Atom(code, GENERAL, basic, project))
    for code in funds:
        add(Atom(code, FUND, project=amount(rng, 90), basic=amount(rng, 5) * rng.randrange(2)))
    for code in capitals:
        add(Atom(code, CAPITAL, project=amount(rng, 30)))
    if own:
        for source in rng.sample(OWN, rng.randint(1, len(OWN))):
            for code in rng.sample(general, min(len(general), rng.randint(1, 3))):
                atom = Atom(code, source, basic=amount(rng, 6))
                if source == "business":
                    atom = Atom(code, source, business=amount(rng, 12))
                    if rng.random() < 0.4:
                        atom = atom._replace(distributed=amount(rng, 2))
                elif source == "operating" and rng.random() < 0.4:
                    atom = atom._replace(project=amount(rng, 9), used=LEAST + atom.basic // 3)
                elif source in ("superior", "affiliated") and rng.random() < 0.5:
                    atom = atom._replace(
                        remitted=amount(rng, 3) * rng.randrange(2),
                        subsidy=amount(rng, 3) * rng.randrange(2),
                    )
                if atom.used and atom.spent - atom.used < LEAST:
                    atom = atom._replace(used=0)
                if atom.used:
                    atoms.append(atom)
                else:
                    add(atom)
    return atoms


def codes_by_table(atoms: Iterable[Atom]) -> dict[str, tuple[str, ...]]:
    """The rows that each list table prints."""
    atoms = list(atoms)

    def of(chosen: Iterable[Atom]) -> tuple[str, ...]:
        return tuple(sorted({atom.code for atom in chosen}))

    return {
        "T02": of(atom for atom in atoms if atom.income),
        "T03": of(atoms),
        "T05": of(atom for atom in atoms if atom.source == GENERAL),
        "T07": of(atom for atom in atoms if atom.source == FUND),
        "T08": of(atom for atom in atoms if atom.source == CAPITAL),
    }
