"""How often is the wrong cell found?  Errors of every kind in every cell; see README-localise.md.

    python -m tests.benchmarks.localise seed [--sample N]
    python -m tests.benchmarks.localise generated --rows 40 [--sample N]
    python -m tests.benchmarks.localise double | swaps | balance [--rows 40] [--sample N]
    python -m tests.benchmarks.localise clean | ledger [--sample N]

``--rows 0`` means the published sample (for ``balance``: 1 to 300 rows); ``--blank``: an omission leaves
nothing, not 0.00; ``--without-usual``: no 款 of 06 counts as one that every unit pays.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from tests.benchmarks.errors import (
    KINDS,
    STEP,
    Error,
    blocks,
    errors,
    pairs,
    sampled,
)
from tests.benchmarks.measure import quantile
from tests.benchmarks.rounding import balanced
from tests.system import Sample, made, seed
from xlbudget.locate.localise import Localisation, localise
from xlbudget.locate.slips import Weights, load_weights
from xlbudget.model.book import Figure

WHAT = ("seed", "generated", "double", "swaps", "clean", "balance", "ledger", "fit")


class Outcome(NamedTuple):
    """What came of one error; ``first`` and ``third`` count ties as 1/n."""

    kind: str
    size: int
    detected: bool
    first: float = 0.0
    third: float = 0.0
    plain: float = 0.0
    plain_third: float = 0.0
    covered: bool = False
    mended: bool = False
    proven: bool = True
    alone: bool = False
    milliseconds: float = 0.0


def share(ranks: Sequence[int], mine: int, places: int) -> float:
    """Chance of being among the first ``places`` when ties are broken by lot."""
    before = sum(rank < mine for rank in ranks)
    tied = sum(rank == mine for rank in ranks)
    return max(0, min(places - before, tied)) / tied


def run(
    sample: Sample, figures: Mapping[str, Figure], weights: Weights | None = None
) -> tuple[Localisation, float]:
    evidence = sample.evidence(figures)
    start = time.perf_counter()
    found = localise(
        sample.constraints,
        figures,
        unit=sample.unit,
        evidence=evidence,
        weights=weights,
        joint=True,
    )
    return found, (time.perf_counter() - start) * 1e3


def one(sample: Sample, error: Error, weights: Weights | None = None) -> Outcome:
    true = sample.figures[error.name].fen or 0
    fen = None if error.value is None else error.value * STEP
    size = abs((fen or 0) - true) // STEP
    figures = sample.printing({error.name: fen})
    found, spent = run(sample, figures, weights)
    if found.consistent:
        return Outcome(error.kind, size, False, milliseconds=spent)
    ranks = [suspect.rank for suspect in found.suspects]
    mine = next((s for s in found.suspects if s.name == error.name), None)
    if mine is None:
        return Outcome(error.kind, size, True, proven=found.proven, milliseconds=spent)
    filled = [s for s in found.suspects if s.fen or s.name == error.name]
    covered = (mine.low is None or mine.low <= true) and (mine.high is None or true <= mine.high)
    return Outcome(
        error.kind,
        size,
        True,
        share(ranks, mine.rank, 1),
        share(ranks, mine.rank, 3),
        1 / len(filled),
        min(1.0, 3 / len(filled)),
        covered,
        mine.suggestion == true and mine.rank == 1,
        found.proven,
        len(ranks) == 1 or ranks.count(mine.rank) == 1,
        spent,
    )


def _work(job: tuple[int, int, Error, Weights]) -> Outcome:
    rows, number, error, weights = job
    return one(seed() if rows == 0 else generated(rows, number), error, weights)


@lru_cache(maxsize=40)
def generated(rows: int, number: int) -> Sample:
    """One of the made-up departments with so many rows."""
    return made(random.Random(1000 * rows + number), rows).printed


def report(outcomes: Sequence[Outcome]) -> None:
    print(
        f"{'kind':14}{'n':>6}{'detect':>8}{'>=1.00':>8}{'top-1':>7}{'top-3':>7}"
        f"{'plain1':>8}{'plain3':>8}{'range':>7}{'mended':>8}{'alone':>7}{'ms':>7}{'p95':>7}{'max':>7}"
    )
    lines = [[o for o in outcomes if o.kind == kind] for kind in KINDS]
    table = []
    for kind, mine in zip(KINDS, lines, strict=True):
        if mine:
            table.append(measures(mine))
            line(kind, len(mine), table[-1])
    line("average", len(outcomes), [sum(c) / len(c) for c in zip(*table, strict=True)])
    times = [o.milliseconds for o in outcomes if o.detected]
    print(
        f"all times: median {statistics.median(times):.1f} ms, 95th percentile "
        f"{quantile(times, 0.95):.1f} ms, most {max(times):.1f} ms; "
        f"not proven: {sum(not o.proven for o in outcomes)}"
    )


def measures(mine: Sequence[Outcome]) -> list[float]:
    seen = [o for o in mine if o.detected]
    large = [o for o in mine if o.size >= 100]
    times = [o.milliseconds for o in seen]

    def mean(values: Sequence[float]) -> float:
        return 100 * sum(values) / max(1, len(values))

    return [
        mean([o.detected for o in mine]),
        mean([o.detected for o in large]),
        mean([o.first for o in seen]),
        mean([o.third for o in seen]),
        mean([o.plain for o in seen]),
        mean([o.plain_third for o in seen]),
        mean([o.covered for o in seen]),
        mean([o.mended for o in seen]),
        mean([o.alone for o in seen]),
        statistics.median(times),
        quantile(times, 0.95),
        max(times),
    ]


def line(kind: str, count: int, m: Sequence[float]) -> None:
    widths = (8, 8, 7, 7, 8, 8, 7, 8, 7, 7, 7, 7)
    print(f"{kind:14}{count:6}" + "".join(f"{x:{w}.1f}" for x, w in zip(m, widths, strict=True)))


def spread(jobs: Sequence[tuple[int, int, Error, Weights]], workers: int) -> list[Outcome]:
    if workers < 2:
        return [_work(job) for job in jobs]
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(_work, jobs, chunksize=16))


def together(sample: Sample, wrong: Mapping[str, int | None]) -> dict[str, float]:
    """How a set of wrong cells is found: among the sets at all, in the first-ranked one."""
    figures = sample.printing(wrong)
    found, spent = run(sample, figures)
    ranks = [members[0].rank for members in found.suspect_sets]
    mine = [m[0].rank for m in found.suspect_sets if {s.name for s in m} == set(wrong)]
    both = 0.0
    for members in found.suspect_sets:
        if members[0].rank == 1:
            both += {s.name for s in members} == set(wrong)
    singles = {s.name for s in found.suspects}
    return {
        "detected": not found.consistent,
        "single explains": bool(singles),
        "among the sets": bool(mine),
        "first (ties 1/n)": both / ranks.count(1) if both else 0.0,
        "in a first-ranked set": bool(both),
        "no set found": not singles and not found.suspect_sets,
        "complete": found.complete,
        "proven": found.proven,
        "milliseconds": spent,
    }


def summary(results: Sequence[Mapping[str, float]]) -> None:
    for key in results[0]:
        values = [float(result[key]) for result in results]
        if key == "milliseconds":
            print(
                f"{key:24} median {statistics.median(values):.1f}, 95th percentile "
                f"{quantile(values, 0.95):.1f}, most {max(values):.1f}"
            )
        else:
            print(f"{key:24} {100 * sum(values) / len(values):.1f} %")


def doubles(rows: int, count: int) -> None:
    results = []
    for number in range(max(1, count // 10)):
        sample = seed() if rows == 0 else generated(rows, number)
        for first, second in pairs(sample, random.Random(number), min(count, 10)):
            wrong = {e.name: None if e.value is None else e.value * STEP for e in (first, second)}
            results.append(together(sample, wrong))
    summary(results)


def swaps(rows: int, count: int) -> None:
    """Two different amounts in neighbouring rows of a column in each other's place."""
    sample = seed() if rows == 0 else generated(rows, 0)
    found = []
    for column in blocks(sample):
        for a, b in pairwise(column):
            one, two = sample.figures[a], sample.figures[b]
            if one.value != two.value:
                found.append({a: two.fen, b: one.fen})
    random.Random(3).shuffle(found)
    print(f"swaps of neighbours: {len(found)}")
    summary([together(sample, wrong) for wrong in found[: count or None]])


def clean(count: int) -> None:
    """Departments of 10 to 300 rows, rounded plainly: how many are called inconsistent?

    Items of 06 may be as small as a 分: some are printed as 0.00 where empty cells are blank.
    """
    alarms, petty, times = 0, 0, []
    for number in range(count):
        rng = random.Random(f"clean {number}")
        rows = rng.randint(10, 300)
        true, sample = made(rng, rows, least=1)
        petty += any(true[name] and not figure.fen for name, figure in sample.figures.items())
        start = time.perf_counter()
        found = localise(sample.constraints, sample.figures, unit=sample.unit, joint=True)
        times.append((time.perf_counter() - start) * 1e3)
        if not found.consistent:
            alarms += 1
            print(f"clean {number}, {rows} rows: broken {found.broken}", flush=True)
    print(
        f"departments: {count}, called inconsistent: {alarms}, with amounts printed as 0.00: "
        f"{petty}, median {statistics.median(times):.1f} ms"
    )


def ledger(count: int) -> None:
    """Errors in the items of 06 on the published sample, without and with the ledger of 06."""
    sample = seed()
    items = [
        e for e in errors(sample, blank=False) if e.name[:4] == "T06." and e.name[4:9].isdigit()
    ]
    booked = {n: f.value for n, f in sample.figures.items() if n[:4] == "T06." and n[4:9].isdigit()}
    chosen = sampled(items, count)
    for known in ({}, booked):
        firsts = []
        for error in chosen:
            fen = None if error.value is None else error.value * STEP
            figures = sample.printing({error.name: fen})
            evidence = sample.evidence(figures)._replace(ledger=known)
            found = localise(sample.constraints, figures, unit=sample.unit, evidence=evidence)
            mine = next((s for s in found.suspects if s.name == error.name), None)
            if not found.consistent:
                ranks = [s.rank for s in found.suspects]
                firsts.append(share(ranks, mine.rank, 1) if mine else 0.0)
        print(
            f"{'with' if known else 'without'} the ledger: {len(firsts)} errors in 06, right cell "
            f"first {100 * sum(firsts) / len(firsts):.1f} %"
        )


CHOICES: tuple[tuple[str, str, tuple[float, ...]], ...] = (
    ("share", "other", (0.01, 0.03, 0.1)),
    ("share", "neighbour", (0.06, 0.12, 0.24)),
    ("share", "omission", (0.07, 0.15, 0.3)),
    ("share", "sign", (0.06, 0.13, 0.25)),
    ("share", "transposition", (0.07, 0.15, 0.3)),
    ("share", "decimal", (0.07, 0.15, 0.3)),
    ("prior", "used", (0.15, 0.3, 0.5)),
    ("prior", "equality", (0.95, 0.985, 0.998)),
    ("prior", "negative", (0.005, 0.02, 0.1)),
    ("evidence", "conditional", (0.9, 0.98, 0.995)),
    ("evidence", "tight", (0.3, 0.5, 0.8)),
)


def fit(count: int) -> None:
    """Each weight in turn set to the value that ranks generated errors best."""
    tasks = []
    for number in range(20):
        rows = (8, 12, 20)[number % 3]
        sample = generated(rows, 500 + number)
        chosen = sampled(list(errors(sample, blank=True)), count // 20, number)
        tasks += [(sample, error) for error in chosen]

    def quality(weights: Weights) -> float:
        outcomes = [one(sample, error, weights) for sample, error in tasks]
        scores = []
        for kind in KINDS:
            mine = [o.first + o.third for o in outcomes if o.kind == kind and o.detected]
            scores.append(50 * sum(mine) / len(mine))
        return sum(scores) / len(scores)

    best = load_weights()
    reached = quality(best)
    print(f"as they are: {reached:.2f}")
    for group, key, values in CHOICES:
        now = getattr(best, group)[key]
        for value in values:
            if value != now:
                tried = best._replace(**{group: {**getattr(best, group), key: value}})
                found = quality(tried)
                print(f"{group}.{key} {now} → {value}: {found:.2f}")
                if found > reached + 0.1:  # less is chance
                    best, reached = tried, found
    print(f"best: {reached:.2f} {best}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=WHAT)
    parser.add_argument("--rows", type=int, default=40)
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--blank", action="store_true")
    parser.add_argument("--without-usual", action="store_true")
    options = parser.parse_args()
    weights = load_weights()
    if options.without_usual:
        weights = weights._replace(usual=frozenset())
    if options.what == "seed":
        jobs = list(errors(seed(), blank=options.blank))
        print(f"errors: {len(jobs)}")
        jobs = sampled(jobs, options.sample) if options.sample else jobs
        report(spread([(0, 0, error, weights) for error in jobs], options.workers))
    elif options.what == "generated":
        count = 10 if options.rows < 100 else 3
        each = (options.sample or 600) // count
        tasks = []
        for number in range(count):
            found = list(errors(generated(options.rows, number), blank=options.blank))
            tasks += [(options.rows, number, e, weights) for e in sampled(found, each, number)]
        report(spread(tasks, options.workers))
    elif options.what == "double":
        doubles(options.rows, options.sample or 200)
    elif options.what == "swaps":
        swaps(options.rows, options.sample)
    elif options.what == "clean":
        clean(options.sample or 100)
    elif options.what == "ledger":
        ledger(options.sample or 300)
    elif options.what == "fit":
        fit(options.sample or 600)
    else:
        balanced(options.sample or 100, options.rows)


if __name__ == "__main__":
    main()
