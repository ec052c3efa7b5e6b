"""Is one cause one finding?  Copied slips, displaced amounts and independent faults on made-up departments.

python -m tests.benchmarks.causes copied | parts | displaced | alarms [--sample N]
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from tests.benchmarks.errors import Error, errors
from tests.generator import department, publication
from tests.levels import every_level
from tests.system import Sample, sample_of
from xlbudget.locate.localise import Localisation, localise
from xlbudget.locate.moves import blocks

STEP = 10_000
LISTS = ("T02", "T03", "T05")
Wrong = dict[str, int | None]


class Case(NamedTuple):
    """What is printed instead, and for each fault the cells that it covers."""

    sample: Sample
    wrong: Wrong
    faults: tuple[frozenset[str], ...]


def levelled(rng: random.Random, rows: int, *, levels: bool) -> Sample:
    """A department whose lists print 类 and 款 rows, or 项 rows only."""
    content = department(rng, rows, explained=False)
    if levels:
        for table in (*LISTS, "T07", "T08"):
            content = every_level(content, table)
    printed = publication(content)
    figures = {name: fen for name, fen in printed.figures.items() if content.figures.get(name)}
    return sample_of(printed._replace(figures=figures))


def copied_slip(rng: random.Random) -> Case | None:
    """One wrong amount along 项, 款, 类 of a column, or on one line of 02, 03 and 05, in 2 to 6 cells."""
    sample = levelled(rng, rng.randint(12, 60), levels=rng.random() < 0.75)
    figures = sample.figures
    slips = [e for e in errors(sample, blank=True) if e.value and len(e.name.split(".")[1]) == 7]
    error = rng.choice([e for e in slips if e.name[:3] in LISTS])
    table, code, column = error.name.split(".")
    true = figures[error.name].fen
    same = [
        name
        for name, figure in figures.items()
        if figure.fen == true
        and name[:3] in LISTS
        and name.split(".")[1] in (code, code[:5], code[:3])
        and (
            (name.startswith(table) and name.endswith(f".{column}"))
            or (
                name.split(".")[1] == code
                and name.split(".")[2] in ("total", "appropriation", column)
            )
        )
        and name != error.name
    ]
    if not same or error.value is None:
        return None
    count = min(rng.randint(1, 5), len(same))
    cells = [error.name, *rng.sample(same, count)]
    fen = error.value * STEP
    if abs(fen - (true or 0)) < 100 * STEP:
        return None
    return Case(sample, dict.fromkeys(cells, fen), (frozenset(cells),))


def several_faults(rng: random.Random) -> Case | None:
    """Two or three wrong cells of different tables, each off by 1.00 or more."""
    sample = levelled(rng, rng.randint(12, 60), levels=rng.random() < 0.5)
    tables = rng.sample(("T01", "T02", "T03", "T04", "T05", "T06", "T09"), rng.randint(2, 3))
    every = list(errors(sample, blank=True))
    chosen: list[Error] = []
    for table in tables:
        mine = [
            e
            for e in every
            if e.name.startswith(table)
            and abs((e.value or 0) * STEP - sample.figures[e.name].value) >= 100 * STEP
        ]
        if not mine:
            return None
        kind = rng.choice(sorted({e.kind for e in mine}))
        chosen.append(rng.choice([e for e in mine if e.kind == kind]))
    wrong = {e.name: None if e.value is None else e.value * STEP for e in chosen}
    return Case(sample, wrong, tuple(frozenset((e.name,)) for e in chosen))


class Moved(NamedTuple):
    """Amounts of a table's rows ``first`` to ``last`` (of the sheet) printed ``by`` rows lower."""

    case: Case
    table: str
    first: int
    last: int
    by: int


def displacement(rng: random.Random) -> Moved | None:
    """The amounts of 3 to 60 rows of 06, 02, 03 or 05 printed 1 to 5 rows too high or too low.

    The rows that are left behind are blank, what stood in the rows that are reached is lost.
    """
    sample = levelled(rng, rng.randint(12, 90), levels=rng.random() < 0.5)
    table = rng.choice(("T06", *LISTS))
    stacks = [b for b in blocks(sample.figures) if b.table == table]
    rows = rng.choice(stacks).rows
    by = rng.randint(1, 5) * rng.choice((1, -1))
    length = rng.randint(3, 60)
    if len(rows) < length + abs(by):
        length = len(rows) - abs(by)
        if length < 3:
            return None
    start = rng.randint(max(0, -by), len(rows) - length - max(0, by))
    wrong: Wrong = {}
    for k in range(start, start + length):
        wrong.update(dict.fromkeys((n for n in rows[k][1] if n in sample.figures), None))
    for k in range(start, start + length):
        for name, target in zip(rows[k][1], rows[k + by][1], strict=True):
            if name in sample.figures and target in sample.figures:
                wrong[target] = sample.figures[name].fen
    wrong = {n: fen for n, fen in wrong.items() if (fen or 0) != sample.figures[n].value}
    if len({n.split(".")[1] for n in wrong}) < 3:
        return None
    used = [k for k in range(len(rows)) if any(n in wrong for n in rows[k][1])]
    case = Case(sample, wrong, (frozenset(wrong),))
    return Moved(case, table, rows[used[0]][0], rows[used[-1]][0], by)


def found_in(case: Case) -> tuple[Localisation, float]:
    figures = case.sample.printing(case.wrong)
    evidence = case.sample.evidence(figures)
    start = time.perf_counter()
    found = localise(case.sample.constraints, figures, unit=case.sample.unit, evidence=evidence)
    return found, (time.perf_counter() - start) * 1e3


def cases(make: Callable[[random.Random], Case | None], count: int) -> Iterator[tuple[int, Case]]:
    number = 0
    while count:
        case = make(random.Random(number))
        if case:
            yield number, case
            count -= 1
        number += 1


def copied(count: int, verbose: bool) -> None:
    """The first cause must be one copied slip with exactly its cells and the true amount."""
    right, named, mended, times = 0, 0, 0, []
    for number, case in cases(copied_slip, count):
        found, spent = found_in(case)
        times.append(spent)
        first = found.parts[0] if found.parts else None
        cells = {s.name for s in first.first} if first else set()
        good = bool(first and first.kind == "copied" and cells == case.faults[0])
        right += good
        named += bool(first and case.faults[0] <= cells)
        mended += bool(
            good
            and first
            and all(s.suggestion == case.sample.figures[s.name].fen for s in first.first)
        )
        if verbose and not good:
            kinds = [
                (p.kind, [s.name for s in p.first][:6], p.suspects[:1] != ()) for p in found.parts
            ]
            print(number, sorted(case.faults[0]), set(case.wrong.values()), "→", kinds[:4])
    print(
        f"copied slips: {count}, first as one cause: {100 * right / count:.1f} %, all cells among "
        f"the first's: {100 * named / count:.1f} %, true amount: {100 * mended / count:.1f} %, "
        f"median {statistics.median(times):.1f} ms, most {max(times):.0f} ms"
    )


def parts(count: int, verbose: bool) -> None:
    """Every fault must be first (ties 1/n) of a part."""
    right, whole, faults, times = 0.0, 0.0, 0, []
    for number, case in cases(several_faults, count):
        found, spent = found_in(case)
        times.append(spent)
        score = [named(found, fault, case.wrong) for fault in case.faults]
        right += sum(score)
        faults += len(score)
        whole += min(score)
        if verbose and min(score) < 0.5:
            kinds = [(p.kind, [s.name for s in p.first]) for p in found.parts]
            print(number, [round(s, 2) for s in score], case.wrong, "→", kinds)
    print(
        f"workbooks: {count}, faults: {faults}, first of its part (ties 1/n): "
        f"{100 * right / faults:.1f} %, all of a workbook: {100 * whole / count:.1f} %, "
        f"median {statistics.median(times):.1f} ms, most {max(times):.0f} ms"
    )


def displaced(count: int, verbose: bool) -> None:
    """The first cause must be a displacement of the table by as many rows, over the rows in question."""
    right, shifted, seen, times, number = 0, 0, 0, [], 0
    while seen < count:
        moved = displacement(random.Random(f"displaced {number}"))
        number += 1
        if moved is None:
            continue
        found, spent = found_in(moved.case)
        if found.consistent:
            continue
        seen += 1
        times.append(spent)
        move = found.parts[0].move if found.parts else None
        same = bool(move and move.table == moved.table and move.by == (moved.by,))
        good = bool(
            same
            and move
            and abs(move.first - moved.first) <= 1
            and abs(move.last - moved.last) <= 1
        )
        shifted += same
        right += good
        if verbose and not good:
            print(
                number - 1,
                moved[1:],
                len(moved.case.wrong),
                "broken",
                len(found.broken),
                "→",
                move and (move.table, move.first, move.last, move.by, move.score),
                [(p.kind, [s.name for s in p.first][:2]) for p in found.parts][:3],
            )
    print(
        f"displaced: {count} ({number} drawn), named first with its rows: {100 * right / count:.1f} %, "
        f"the table and by how many rows: {100 * shifted / count:.1f} %, median "
        f"{statistics.median(times):.1f} ms, most {max(times):.0f} ms"
    )


def alarms(count: int, verbose: bool) -> None:
    """Single slips: how many are called a copied slip or a displacement?"""
    false, times = 0, []
    for number in range(count):
        rng = random.Random(f"alarm {number}")
        sample = levelled(rng, rng.randint(10, 60), levels=rng.random() < 0.5)
        error = rng.choice(list(errors(sample, blank=True)))
        wrong = {error.name: None if error.value is None else error.value * STEP}
        found, spent = found_in(Case(sample, wrong, ()))
        times.append(spent)
        if any(part.kind != "cells" for part in found.parts):
            false += 1
            if verbose:
                print(number, error, [(p.kind, p.move and p.move[:6]) for p in found.parts])
    print(
        f"single slips: {count}, called something else: {false}, median "
        f"{statistics.median(times):.1f} ms, most {max(times):.0f} ms"
    )


def named(found: Localisation, fault: frozenset[str], wrong: Mapping[str, object]) -> float:
    """The share of a part's first places that is this fault; 1 where nothing can show it."""
    for part in found.parts:
        if part.suspects:
            top = [s.name for s in part.suspects if s.rank == 1]
            if fault <= set(top):
                return 1 / len(top)
        else:
            best = [m for m in part.suspect_sets if m[0].rank == 1]
            hit = [m for m in best if fault <= {s.name for s in m} <= set(wrong)]
            if hit:
                return len(hit) / len(best)
    return 0.0


WHAT = {"copied": copied, "parts": parts, "displaced": displaced, "alarms": alarms}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=sorted(WHAT))
    parser.add_argument("--sample", type=int, default=100)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    WHAT[options.what](options.sample, options.verbose)


if __name__ == "__main__":
    main()
