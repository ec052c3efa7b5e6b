"""Places of figures, derived from the form files."""

from __future__ import annotations

import pytest

from xlbudget.model.forms import load_edition
from xlbudget.model.layout import Head, Layout, merged_heads

EDITION = load_edition()


def test_lines_of_both_sides_stand_at_their_number() -> None:
    table = Layout(EDITION).tables["T01"]
    first = table.body[0]
    assert table.places["T01.1.amount"] == (first, 3)
    assert table.places["T01.27.amount"] == (first + 26, 3)
    assert table.places["T01.31.amount"] == (first, 6)
    assert table.places["T01.60.amount"] == (first + 29, 6)


def test_codes_stand_below_the_total() -> None:
    layout = Layout(EDITION, {"T05": ("2010301", "2080505")})
    place = layout.place("T05.2080505.project")
    assert place is not None
    assert (place.sheet, place.row, place.column) == ("05一般公共预算支出表", 9, 5)
    assert layout.place("T05.2210201.total") is None


def test_a_code_the_form_does_not_print_follows_its_relatives() -> None:
    table = Layout(EDITION, {"T06": ("30999", "30120")}).tables["T06"]
    assert table.places["T06.30120.amount"][1] == table.places["T06.301.amount"][1]
    assert table.places["T06.30999.amount"][1] == table.places["T06.399.amount"][1]


def test_more_codes_than_usual_make_room() -> None:
    codes = tuple(f"20{n:05}" for n in range(320))
    first, last = Layout(EDITION, {"T03": codes}).tables["T03"].rows
    assert last - first + 1 > 320


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ([["a"], ["b"]], [Head("a", 1, 1, 2, 1), Head("b", 1, 2, 2, 2)]),
        (
            [["p", "a"], ["p", "b"]],
            [Head("p", 1, 1, 1, 2), Head("a", 2, 1, 2, 1), Head("b", 2, 2, 2, 2)],
        ),
    ],
)
def test_neighbours_with_the_same_beginning_share_a_head(
    paths: list[list[str]], expected: list[Head]
) -> None:
    assert merged_heads(paths, 1, 1, 2) == expected


def test_no_two_heads_overlap() -> None:
    for table in Layout(EDITION).tables.values():
        cells = [
            (row, column)
            for head in table.heads
            for row in range(head.top, head.bottom + 1)
            for column in range(head.left, head.right + 1)
        ]
        assert len(cells) == len(set(cells)), table.sheet
