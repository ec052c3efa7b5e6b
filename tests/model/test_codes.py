"""Codes as names by level."""

from __future__ import annotations

from xlbudget.model.codes import level_names


def test_each_level_is_called_what_it_is() -> None:
    assert level_names("2050203") == "教育支出（类）普通教育（款）初中教育（项）"
    assert level_names("20502") == "教育支出（类）普通教育（款）"
