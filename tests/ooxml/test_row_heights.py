"""How high a row must be for its texts."""

from __future__ import annotations

import pytest

from xlbudget.ooxml.row_heights import HIGHEST, LINE, lines_of, row_height, width_of


def test_a_chinese_character_is_two_digits_wide() -> None:
    assert [width_of(text) for text in ("2024", "决算", "“三公”经费", "")] == [4, 4, 12, 0]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, 1),
        ("预算", 10, 1),
        ("一般公共预算", 10, 2),
        ("第一段\n\n第三段", 10, 3),
        ("字" * 100, 56, 4),
        ("字", 1, 1),
    ],
)
def test_lines(text: str, width: float, lines: int) -> None:
    assert lines_of(text, width) == lines


def test_the_longest_text_makes_the_row() -> None:
    assert row_height([("短", 20), ("字" * 25, 20)]) == 3 * LINE + 1
    assert row_height([]) == LINE + 1


def test_no_row_is_higher_than_excel_allows() -> None:
    assert row_height([("字" * 3000, 20)]) == HIGHEST
