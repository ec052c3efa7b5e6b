"""Tables in layouts that we would not choose: every amount is the right figure, or the table says that it
is not whole; nothing is invented and nothing is lost in silence.

``python -m tests.recognise.test_layouts FIRST LAST`` runs as many seeds as one likes and prints what failed.
"""

from __future__ import annotations

import random
import sys
from typing import NamedTuple

import pytest

from tests.generator import common_classes, department, publication
from tests.recognise.layouts import Layout, Printer, expected, layout
from xlbudget.recognise import recognise

CHUNKS, EACH = 20, 100


class Outcome(NamedTuple):
    """What became of one department in one layout: names of figures that were misread, that were lost
    without a word, and whether all was read."""

    how: Layout
    wrong: list[str]
    silent: list[str]
    whole: bool


def outcome(seed: int) -> Outcome:
    """A department and a layout drawn from a seed, printed and read again."""
    rng = random.Random(seed)
    how = layout(rng)
    content = department(
        rng,
        rng.choice((12, 20, 40, 120)),
        classes=common_classes(),
        flows=how.edition.startswith("shanghai"),
        explained=False,
    )
    printer = Printer(publication(content), how, rng)
    book = recognise(printer.sheets())
    wanted = expected(printer)
    found = {n: f.fen for n, f in book.figures.items() if n[:2] == "T0" and f.fen}
    lost = [name for name in wanted if name not in found]
    states = {table: reading.state for table, reading in book.reading.items()}
    errors = [finding for finding in book.findings if finding.severity != "info"]
    wrong = sorted(name for name, fen in found.items() if fen != wanted.get(name))
    silent = sorted(name for name in lost if states[name[:3]] == "whole" or not errors)
    return Outcome(how, wrong, silent, not (wrong or lost or errors))


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_amounts_in_any_layout_are_right_or_said_to_be_unread(chunk: int) -> None:
    found = {seed: outcome(seed) for seed in range(chunk * EACH, (chunk + 1) * EACH)}
    assert {seed: result.wrong for seed, result in found.items() if result.wrong} == {}
    assert {seed: result.silent for seed, result in found.items() if result.silent} == {}
    whole = sum(result.whole for result in found.values())
    assert whole >= 0.99 * EACH, [seed for seed, result in found.items() if not result.whole]


def main(first: int, last: int) -> None:
    """Print what failed of the seeds ``first``…``last`` (excl.)."""
    count = {"whole": 0, "wrong": 0, "silent": 0}
    for seed in range(first, last):
        result = outcome(seed)
        count["whole"] += result.whole
        count["wrong"] += bool(result.wrong)
        count["silent"] += bool(result.silent)
        if not result.whole:
            print(seed, result.wrong[:3], result.silent[:3], result.how)
    print(last - first, "layouts:", count)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
