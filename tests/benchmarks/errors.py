"""What goes wrong when amounts are typed: errors of six kinds in every cell of a publication."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from tests.system import Sample
from xlbudget.locate.slips import decimals, digits, transpositions
from xlbudget.model.book import Figure

KINDS = ("transposition", "digit", "sign", "decimal", "neighbour", "omission")
STEP = 10_000


class Error(NamedTuple):
    """One cell that says something else: ``value`` is what is printed, in 0.01 万元."""

    kind: str
    name: str
    value: int | None


def blocks(sample: Sample) -> list[list[str]]:
    """Columns of cells of the same kind, one below the other, without totals."""
    edition = sample.book.edition
    found: list[list[str]] = []
    for table in edition.tables:
        if table.kind == "list":
            codes = sample.book.tables[table.id].codes
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


def sampled(jobs: Sequence[Error], count: int, seed_number: int = 1) -> list[Error]:
    """About ``count`` errors, the same number of each kind."""
    rng = random.Random(seed_number)
    by_kind: dict[str, list[Error]] = defaultdict(list)
    for job in jobs:
        by_kind[job.kind].append(job)
    each = max(1, count // len(KINDS))
    return [e for kind in KINDS for e in rng.sample(by_kind[kind], min(each, len(by_kind[kind])))]


def pairs(sample: Sample, rng: random.Random, count: int) -> Iterator[tuple[Error, Error]]:
    """Two independent errors of random kinds, each of 1.00 or more, in different cells."""
    by_kind: dict[str, list[Error]] = defaultdict(list)
    for error in errors(sample, blank=True):
        by_kind[error.kind].append(error)
    made_pairs = 0
    while made_pairs < count:
        first, second = (rng.choice(by_kind[rng.choice(KINDS)]) for _ in range(2))
        sizes = [abs((e.value or 0) - hundredths(sample.figures[e.name])) for e in (first, second)]
        if first.name != second.name and min(sizes) >= 100:
            made_pairs += 1
            yield first, second
