"""After a partial read nothing is invented: workbooks damaged at random, then filled."""

from __future__ import annotations

import random

import pytest

from tests.generator import common_classes, department, publication
from tests.recognise.layouts import Grid, Layout, Printer
from xlbudget.fill import fill, with_values
from xlbudget.fill.agree import doubted_names
from xlbudget.fill.derive import derivations
from xlbudget.recognise import recognise

SEEDS, EACH = 15, 20
DAMAGES = ("head", "code", "row", "amount", "label", "total", "column")


def damaged(sheets: dict[str, Grid], rng: random.Random) -> dict[str, Grid]:
    """The sheets with one thing wrong: a head, a code, a line, an amount, a label, a total, a column."""
    sheet = rng.choice(sorted(sheets))
    grid = [list(row) for row in sheets[sheet]]
    what = rng.choice(DAMAGES)
    filled = [
        (r, c)
        for r, row in enumerate(grid)
        for c, v in enumerate(row)
        if v not in ("", None) and r > 1
    ]
    row, column = rng.choice(filled)
    texts = [(r, c) for r, c in filled if isinstance(grid[r][c], str)]
    numbers = [(r, c) for r, c in filled if isinstance(grid[r][c], float)]
    if what == "head" and texts:
        r, c = rng.choice([(r, c) for r, c in texts if r < 8] or texts)
        grid[r][c] = rng.choice(("", "其他用途", "合计"))
    elif what == "code":
        codes = [(r, c) for r, c in texts if str(grid[r][c]).strip().isdigit()] or texts
        r, c = rng.choice(codes)
        grid[r][c] = rng.choice(("", "20103O1", "99999", str(grid[r][c])[:-1]))
    elif what == "row":
        del grid[row]
    elif what == "amount" and numbers:
        r, c = rng.choice(numbers)
        grid[r][c] = rng.choice(("", "见附件", round(rng.uniform(1, 900), 2)))
    elif what == "label":
        grid[row][column] = ""
    elif what == "total":
        for r, c in texts:
            if str(grid[r][c]).strip() == "合计" and r > 4:
                grid[r][c] = ""
                break
    else:
        for cells in grid:
            cells[column] = ""
    return {**sheets, sheet: grid}


@pytest.mark.parametrize("seed", range(SEEDS))
def test_nothing_filled_contradicts_what_is_printed(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(EACH):
        shanghai = rng.random() < 0.5
        how = Layout(
            edition="shanghai-2024" if shanghai else "hunan-2024",
            levels=shanghai,
            code=rng.choice(("one", "split", "number")),
            placing="sheets",
        )
        content = publication(
            department(rng, 14, classes=common_classes(), flows=shanghai, explained=False)
        )
        whole = Printer(content, how, rng)
        sheets = whole.sheets()
        # What can be derived is left blank here and there, as in a workbook that is half done.
        for grid in sheets.values():
            for row in grid[6:]:
                for column, value in enumerate(row):
                    if isinstance(value, float) and rng.random() < 0.08:
                        row[column] = ""
        book = recognise(damaged(sheets, rng))
        filled = fill(book)
        after = with_values(book, filled.values)
        assert not doubted_names(after, frozenset(derivations(book))) & filled.values.keys()
        for name, fen in filled.values.items():
            if book.not_whole or not _is_carried(name):
                continue
            assert (
                fen == whole.content.figures.get(name, 0)
                or abs(fen - whole.content.figures.get(name, 0)) <= 30 * book.unit.last_digit
            ), name


def _is_carried(name: str) -> bool:
    """Whether a figure is a carry-over or its like, which no workbook may get invented."""
    table, row, column = name.split(".")
    lines = {
        "T01": ("28", "29", "58", "59"),
        "T04": ("28", "29", "30", "31", "60", "61", "62", "63"),
    }
    return row in lines.get(table, ()) or column in ("opening", "closing")
