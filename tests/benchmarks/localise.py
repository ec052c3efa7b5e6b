"""How often is the wrong cell found?  Errors of every kind in every cell; see README-localise.md.

python -m tests.benchmarks.localise seed [--sample N]
python -m tests.benchmarks.localise generated --rows 40 [--sample N]
python -m tests.benchmarks.localise double | swaps | clean | balance | fit
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from tests.benchmarks.departments import Department, department
from tests.validate.seed_system import Sample, seed, soft_constraints
from xlbudget.model.book import Figure
from xlbudget.validate.localise import Evidence, Localisation, localise
from xlbudget.validate.slips import decimals, digits, transpositions

KINDS = ("transposition", "digit", "sign", "decimal", "neighbour", "omission")
STEP = 10_000


class Error(NamedTuple):
    """One cell that says something else: ``value`` is what is printed, in 0.01 万元."""

    kind: str
    name: str
    value: int | None


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


def blocks(sample: Sample) -> list[list[str]]:
    """Columns of cells of the same kind, one below the other, without totals."""
    edition = sample.rows.edition
    found: list[list[str]] = []
    for table in edition.tables:
        if table.kind == "list":
            codes = sample.rows.codes.get(table.id, ())
            found += [[f"{table.id}.{c}.{k.id}" for c in codes] for k in table.columns]
        elif table.kind == "form":
            classes = edition.row_of_class[table.id].values()
            columns = table.sides[1].columns
            found += [[f"{table.id}.{line}.{k.id}" for line in classes] for k in columns]
            upper = [
                f"{table.id}.{line}.amount" for line in ("1", "2", "3", "4", "5", "6", "7", "8")
            ]
            found.append([name for name in upper if name in sample.figures])
        elif table.kind == "items":
            codes = [code for stack in table.stacks for code in stack.codes]
            for group in sorted({code[:3] for code in codes}):
                inside = [c for c in codes if c.startswith(group) and c != group]
                found.append([f"{table.id}.{c}.amount" for c in inside])
    return [[name for name in column if name in sample.figures] for column in found]


def neighbours(sample: Sample) -> dict[str, set[str]]:
    """Cells directly above and below in the same block."""
    near: dict[str, set[str]] = defaultdict(set)
    for column in blocks(sample):
        for above, below in pairwise(column):
            near[above].add(below)
            near[below].add(above)
    return near


def hundredths(figure: Figure) -> int:
    return (figure.fen or 0) // STEP


def constrained(sample: Sample) -> list[str]:
    """Printed non-zero cells that some identity holds."""
    named = {n for c in sample.constraints for _, n in (*c.left, *c.right)}
    return [name for name, figure in sample.figures.items() if figure.fen and name in named]


def errors(sample: Sample, *, blank: bool) -> Iterator[Error]:
    """Every error of the six kinds in every cell; ``blank``: an omission leaves nothing, not 0.00."""
    near = neighbours(sample)
    for name in constrained(sample):
        value = hundredths(sample.figures[name])
        makers: tuple[tuple[str, Callable[[int], frozenset[int]]], ...] = (
            ("transposition", transpositions),
            ("digit", digits),
            ("decimal", decimals),
        )
        for kind, make in makers:
            for wrong in sorted(make(value)):
                yield Error(kind, name, wrong)
        yield Error("sign", name, -value)
        pasted = {hundredths(sample.figures[other]) for other in near[name]} - {value}
        for wrong in sorted(pasted):
            yield Error("neighbour", name, wrong)
        yield Error("omission", name, None if blank else 0)


def share(ranks: Sequence[int], mine: int, places: int) -> float:
    """Chance of being among the first ``places`` when ties are broken by lot."""
    before = sum(rank < mine for rank in ranks)
    tied = sum(rank == mine for rank in ranks)
    return max(0, min(places - before, tied)) / tied


def run(sample: Sample, figures: Mapping[str, Figure]) -> tuple[Localisation, float]:
    evidence = Evidence(soft=soft_constraints(sample.rows, figures))
    start = time.perf_counter()
    found = localise(
        sample.constraints, figures, unit=sample.unit, evidence=evidence, joint=True, most=2
    )
    return found, (time.perf_counter() - start) * 1e3


def one(sample: Sample, error: Error) -> Outcome:
    true = sample.figures[error.name].fen or 0
    fen = None if error.value is None else error.value * STEP
    size = abs((fen or 0) - true) // STEP
    figures = sample.printing({error.name: fen})
    found, spent = run(sample, figures)
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


def _work(job: tuple[int, int, Error]) -> Outcome:
    rows, number, error = job
    return one(seed() if rows == 0 else made(rows, number).printed, error)


@lru_cache(maxsize=40)
def made(rows: int, number: int) -> Department:
    return department(random.Random(1000 * rows + number), rows)


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


def quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


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


def sampled(jobs: Sequence[Error], count: int, seed_number: int = 1) -> list[Error]:
    """About ``count`` errors, the same number of each kind."""
    rng = random.Random(seed_number)
    by_kind: dict[str, list[Error]] = defaultdict(list)
    for job in jobs:
        by_kind[job.kind].append(job)
    each = max(1, count // len(KINDS))
    return [e for kind in KINDS for e in rng.sample(by_kind[kind], min(each, len(by_kind[kind])))]


def spread(jobs: Sequence[tuple[int, int, Error]], workers: int) -> list[Outcome]:
    if workers < 2:
        return [_work(job) for job in jobs]
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(_work, jobs, chunksize=16))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("seed", "generated", "double", "swaps", "clean"))
    parser.add_argument("--rows", type=int, default=40)
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--blank", action="store_true")
    options = parser.parse_args()
    if options.what == "seed":
        jobs = list(errors(seed(), blank=options.blank))
        print(f"errors: {len(jobs)}")
        jobs = sampled(jobs, options.sample) if options.sample else jobs
        report(spread([(0, 0, error) for error in jobs], options.workers))
    elif options.what == "generated":
        count = 10 if options.rows < 100 else 3
        each = (options.sample or 600) // count
        tasks = []
        for number in range(count):
            found = list(errors(made(options.rows, number).printed, blank=options.blank))
            tasks += [(options.rows, number, e) for e in sampled(found, each, number)]
        report(spread(tasks, options.workers))


if __name__ == "__main__":
    main()
