"""Banff (Statistics Canada, GPL) on the same errors: a peer, never a dependency.

It is not installed with anything of ours.  In an environment of its own:

    python -m venv /tmp/banff && /tmp/banff/bin/pip install banff highspy
    PYTHONPATH=. /tmp/banff/bin/python -m tests.benchmarks.banff_peer [--sample 120]

Banff localises errors after Fellegi and Holt with one record per run of the edits.  It knows no
intervals, so a sum of n rounded figures becomes two edits, |difference| <= n/2 hundredths.  It
gives one smallest set, chosen at random among equals.
"""

from __future__ import annotations

import argparse
import logging
import time
from collections import defaultdict

from tests.benchmarks.errors import KINDS, errors, sampled
from tests.benchmarks.localise import one
from tests.system import Sample, seed
from xlbudget.model.linear import assemble

_STEP = 10_000


def edits_of(sample: Sample) -> tuple[str, list[str]]:
    """The sample's identities in Banff's language, and the figures that they are about."""
    system = assemble(sample.constraints, sample.figures.keys(), sample.unit)
    lines = []
    for row in system.rows:
        filled = [c for c, _ in row.terms if sample.figures[system.names[c]].fen]
        slack = len(filled) / 2
        text = " ".join(f"{v:+d} * V{c}" for c, v in row.terms).removeprefix("+")
        if row.low is not None and not slack:
            lines.append(f"{text} = {row.high / _STEP};")
            continue
        lines.append(f"{text} <= {row.high / _STEP + slack};")
        if row.low is not None:
            lines.append(f"{text} >= {row.low / _STEP - slack};")
    return "\n".join(lines), list(system.names)


def main() -> None:
    """Run both on the same sampled errors and print how often the right cell is named."""
    import banff
    import pandas

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=120)
    parser.add_argument(
        "--seconds", type=float, default=20.0, help="for one record, Banff's own limit"
    )
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    sample = seed()
    edits, names = edits_of(sample)
    chosen = sampled(list(errors(sample, blank=False)), options.sample)
    records = []
    for number, error in enumerate(chosen):
        values = {f"V{c}": (sample.figures[n].fen or 0) / _STEP for c, n in enumerate(names)}
        values[f"V{names.index(error.name)}"] = float(error.value or 0)
        records.append({"ident": f"R{number:05d}", **values})
    start = time.perf_counter()
    found = banff.errorloc(
        indata=pandas.DataFrame(records),
        outstatus="pandas",
        outreject="pandas",
        unit_id="ident",
        edits=edits,
        cardinality=3,
        time_per_obs=options.seconds,
        seed=1,
    )
    spent = time.perf_counter() - start
    named: dict[str, set[str]] = defaultdict(set)
    for line in found.outstatus.to_dict("records"):
        named[line["ident"]].add(names[int(str(line["FIELDID"])[1:])])
    rejected = 0 if found.outreject is None else len(found.outreject)
    print(
        f"records {len(records)}, not solved {rejected}, {1e3 * spent / len(records):.0f} ms each"
    )
    ours = [one(sample, error) for error in chosen]
    print(f"{'kind':14}{'n':>5}{'Banff':>8}{'plain':>8}{'ours':>8}   (right cell, detected errors)")
    averages = []
    for kind in KINDS:
        mine = [i for i, e in enumerate(chosen) if e.kind == kind and ours[i].detected]
        right = [named[f"R{i:05d}"] == {chosen[i].name} for i in mine]
        figures = [
            100 * sum(right) / len(mine),
            100 * sum(ours[i].plain for i in mine) / len(mine),
            100 * sum(ours[i].first for i in mine) / len(mine),
        ]
        averages.append(figures)
        print(f"{kind:14}{len(mine):5}" + "".join(f"{x:8.1f}" for x in figures))
    mean = [sum(column) / len(averages) for column in zip(*averages, strict=True)]
    print(f"{'average':14}{len(chosen):5}" + "".join(f"{x:8.1f}" for x in mean))


if __name__ == "__main__":
    main()
