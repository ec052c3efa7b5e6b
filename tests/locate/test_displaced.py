"""Amounts displaced by a few rows are one finding, and a single slip is never called that."""

from __future__ import annotations

import random

from tests.benchmarks.causes import Case, displacement, found_in, levelled
from tests.benchmarks.errors import errors
from tests.locate.test_parts import printing
from tests.system import seed
from xlbudget.locate.suspects import suspect_lines, suspects_json
from xlbudget.validate import validate

STEP = 10_000


def lower(first: int, last: int, by: int) -> dict[str, int]:
    """The amounts of the 项 in these places of 05 printed ``by`` rows lower, blanks where they were."""
    codes = seed().book.tables["T05"].codes
    wrong = {}
    for column in ("total", "basic", "project"):
        names = [f"T05.{code}.{column}" for code in codes]
        amounts = [seed().figures[name].value for name in names]
        wrong.update(dict.fromkeys(names[first : last + 1], 0))
        wrong.update({names[k + by]: amounts[k] for k in range(first, last + 1)})
    return wrong


def test_displaced_rows_of_05_are_one_finding_with_evidence() -> None:
    book = printing(lower(2, 6, 2))
    report = validate(book)
    result = suspects_json(book, report)
    first = result["causes"][0]
    assert first["kind"] == "displaced"
    row = seed().figures[f"T05.{seed().book.tables['T05'].codes[2]}.total"].place.row
    assert f"金额自第{row}行起整体错位2行（第{row}—{row + 6}行，数印低了2行）" in first["text"]
    assert "与03支出表对得上" in first["text"]
    assert "要重新填" in first["text"]
    back = {cell["ref"]: cell["suggestion"] for cell in first["cells"]}
    codes = seed().book.tables["T05"].codes
    for code in codes[2:7]:
        assert back[f"T05.{code}.total"] == seed().unit.exact_text(
            seed().figures[f"T05.{code}.total"].value
        )
    assert "整体错位2行" in next(line for line in suspect_lines(result) if "1." in line)


def test_most_displacements_of_lists_are_found_with_their_rows() -> None:
    right = seen = number = 0
    while seen < 10:
        moved = displacement(random.Random(f"test {number}"))
        number += 1
        if moved is None or moved.table == "T06":
            continue
        found, _ = found_in(moved.case)
        move = found.parts[0].move if found.parts else None
        seen += not found.consistent
        right += bool(move and (move.table, move.by) == (moved.table, (moved.by,)))
    assert right >= 9


def test_single_slips_are_called_neither_copied_nor_displaced() -> None:
    for number in range(15):
        rng = random.Random(f"slip {number}")
        sample = levelled(rng, 12, levels=bool(number % 2))
        error = rng.choice(list(errors(sample, blank=True)))
        wrong = {error.name: None if error.value is None else error.value * STEP}
        found, _ = found_in(Case(sample, wrong, ()))
        assert {part.kind for part in found.parts} <= {"cells"}, (number, error)
