"""Measuring two or more ways of doing the same work, fairly: in turn, in one run, by medians."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

Work = Callable[[], object]


class Row(NamedTuple):
    """One way: its median time in seconds and how many times longer than the first way it took.

    The ratio is the median of the ratios within each round, so that a machine that slows down
    half-way changes nothing.
    """

    name: str
    seconds: float
    ratio: float


def compare(ways: Mapping[str, Work], rounds: int = 15) -> list[Row]:
    """Run every way once in each round (A B C, A B C, …) after one round that does not count."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, work in ways.items():
            gc.collect()
            start = time.perf_counter()
            work()
            spent = time.perf_counter() - start
            if number:
                times[name].append(spent)
    first = times[next(iter(ways))]
    return [
        Row(
            name,
            statistics.median(spent),
            statistics.median(b / a for a, b in zip(first, spent, strict=True)),
        )
        for name, spent in times.items()
    ]


def print_table(title: str, rows: list[Row]) -> None:
    """Milliseconds and ratio of each way."""
    print(f"\n{title}")
    for row in rows:
        print(f"  {row.name:<46}{row.seconds * 1000:>10.1f} ms{row.ratio:>9.2f} x")


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which that share of the values lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
