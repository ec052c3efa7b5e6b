"""Balanced rounding of generated departments, against what is done by hand; see README-localise.md."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Mapping, Sequence

from tests.benchmarks.measure import quantile
from tests.system import Made, made
from xlbudget.fill.balance import BalanceError, balance

STEP = 10_000


def balanced(count: int, rows: int) -> None:
    """Controlled rounding against adjusting the largest item of each sum."""
    times, moves, failed, furthest, naive, sizes = [], [], 0, 0, [], []
    rng = random.Random(17)
    for _ in range(count):
        one = made(rng, rows or rng.randint(1, 300))
        start = time.perf_counter()
        try:
            found = balance(one.printed.constraints, one.true)
        except BalanceError as error:
            failed += 1
            print(error)
            continue
        times.append((time.perf_counter() - start) * 1e3)
        moves.append(len(found.moved))
        sizes.append(sum(1 for fen in one.true.values() if fen % STEP))
        furthest = max(furthest, *(abs(found.values[n] - fen) for n, fen in one.true.items()))
        naive.append(largest_item(one, found.plain))
    print(
        f"departments: {count}, not solved: {failed}, furthest from the truth "
        f"{furthest / 1_000_000:.6f} 万元, median {statistics.median(times):.1f} ms, "
        f"95th percentile {quantile(times, 0.95):.1f} ms, most {max(times):.1f} ms"
    )
    print(
        f"figures moved: median {statistics.median(moves)} of {statistics.median(sizes)}; by "
        f"adjusting the largest item of each sum: {statistics.median(x[0] for x in naive)}, "
        f"which leaves {statistics.median(x[1] for x in naive)} identities open"
    )
    rows = list(zip(moves, naive, strict=True))
    _against("all departments", [(m, n[0]) for m, n in rows])
    _against("by hand all identities close", [(m, n[0]) for m, n in rows if not n[1]])
    _against(
        "  and no figure is 0.01 万元 from the truth",
        [(m, n[0]) for m, n in rows if not n[1] and n[2] < STEP],
    )


def _against(name: str, pairs: Sequence[tuple[int, int]]) -> None:
    """Figures moved by balancing against those moved by hand."""
    print(
        f"{name}: {len(pairs)}, moved {sum(p[0] for p in pairs)} against {sum(p[1] for p in pairs)}, "
        f"fewer in {sum(p[0] < p[1] for p in pairs)}, as many in {sum(p[0] == p[1] for p in pairs)}, "
        f"more in {sum(p[0] > p[1] for p in pairs)}"
    )


def largest_item(one: Made, plain: Mapping[str, int], rounds: int = 12) -> tuple[int, int, int]:
    """What is done by hand: give each sum's remainder to its largest item, again and again.

    Returns how many figures moved, how many identities are still open in the end, and the largest
    distance of a figure from the truth.
    """
    values = dict(plain)
    sums = [c for c in one.printed.constraints if c.op == "="]
    open_sums = 0
    for _ in range(rounds):
        open_sums = 0
        for _place, _op, left, right in sums:
            gap = sum(c * values.get(n, 0) for c, n in left)
            gap -= sum(c * values.get(n, 0) for c, n in right)
            if gap:
                open_sums += 1
                pool = [(abs(values[n]), n, c) for c, n in right if values.get(n)]
                if pool:
                    _, name, sign = max(pool)
                    values[name] += sign * gap
        if not open_sums:
            break
    furthest = max(abs(values[name] - fen) for name, fen in one.true.items())
    return sum(values[name] != fen for name, fen in plain.items()), open_sums, furthest
